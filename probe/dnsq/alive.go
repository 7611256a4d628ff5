package dnsq

import (
	"context"

	"github.com/miekg/dns"

	"mx_exporter/probe/fact"
)

// Alive asks the resolver for the servers of the root. It gives nil when the
// resolver answers, which NOERROR and NXDOMAIN show; SERVFAIL, or no answer, is
// an [*Error]. So is REFUSED, with the reason dns_refused: the resolver is there,
// and does not work for us, or for no name but its own.
//
// Each resolver can answer this question without asking a broken domain, so the
// answer tells a dead resolver from a dead domain. A [Cache] on the way is not
// asked for what it remembers.
func Alive(ctx context.Context, x Exchanger) error {
	t := trail{name: ".", end: ".", qtype: dns.TypeNS}
	m, err := x.Exchange(context.WithValue(ctx, noteKey{}, &note{fresh: true}), question(t.end, t.qtype))
	if err != nil {
		return t.wrap(err)
	}
	t.last, t.rcode = m, m.Rcode
	switch m.Rcode {
	case dns.RcodeSuccess, dns.RcodeNameError:
		return nil
	case dns.RcodeServerFailure:
		return t.fail(fact.DNSServfail, nil)
	}
	return t.fail(fact.DNSRefused, nil)
}
