package mtasts

import "mx_exporter/probe/fact"

// Reason says why a policy could not be had. It is a closed list.
type Reason string

// The reasons, in the order in which a fetch comes to them.
const (
	NoAddress      Reason = "dns"             // the policy host has no address, or it cannot be told
	AddressBlocked Reason = "address_blocked" // it has none that is public
	NotConnected   Reason = "connect"         // nothing takes the connection
	NoTLS          Reason = "tls"             // the handshake failed
	BadCertificate Reason = "certificate"     // the policy host's certificate does not verify
	BadHTTP        Reason = "http_invalid"    // what came is no HTTP response, or not a whole one
	Redirected     Reason = "redirect"        // a 3xx, which senders do not follow
	BadStatus      Reason = "http_status"     // anything but 200
	Encoded        Reason = "content"         // compressed, which nobody asked for
	TooLarge       Reason = "too_large"       // more than 64 KiB
	TimedOut       Reason = "timeout"         // not done in time
	NotTried       Reason = "not_tried"       // for a reason that lies with us
)

// Reasons lists every Reason in the order above.
func Reasons() []Reason {
	return []Reason{
		NoAddress, AddressBlocked, NotConnected, NoTLS, BadCertificate, BadHTTP, Redirected, BadStatus, Encoded,
		TooLarge, TimedOut, NotTried,
	}
}

// Failure is why a policy could not be had.
type Failure struct {
	Reason Reason      `json:"reason"`
	Cause  fact.Reason `json:"cause,omitempty"`  // of dns, connect and not_tried: what lies below
	Detail string      `json:"detail,omitempty"` // for people
}

// Error makes a Failure usable as an error.
func (f *Failure) Error() string { return string(f.Reason) + ": " + f.Detail }

// untold reports whether the failure may lie with us or our resolver, so that it
// says nothing about the domain.
func (f *Failure) untold() bool {
	switch f.Reason {
	case NotTried:
		return true
	case NoAddress:
		switch f.Cause {
		case fact.DNSNXDomain, fact.DNSNoData, fact.DNSMalformed, fact.CNAMELoop:
			return false
		}
		return true
	}
	return false
}

// status is what the failure makes of the check.
func (f *Failure) status() fact.Status {
	if f.untold() || f.Reason == TimedOut {
		return fact.Error
	}
	return fact.Fail
}
