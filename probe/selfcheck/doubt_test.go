package selfcheck_test

import (
	"context"
	"net/netip"
	"testing"

	"github.com/miekg/dns"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/dnsq/dnsqtest"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/selfcheck"
)

// N20: what a liar denies or makes up is no answer; all else is, and an honest
// resolver's denial too.
func TestOnlyWhatALiarMayHaveMadeUpIsDoubted(t *testing.T) {
	z := dnsqtest.New(t, `
a.test.     60 IN A     192.0.2.1
a.test.     60 IN MX    10 mx.a.test.
made.test.  60 IN A     203.0.113.80
near.test.  60 IN A     203.0.113.1
alias.test. 60 IN CNAME a.test.
gone.test.  60 IN CNAME never.test.
t.test.     60 IN TXT   "word"
`)
	lies := selfcheck.Lies{Told: true, Addresses: []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24")}}
	const doubted = fact.LocalResolverLies
	for _, c := range []struct {
		name         string
		kind         uint16
		honest, liar fact.Reason
	}{
		{"a.test.", dns.TypeA, "", ""},
		{"alias.test.", dns.TypeA, "", ""},
		{"a.test.", dns.TypeMX, "", ""},
		{"t.test.", dns.TypeTXT, "", ""},
		{"made.test.", dns.TypeA, "", doubted},
		{"near.test.", dns.TypeA, "", doubted},
		{"never.test.", dns.TypeA, fact.DNSNXDomain, doubted},
		{"gone.test.", dns.TypeA, fact.DNSNXDomain, doubted},
		{"never.test.", dns.TypeTXT, fact.DNSNXDomain, doubted},
		{"a.test.", dns.TypeTXT, fact.DNSNoData, doubted},
	} {
		for told, want := range map[bool]fact.Reason{false: c.honest, true: c.liar} {
			x := selfcheck.Doubt(z, func(context.Context) selfcheck.Lies {
				if told {
					return lies
				}
				return selfcheck.Lies{}
			})
			var err error
			switch c.kind {
			case dns.TypeA:
				_, err = dnsq.Lookup[*dns.A](t.Context(), x, c.name)
			case dns.TypeMX:
				_, err = dnsq.Lookup[*dns.MX](t.Context(), x, c.name)
			case dns.TypeTXT:
				_, err = dnsq.Lookup[*dns.TXT](t.Context(), x, c.name)
			}
			if got := dnsq.ReasonOf(err); got != want {
				t.Errorf("%s %s, liar %v: %q, want %q", c.name, dns.TypeToString[c.kind], told, got, want)
			}
		}
	}
	lies.MX = true
	x := selfcheck.Doubt(z, func(context.Context) selfcheck.Lies { return lies })
	if _, err := dnsq.Lookup[*dns.MX](t.Context(), x, "a.test."); dnsq.ReasonOf(err) != doubted {
		t.Errorf("MX records that may be made up: %v", err)
	}
}
