package mailaddr

import (
	"strings"
	"unicode/utf8"
)

// The lengths that a mail server has to take, in octets (RFC 5321 section
// 4.5.3.1). What is longer is refused by some and is a fault here.
const (
	MaxLocal   = 64
	MaxDomain  = 253 // 255 on the wire (RFC 1035 section 2.3.4)
	MaxAddress = 254 // a path of 256 without its angle brackets
)

// Address is a mail address that is right in its syntax.
type Address struct {
	Local   string // as it was written: only the receiving server knows whether its case matters (RFC 5321 section 2.4)
	Domain  string // A-labels in lower case, or an address literal in brackets
	Unicode string // the domain as people read it; the same as Domain where it is not international
	EAI     bool   // the local part is not ASCII, so that every server on the way has to know SMTPUTF8 (RFC 6531)
	Literal bool   // the domain is an address literal
}

// String is the address with the domain in A-labels. Two addresses that give
// the same string reach the same mailbox.
func (a Address) String() string { return a.Local + "@" + a.Domain }

// Parse reads one address. The error is a *[SyntaxError].
func Parse(s string) (Address, error) {
	a, fault := parse(s)
	if fault != nil {
		return Address{}, fault
	}
	return a, nil
}

func parse(s string) (Address, *SyntaxError) {
	if fault := unfit(s); fault != nil {
		return Address{}, fault
	}
	at, fault := divide(s)
	if fault != nil {
		return Address{}, fault
	}
	local, domain := s[:at], s[at+1:]
	if fault := checkLocal(local); fault != nil {
		return Address{}, fault
	}
	a := Address{Local: local, EAI: !ascii(local)}
	if fault := a.setDomain(domain); fault != nil {
		fault.At += at + 1
		return Address{}, fault
	}
	if n := len(a.String()); n > MaxAddress {
		return Address{}, wrong(Long, 0, "the address has %d octets; mail servers take %d", n, MaxAddress)
	}
	return a, nil
}

// unfit finds what is no address at all, whatever stands around an @.
func unfit(s string) *SyntaxError {
	if s == "" {
		return wrong(Empty, 0, "no address is written here")
	}
	if i := invalid(s); i >= 0 {
		return wrong(BadEncoding, i, "this byte is not UTF-8")
	}
	if i := strings.IndexFunc(s, isControl); i >= 0 {
		return wrong(Control, i, "a control character or line end stands in the address")
	}
	if i := wrapping(s); i >= 0 {
		return wrong(Wrapped, i, "a name or angle brackets stand around the address; write the address alone")
	}
	for _, scheme := range []string{"mailto:", "http://", "https://"} {
		if len(s) >= len(scheme) && strings.EqualFold(s[:len(scheme)], scheme) {
			return wrong(Scheme, 0, "%s stands before the address; write the address alone", scheme)
		}
	}
	return nil
}

// invalid is the place of the first byte that is not UTF-8, or -1.
func invalid(s string) int {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

// isControl reports C0, DEL, C1 and the separators of lines, none of which
// reaches an SMTP command (RFC 5321 section 4.1.2, RFC 6531 section 3.3).
func isControl(r rune) bool {
	return r < ' ' || r >= 0x7f && r <= 0x9f || r == '\u2028' || r == '\u2029'
}

// wrapping is the place of an angle bracket outside quotes, or -1.
func wrapping(s string) int { return outside(s, func(c byte) bool { return c == '<' || c == '>' }) }

// divide finds the @ between the local part and the domain.
func divide(s string) (int, *SyntaxError) {
	isAt := func(c byte) bool { return c == '@' }
	at := outside(s, isAt)
	switch {
	case at < 0 && strings.Contains(s, "＠"):
		return 0, wrong(NoAt, strings.Index(s, "＠"), "this is a wide character that looks like an @; write @ itself")
	case at < 0:
		return 0, wrong(NoAt, len(s), "the address has no @; want a local part, an @ and a domain, such as info@example.org")
	case at == 0:
		return 0, wrong(NoLocal, 0, "nothing stands before the @")
	}
	if i := outside(s[at+1:], func(c byte) bool { return c == ';' || c == ',' }); i >= 0 && strings.Contains(s[at+1+i:], "@") {
		return 0, wrong(Separator, at+1+i, "%q stands between two addresses; a mailto: link divides them by a comma that is not encoded", s[at+1+i])
	}
	if i := strings.IndexByte(s[at+1:], '@'); i >= 0 {
		return 0, wrong(ManyAt, at+1+i, "a second @ stands in the address")
	}
	if at == len(s)-1 {
		return 0, wrong(NoDomain, len(s), "nothing stands behind the @")
	}
	return at, nil
}

// outside is the place of the first byte outside quotes for which f holds, or
// -1. Quotes count only where a quoted string may begin: at the first byte.
func outside(s string, f func(byte) bool) int {
	from := 0
	if end := quoted(s); end > 0 {
		from = end
	}
	for i := from; i < len(s); i++ {
		if f(s[i]) {
			return i
		}
	}
	return -1
}

// quoted is the length of the quoted string at the beginning of s, or 0 where
// there is none or it does not end.
func quoted(s string) int {
	if s == "" || s[0] != '"' {
		return 0
	}
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return 0
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}
