package mtasts

import "mx_exporter/probe/fact"

// Ground says why a sender that honours MTA-STS would deliver, or would not. It
// is a closed list.
type Ground string

// The grounds to deliver.
const (
	NoPolicy    Ground = "no_policy"    // there is none, or none that can be had
	NotEnforced Ground = "not_enforced" // mode testing or none
	Verified    Ground = "verified"     // named by the policy, and its certificate verifies
)

// The grounds not to deliver.
const (
	NotCovered    Ground = "not_covered" // the policy does not name the host
	TLSNotOffered Ground = "tls_not_offered"
	NotVerified   Ground = "not_verified" // the certificate does not verify for the host, or there is none
)

// Grounds lists every Ground, those to deliver first.
func Grounds() []Ground {
	return []Ground{NoPolicy, NotEnforced, Verified, NotCovered, TLSNotOffered, NotVerified}
}

// WouldDeliver says whether a sender that honours MTA-STS and comes today would
// deliver to an address of an MX host: offered is whether it offers STARTTLS,
// pkixOK whether its certificate verifies for the host (RFC 8461 section 4). A
// policy that cannot be had now, and was seen before, counts: senders have it
// still.
func (r *Result) WouldDeliver(host string, offered, pkixOK bool) (bool, Ground) {
	switch {
	case r.Policy == nil:
		return true, NoPolicy
	case r.Policy.Mode != Enforce:
		return true, NotEnforced
	}
	g := r.Policy.Judge(host, offered, pkixOK)
	return g == Verified, g
}

// Judge is the verdict on an address of an MX host, whatever the mode makes of
// it (RFC 8461 section 4): Verified, NotCovered, TLSNotOffered or NotVerified.
func (p Policy) Judge(host string, offered, pkixOK bool) Ground {
	switch {
	case !p.Matches(host) && !p.Cut():
		return NotCovered
	case !offered:
		return TLSNotOffered
	case !pkixOK:
		return NotVerified
	}
	return Verified
}

// Seen is what one address of an MX host showed. An address that could not be
// talked to is left out.
type Seen struct {
	Host, Address string
	Offered       bool // STARTTLS stood in its EHLO
	Verified      bool // its certificate verifies for the host
}

// HostFindings says which addresses of hosts that the policy names do not do
// what it promises. It is pure.
func (r *Result) HostFindings(seen []Seen) []fact.Finding {
	var fs []fact.Finding
	if r.Policy == nil || r.Policy.Mode == ModeOff {
		return fs
	}
	for _, s := range seen {
		var detail string
		switch r.Policy.Judge(s.Host, s.Offered, s.Verified) {
		case TLSNotOffered:
			detail = "STARTTLS is not offered"
		case NotVerified:
			detail = "the certificate does not verify"
		default:
			continue
		}
		fs = append(fs, fact.Finding{
			Check: Name, Code: CodeHost, Severity: r.grave(), Host: s.Host, Address: s.Address, Detail: detail,
		})
	}
	return fs
}

// grave is how bad it is when a host does not keep to the policy.
func (r *Result) grave() fact.Severity {
	if r.Policy.Mode == Enforce {
		return fact.Critical
	}
	return fact.Warning
}
