package spf

import (
	"context"
	"net"
	"net/netip"
	"strings"

	blitiri "blitiri.com.ar/go/spf"

	"mx_exporter/probe/dnsq"
)

// Outcome is what a receiver concludes about a sender (RFC 7208 section 2.6).
type Outcome string

// The outcomes.
const (
	Pass      Outcome = "pass"      // the server may send for the domain
	Fail      Outcome = "fail"      // it may not
	SoftFail  Outcome = "softfail"  // it probably may not
	Neutral   Outcome = "neutral"   // the record does not say
	None      Outcome = "none"      // there is no record, or no domain to look for one
	TempError Outcome = "temperror" // a look-up failed for now
	PermError Outcome = "permerror" // the record is wrong
)

// Outcomes lists every Outcome in the order above.
func Outcomes() []Outcome {
	return []Outcome{Pass, Fail, SoftFail, Neutral, None, TempError, PermError}
}

// Evaluate gives what a receiver concludes when the server ip, which greets with
// the name helo, sends mail from the address sender; with the sender "" the
// identity is postmaster at that name (RFC 7208 section 2.4). The error says why
// and is for people; there may be one with every outcome.
func Evaluate(ctx context.Context, x dnsq.Exchanger, ip netip.Addr, sender, helo string) (Outcome, error) {
	if local, domain, ok := cutLast(sender, "@"); !ok {
		sender = "postmaster@" + helo
	} else if local == "" { // section 4.3
		sender = "postmaster@" + domain
	}
	r := &resolver{x: x, four: ip.Unmap().Is4()}
	res, err := blitiri.CheckHostWithSender(net.IP(ip.Unmap().AsSlice()), helo, sender,
		blitiri.WithContext(ctx), blitiri.WithResolver(r))
	outcome := Outcome(res)
	if p := r.broken.Load(); p != nil && outcome != TempError && outcome != None {
		// RFC 7208 section 4.6: a mistake anywhere, also behind the match.
		return PermError, mistake(*p)
	}
	return outcome, err
}

// cutLast cuts around the last separator.
func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// mistake is a problem as an error.
type mistake Problem

func (m mistake) Error() string { return Problem(m).String() }
