package mailaddr

import (
	"encoding/json"
	"fmt"
)

// Reason says in one word what is wrong with an address. It is a label value.
type Reason string

// The reasons, in the order in which they are looked for.
const (
	Empty         Reason = "empty"          // nothing is written there
	BadEncoding   Reason = "bad_encoding"   // a percent sign without two hexadecimal digits (RFC 3986 section 2.1), or bytes that are not UTF-8
	Control       Reason = "control"        // a line end or another control character
	Wrapped       Reason = "wrapped"        // a display name or angle brackets around the address
	Separator     Reason = "separator"      // addresses divided by something that is not a comma (RFC 6068 section 2)
	Scheme        Reason = "scheme"         // mailto: once more, a web address, or the slashes of one
	NoAt          Reason = "no_at"          // no @ at all
	ManyAt        Reason = "many_at"        // more than one @ outside quotes
	NoLocal       Reason = "no_local"       // nothing before the @
	NoDomain      Reason = "no_domain"      // nothing behind the @
	Space         Reason = "space"          // white space within the address
	LocalDot      Reason = "local_dot"      // a dot first, last or twice in the local part
	LocalChar     Reason = "local_char"     // a character that needs quotes (RFC 5322 section 3.2.3)
	LocalQuote    Reason = "local_quote"    // quotes that do not enclose the whole local part
	LocalLong     Reason = "local_long"     // more than 64 octets (RFC 5321 section 4.5.3.1.1)
	DomainDot     Reason = "domain_dot"     // a dot first, last or twice in the domain
	DomainChar    Reason = "domain_char"    // a character that no host name has (RFC 1123 section 2.1)
	DomainHyphen  Reason = "domain_hyphen"  // a label that begins or ends with a hyphen
	DomainLabel   Reason = "domain_label"   // a label of more than 63 octets (RFC 1035 section 2.3.4)
	DomainLong    Reason = "domain_long"    // more than 253 octets
	DomainSingle  Reason = "domain_single"  // a domain without a dot, which no server on the Internet has
	DomainNumber  Reason = "domain_number"  // a domain that ends in a number, as an address does
	DomainIDN     Reason = "domain_idn"     // no valid international name (RFC 5891)
	DomainLiteral Reason = "domain_literal" // brackets without an IP address in them (RFC 5321 section 4.1.3)
	Long          Reason = "long"           // more than 254 octets (RFC 5321 section 4.5.3.1.3), or a link of more than 2 KiB
)

// Reasons lists every Reason.
func Reasons() []Reason {
	return []Reason{
		Empty, BadEncoding, Control, Wrapped, Separator, Scheme, NoAt, ManyAt, NoLocal, NoDomain, Space,
		LocalDot, LocalChar, LocalQuote, LocalLong,
		DomainDot, DomainChar, DomainHyphen, DomainLabel, DomainLong, DomainSingle, DomainNumber, DomainIDN, DomainLiteral, Long,
	}
}

// SyntaxError is the first fault of an address.
type SyntaxError struct {
	Reason Reason `json:"reason"`
	At     int    `json:"at"`     // byte at which the fault begins, from 0 (in JSON from 1); the length of the text where something is missing at its end
	Detail string `json:"detail"` // what is wrong and what would be right, in our own words; of foreign text at most one character is repeated
}

// Error gives the detail and the place, counted from 1 as people do.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%s (at byte %d)", e.Detail, e.At+1)
}

// plainError is a SyntaxError without its methods.
type plainError SyntaxError

// MarshalJSON counts the place from 1, as [SyntaxError.Error] does.
func (e SyntaxError) MarshalJSON() ([]byte, error) {
	e.At++
	return json.Marshal(plainError(e))
}

// UnmarshalJSON reads what [SyntaxError.MarshalJSON] wrote.
func (e *SyntaxError) UnmarshalJSON(b []byte) error {
	if err := json.Unmarshal(b, (*plainError)(e)); err != nil {
		return err
	}
	e.At--
	return nil
}

func wrong(r Reason, at int, format string, args ...any) *SyntaxError {
	return &SyntaxError{r, at, fmt.Sprintf(format, args...)}
}
