package dane

import (
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// Usage says what a record binds (RFC 6698 section 2.1.1).
type Usage uint8

// The usages.
const (
	PKIXTA Usage = 0 // an authority, beside PKIX; unusable for SMTP
	PKIXEE Usage = 1 // the server's certificate, beside PKIX; unusable for SMTP
	DANETA Usage = 2 // an authority that the server sends along
	DANEEE Usage = 3 // the server's own certificate or key
)

// Selector says which part of a certificate counts (RFC 6698 section 2.1.2).
type Selector uint8

// The selectors.
const (
	FullCertificate Selector = 0
	PublicKey       Selector = 1 // SubjectPublicKeyInfo
)

// Matching says how the part is written down (RFC 6698 section 2.1.3).
type Matching uint8

// The matching types.
const (
	Exact  Matching = 0
	SHA256 Matching = 1
	SHA512 Matching = 2
)

// Data is the octets of a record.
type Data []byte

// shownData is how many octets of a record are shown. A digest is shown whole.
const shownData = sha512.Size

// MarshalText writes the octets in hexadecimal, for people: data longer than a
// digest is cut.
func (d Data) MarshalText() ([]byte, error) {
	if len(d) > shownData {
		return append(hex.AppendEncode(nil, d[:shownData]), "…"...), nil
	}
	return hex.AppendEncode(nil, d), nil
}

// Fault says why a record is not used. It is a closed list.
type Fault string

// The faults. All but the last make a record unusable (RFC 7671 section 4, RFC
// 7672 section 3.1).
const (
	PKIXUsage       Fault = "pkix_usage" // usage 0 or 1
	UnknownUsage    Fault = "unknown_usage"
	UnknownSelector Fault = "unknown_selector"
	UnknownMatching Fault = "unknown_matching"
	BadLength       Fault = "bad_length"    // not as long as the digest is
	BadData         Fault = "bad_data"      // neither a certificate nor a key
	WeakerDigest    Fault = "weaker_digest" // usable, and set aside for a stronger one (RFC 7671 section 9)
)

// Record is one TLSA record.
type Record struct {
	Usage    Usage    `json:"usage"`
	Selector Selector `json:"selector"`
	Matching Matching `json:"matching_type"`
	Data     Data     `json:"data"`
	Fault    Fault    `json:"fault,omitempty"` // why it is not used
}

// String is the record in presentation form (RFC 6698 section 2.2), whole.
func (r Record) String() string {
	return fmt.Sprintf("%d %d %d %x", r.Usage, r.Selector, r.Matching, []byte(r.Data))
}

// brief is the record for a sentence.
func (r Record) brief() string {
	const enough = 8
	if len(r.Data) <= enough {
		return r.String()
	}
	return fmt.Sprintf("%d %d %d %x…", r.Usage, r.Selector, r.Matching, []byte(r.Data[:enough]))
}

// ParseRecord reads a record in presentation form: three numbers and
// hexadecimal digits of either case, which may have blanks in between.
func ParseRecord(s string) (Record, error) {
	f := strings.Fields(s)
	if len(f) < 4 {
		return Record{}, fmt.Errorf("TLSA record with %d fields: want usage, selector, matching type and data, such as 3 1 1 0123…", len(f))
	}
	var n [3]uint8
	for i := range n {
		v, err := strconv.ParseUint(f[i], 10, 8)
		if err != nil {
			return Record{}, fmt.Errorf("TLSA record, field %d: %.20q is no number from 0 to 255", i+1, f[i])
		}
		n[i] = uint8(v)
	}
	data, err := hex.DecodeString(strings.Join(f[3:], ""))
	if err != nil {
		return Record{}, fmt.Errorf("TLSA record, data: want pairs of hexadecimal digits: %w", err)
	}
	r := Record{Usage: Usage(n[0]), Selector: Selector(n[1]), Matching: Matching(n[2]), Data: data}
	r.Fault = r.fault()
	return r, nil
}

// fault says what makes a record unusable, and is empty for one that is fine.
func (r Record) fault() Fault {
	switch {
	case r.Usage <= PKIXEE:
		return PKIXUsage
	case r.Usage > DANEEE:
		return UnknownUsage
	case r.Selector > PublicKey:
		return UnknownSelector
	case r.Matching > SHA512:
		return UnknownMatching
	case r.Matching == SHA256 && len(r.Data) != sha256.Size, r.Matching == SHA512 && len(r.Data) != sha512.Size:
		return BadLength
	case r.Matching == Exact && !r.parses():
		return BadData
	}
	return ""
}

func (r Record) parses() bool {
	var err error
	if r.Selector == FullCertificate {
		_, err = x509.ParseCertificate(r.Data)
	} else {
		_, err = x509.ParsePKIXPublicKey(r.Data)
	}
	return err == nil
}

// Used reports whether senders compare a certificate with the record.
func (r Record) Used() bool { return r.Fault == "" }

// usable reports whether the record is well formed, be it set aside.
func (r Record) usable() bool { return r.Fault == "" || r.Fault == WeakerDigest }

// setAside marks the records whose digest is weaker than another one's of the
// same usage and selector, as senders do who know both (RFC 7671 section 9). An
// exact record is no digest and always counts.
func setAside(rs []Record) {
	type kind struct {
		Usage
		Selector
	}
	strongest := map[kind]Matching{}
	for _, r := range rs {
		if r.usable() {
			k := kind{r.Usage, r.Selector}
			strongest[k] = max(strongest[k], r.Matching)
		}
	}
	for i, r := range rs {
		if r.usable() && r.Matching != Exact && r.Matching < strongest[kind{r.Usage, r.Selector}] {
			rs[i].Fault = WeakerDigest
		}
	}
}
