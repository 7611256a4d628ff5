package dane

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"fmt"
	"strings"
	"time"
)

// Reason says why a chain does not fit a record. It is a closed list.
type Reason string

// The reasons, from the one that is furthest from a match to the nearest.
const (
	NotUsed       Reason = "not_used"       // the record is unusable or set aside
	NoCertificate Reason = "no_certificate" // no chain was presented
	Mismatch      Reason = "mismatch"       // no certificate that was presented is meant by a record
	NoPath        Reason = "no_path"        // usage 2: the authority is there and did not sign the certificate
	NotInTime     Reason = "not_in_time"    // usage 2: a certificate has ended or has not begun
	NameMismatch  Reason = "name_mismatch"  // usage 2: the certificate bears none of the names
)

// Reasons lists every Reason in the order above.
func Reasons() []Reason {
	return []Reason{NotUsed, NoCertificate, Mismatch, NoPath, NotInTime, NameMismatch}
}

// nearness orders reasons: of several, the nearest to a match is told.
func nearness(r Reason) int {
	for i, known := range Reasons() {
		if r == known {
			return i
		}
	}
	return -1
}

// Verification is the verdict on one chain.
type Verification struct {
	OK       bool      `json:"ok"`
	Reason   Reason    `json:"reason,omitempty"` // why not
	Detail   string    `json:"detail,omitempty"` // for people
	Outcomes []Outcome `json:"outcomes"`         // one for each record, in their order
}

// Outcome is what one record makes of the chain.
type Outcome struct {
	Record string `json:"record"` // shortened, for people
	Match  bool   `json:"match"`
	Depth  int    `json:"depth"` // which certificate the record means: 0 the server's own; the chain's length for one that was not sent
	Reason Reason `json:"reason,omitempty"`
}

// Verify compares the records with a chain, as presented, the server's own
// certificate first. Names are those that usage 2 accepts, see [Records.Names].
// One record that matches is enough. It is pure.
func (r *Records) Verify(chain []*x509.Certificate, names []string, now time.Time) Verification {
	v := Verification{Reason: NotUsed, Outcomes: make([]Outcome, len(r.TLSA))}
	for i, rec := range r.TLSA {
		o := rec.outcome(chain, names, now)
		o.Record = rec.brief()
		v.Outcomes[i] = o
		v.OK = v.OK || o.Match
		if nearness(o.Reason) > nearness(v.Reason) {
			v.Reason = o.Reason
		}
	}
	if v.OK {
		v.Reason = ""
	} else {
		v.Detail = v.explain(names)
	}
	return v
}

// outcome compares one record with a chain.
func (r Record) outcome(chain []*x509.Certificate, names []string, now time.Time) Outcome {
	switch {
	case !r.Used():
		return Outcome{Reason: NotUsed}
	case len(chain) == 0:
		return Outcome{Reason: NoCertificate}
	case r.Usage == DANETA:
		return r.anchored(chain, names, now)
	case r.means(chain[0]):
		return Outcome{Match: true}
	}
	return Outcome{Reason: Mismatch}
}

// means reports whether the record's data are those of a certificate.
func (r Record) means(c *x509.Certificate) bool {
	part := c.Raw
	if r.Selector == PublicKey {
		part = c.RawSubjectPublicKeyInfo
	}
	switch r.Matching {
	case Exact:
		return bytes.Equal(part, r.Data)
	case SHA256:
		sum := sha256.Sum256(part)
		return bytes.Equal(sum[:], r.Data)
	case SHA512:
		sum := sha512.Sum512(part)
		return bytes.Equal(sum[:], r.Data)
	}
	return false
}

func (v Verification) explain(names []string) string {
	switch v.Reason {
	case NotUsed:
		return "no record can be used"
	case NoCertificate:
		return "no certificate was presented"
	case Mismatch:
		return fmt.Sprintf("none of %d records means a certificate that was presented", len(v.Outcomes))
	case NoPath:
		return "the authority that a record means did not sign the certificate"
	case NotInTime:
		return "a certificate below the authority that a record means has ended or has not begun"
	case NameMismatch:
		return "the certificate is signed by the authority that a record means, and bears none of the names " + strings.Join(names, ", ")
	}
	return ""
}
