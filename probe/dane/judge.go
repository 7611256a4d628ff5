package dane

import (
	"crypto/x509"
	"slices"
	"time"

	"mx_exporter/probe/fact"
)

// Seen is what one address of a host showed. An address that could not be talked
// to is left out: it says nothing about DANE.
type Seen struct {
	Address     string
	Offered     bool                // STARTTLS stood in its EHLO
	Established bool                // the handshake went well, whoever the server is
	Chain       []*x509.Certificate // as presented, the server's own certificate first
	Other       []*x509.Certificate // the one with the other kind of key, which some senders are shown; nil where none is known
}

// Address is what DANE makes of one address.
type Address struct {
	Address      string       `json:"address"`
	Offered      bool         `json:"offered"`     // STARTTLS stood in its EHLO
	Established  bool         `json:"established"` // the handshake went well
	Verification Verification `json:"verification"`
	// Other is that of the chain with the other kind of key. It changes nothing
	// in whether a sender delivers: that is said of those that see the first.
	Other    *Verification `json:"other_verification,omitempty"`
	Delivers bool          `json:"delivers"` // a sender that honours DANE would
	Ground   Ground        `json:"ground"`   // why, or why not
}

// Result is what DANE makes of one host.
type Result struct {
	Status    fact.Status `json:"status"` // none: DANE does not apply, or no record can be used; see Records
	Records   *Records    `json:"records"`
	Addresses []Address   `json:"addresses"`
	// Spare says that mail goes on when the server's key changes: a record for
	// another key is published already, or the matching one binds an authority.
	// It is false where nothing matches.
	Spare bool `json:"spare"`
}

// Ground says why a sender that honours DANE would deliver, or would not. It is
// a closed list.
type Ground string

// The grounds to deliver.
const (
	NotApplicable Ground = "not_applicable" // the host, or the answer that names it, is not signed, or has no records
	Verified      Ground = "verified"
	Encrypted     Ground = "encrypted" // no record can be used; TLS is enough (RFC 7672 section 2.2)
	NotTold       Ground = "not_told"  // the records could not be looked up, for a reason that lies with us
)

// The grounds not to deliver.
const (
	NoRecordsTold   Ground = "lookup_failed" // RFC 7672 section 2.1.2
	TLSNotOffered   Ground = "tls_not_offered"
	TLSFailed       Ground = "tls_failed"
	DoesNotMatch    Ground = "mismatch"
	AuthorityFailed Ground = "authority_failed" // usage 2: the authority is there; path, dates or name are not right
)

// Grounds lists every Ground, those to deliver first.
func Grounds() []Ground {
	return []Ground{
		NotApplicable, Verified, Encrypted, NotTold,
		NoRecordsTold, TLSNotOffered, TLSFailed, DoesNotMatch, AuthorityFailed,
	}
}

// Applies reports whether senders that honour DANE look at the records at all:
// the host and the answer that names it are signed, and records are there or
// cannot be told. Where only the latter is not signed, a sender may look at
// them, and some do (RFC 7672 section 2.2.1).
func (r *Records) Applies() bool { return r.MXAuthentic && r.binding() }

// binding reports whether the host's own answers are such that they bind.
func (r *Records) binding() bool {
	return r.State == Usable || r.State == Unusable || r.State == LookupFailed
}

// WouldDeliver says whether a sender that honours DANE would deliver to an
// address of the host that offers STARTTLS or not, with which the handshake went
// well or not, and whose chain was judged by v; and on which ground.
func (r *Records) WouldDeliver(offered, established bool, v Verification) (bool, Ground) {
	switch {
	case r.State == Untold:
		return true, NotTold
	case !r.Applies():
		return true, NotApplicable
	}
	return r.honoured(offered, established, v)
}

// honoured is the judgement of a sender to whom the records apply.
func (r *Records) honoured(offered, established bool, v Verification) (bool, Ground) {
	switch {
	case r.State == LookupFailed:
		return false, NoRecordsTold
	case !offered:
		return false, TLSNotOffered
	case !established:
		return false, TLSFailed
	case r.State == Unusable:
		return true, Encrypted
	case v.OK:
		return true, Verified
	case v.Reason == Mismatch || v.Reason == NoCertificate:
		return false, DoesNotMatch
	}
	return false, AuthorityFailed
}

// Judge compares the records with what each address of the host showed. Names
// are those of [Records.Names]. It is pure.
func (r *Records) Judge(seen []Seen, names []string, now time.Time) *Result {
	res := &Result{Records: r, Addresses: []Address{}}
	for _, s := range seen {
		a := Address{
			Address: s.Address, Offered: s.Offered, Established: s.Established,
			Verification: Verification{Outcomes: []Outcome{}},
		}
		if s.Established && len(r.TLSA) > 0 {
			a.Verification = r.Verify(s.Chain, names, now)
			if len(s.Other) > 0 {
				other := r.Verify(s.Other, names, now)
				a.Other = &other
			}
		}
		a.Delivers, a.Ground = r.WouldDeliver(s.Offered, s.Established, a.Verification)
		res.Addresses = append(res.Addresses, a)
	}
	res.Spare = res.spare()
	res.Status = res.status()
	return res
}

func (r *Result) status() fact.Status {
	switch {
	case r.Records.State == Untold, r.Records.Applies() && r.Records.State == LookupFailed:
		return fact.Error
	case !r.Records.Applies():
		return fact.None
	case slices.ContainsFunc(r.Addresses, func(a Address) bool { return !a.Delivers }):
		return fact.Fail
	case r.Records.State == Unusable:
		return fact.None // senders demand TLS, and hold nothing against the records
	case slices.ContainsFunc(r.Addresses, func(a Address) bool { return a.Other != nil && !a.Other.OK }):
		return fact.Fail // with those that are shown the other certificate
	case len(r.Addresses) == 0:
		return fact.Error
	}
	return fact.Pass
}

// spare looks for a record that will still hold when the keys seen today are
// gone. Addresses may show different keys, so a record is spare only if it fits
// none of them.
func (r *Result) spare() bool {
	matched := make([]bool, len(r.Records.TLSA))
	some := false
	for _, a := range r.Addresses {
		outcomes := a.Verification.Outcomes
		if a.Other != nil {
			outcomes = slices.Concat(outcomes, a.Other.Outcomes)
		}
		for i, o := range outcomes {
			i %= len(matched)
			matched[i] = matched[i] || o.Match
			some = some || o.Match
		}
	}
	for i, rec := range r.Records.TLSA {
		if some && rec.Used() && (matched[i] == (rec.Usage == DANETA)) {
			return true
		}
	}
	return false
}
