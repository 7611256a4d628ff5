package selfcheck

import (
	"context"
	"net"
	"net/netip"
	"slices"

	"github.com/miekg/dns"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/fact"
)

// doubter is a resolver as those hear it who draw conclusions from what it denies.
// Once it is known to lie, a denial or an address that it makes up is no answer but
// trouble of ours (faults N20). So every check comes to "error" by itself, and none
// has to know of liars.
type doubter struct {
	dnsq.Exchanger
	lies func(context.Context) Lies
}

// Doubt gives a resolver whose answers are held against its lies. lies is asked at
// each answer that may be one.
func Doubt(x dnsq.Exchanger, lies func(context.Context) Lies) dnsq.Exchanger {
	return doubter{x, lies}
}

// Exchange asks, and gives an error in place of an answer that may be made up.
func (d doubter) Exchange(ctx context.Context, q *dns.Msg) (*dns.Msg, error) {
	m, err := d.Exchanger.Exchange(ctx, q)
	if err != nil || !worthALie(q, m) {
		return m, err
	}
	lies := d.lies(ctx)
	if !lies.Told || !denies(q, m) && !madeUp(m, lies) {
		return m, nil
	}
	return nil, &dnsq.Error{Reason: fact.LocalResolverLies}
}

// worthALie reports an answer of a kind that liars give or that they may give
// falsely. All others are believed without asking what is known.
func worthALie(q, m *dns.Msg) bool {
	switch q.Question[0].Qtype {
	case dns.TypeA, dns.TypeAAAA, dns.TypeMX:
		return true
	}
	return denies(q, m)
}

// denies reports that a response ends the search without a record. One that leads
// on by an alias does not, unless it denies the alias's end as well (RFC 2308
// section 2.2).
func denies(q, m *dns.Msg) bool {
	switch m.Rcode {
	case dns.RcodeNameError:
		return true
	case dns.RcodeSuccess:
	default:
		return false
	}
	leads := false
	for _, rr := range m.Answer {
		switch rr.Header().Rrtype {
		case q.Question[0].Qtype:
			return false
		case dns.TypeCNAME:
			leads = true
		}
	}
	return !leads || slices.ContainsFunc(m.Ns, func(rr dns.RR) bool { return rr.Header().Rrtype == dns.TypeSOA })
}

// madeUp reports that a response holds what the resolver gives to names that do
// not exist.
func madeUp(m *dns.Msg, lies Lies) bool {
	return slices.ContainsFunc(m.Answer, func(rr dns.RR) bool {
		switch rr := rr.(type) {
		case *dns.MX:
			return lies.MX
		case *dns.A:
			return invented(lies, rr.A)
		case *dns.AAAA:
			return invented(lies, rr.AAAA)
		}
		return false
	})
}

func invented(lies Lies, ip net.IP) bool {
	a, ok := netip.AddrFromSlice(ip)
	return ok && lies.Invented(a)
}
