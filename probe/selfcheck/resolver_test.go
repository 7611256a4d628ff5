package selfcheck

import (
	"context"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/miekg/dns"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/dnsq/dnsqtest"
	"mx_exporter/probe/fact"
)

// Zones as different resolvers show them. A wildcard stands for a resolver that
// answers for names which do not exist.
const (
	honest  = `. NS ns.test.`
	lying   = honest + "\n* A 203.0.113.80\n"
	lyingMX = honest + "\n* MX 10 mail.test.\n"
	lying6  = honest + "\n* AAAA 2001:db8::80\n"
	// special knows that invalid. is special, and lies about the rest.
	special = honest + "\ninvalid. SOA a.test. b.test. 1 2 3 4 5\n*.com. A 203.0.113.80\n"
	// compact denies by an empty answer (RFC 9824).
	compact = honest + "\n* TXT empty\n"
)

// N2, N20
func TestAResolverIsSeenAsItIs(t *testing.T) {
	invented := netip.MustParsePrefix("203.0.113.0/24")
	for _, c := range []struct {
		name, zone string
		broken     func(*dnsqtest.Zones)
		up         bool
		honesty    Honesty
		addresses  []netip.Prefix
		mx         bool
	}{
		{"honest", honest, nil, true, Honest, nil, false},
		{"denies by an empty answer", compact, nil, true, Honest, nil, false},
		{"lies about everything", lying, nil, true, Lying, []netip.Prefix{invented, invented}, false},
		{"lies in IPv6", lying6, nil, true, Lying, []netip.Prefix{netip.MustParsePrefix("2001:db8::/64"), netip.MustParsePrefix("2001:db8::/64")}, false},
		{"lies about MX records", lyingMX, nil, true, Lying, nil, true},
		{"knows invalid. as special", special, nil, true, Lying, []netip.Prefix{invented}, false},
		{"fails for the root", honest, func(z *dnsqtest.Zones) { z.Rcode[". NS"] = dns.RcodeServerFailure }, false, Honest, nil, false},
		{"refuses the root", honest, func(z *dnsqtest.Zones) { z.Rcode[". NS"] = dns.RcodeRefused }, true, Honest, nil, false},
	} {
		z := dnsqtest.New(t, c.zone)
		if c.broken != nil {
			c.broken(z)
		}
		r := look(t.Context(), Subject{"dns", z})
		if r.Up != c.up || r.Honesty != c.honesty || r.Lies.MX != c.mx || r.Lies.Told != (c.honesty == Lying) || !slices.Equal(r.Lies.Addresses, c.addresses) {
			t.Errorf("%s: %+v", c.name, r)
		}
		if wrong := !c.up || c.honesty == Lying; (r.Detail != "") != wrong {
			t.Errorf("%s: detail %q", c.name, r.Detail)
		}
	}
}

// silent never answers.
type silent struct{}

func (silent) Exchange(ctx context.Context, _ *dns.Msg) (*dns.Msg, error) {
	<-ctx.Done()
	return nil, &dnsq.Error{Reason: fact.DNSTimeout, Err: ctx.Err()}
}

// N2: of a resolver that is silent, nothing is told but that it is down, and
// it costs a bounded time.
func TestASilentResolverIsDownAndNothingElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := look(t.Context(), Subject{"dns", silent{}})
		if r.Up || r.Honesty != Untold || r.Lies.Told {
			t.Errorf("%+v", r)
		}
	})
}

// names writes down what is asked.
type names struct {
	dnsq.Exchanger
	mu    sync.Mutex
	asked map[string]int
}

func (n *names) Exchange(ctx context.Context, q *dns.Msg) (*dns.Msg, error) {
	n.mu.Lock()
	n.asked[q.Question[0].Name+dns.Type(q.Question[0].Qtype).String()]++
	n.mu.Unlock()
	return n.Exchanger.Exchange(ctx, q)
}

// N20: the name asked for is another one each time, so that nobody can prepare
// an answer for it, and nobody remembers one.
func TestCanariesAreNewEachTime(t *testing.T) {
	n := &names{Exchanger: dnsqtest.New(t, honest), asked: map[string]int{}}
	for range 3 {
		look(t.Context(), Subject{"dns", n})
	}
	for question, times := range n.asked {
		if question != ".NS" && times > 1 {
			t.Errorf("%s was asked %d times", question, times)
		}
	}
	if want := 3*len(canaryZones())*3 + 1; len(n.asked) != want {
		t.Errorf("%d questions were asked, want %d: %v", len(n.asked), want, n.asked)
	}
}

func TestNeighboursOfAnInventedAddressAreInvented(t *testing.T) {
	l := Lies{Told: true, Addresses: []netip.Prefix{around(netip.MustParseAddr("203.0.113.80")), around(netip.MustParseAddr("2001:db8::80"))}}
	for a, want := range map[string]bool{
		"203.0.113.81": true, "203.0.114.80": false, "::ffff:203.0.113.80": true, "2001:db8::1": true, "2001:db8:0:1::1": false,
	} {
		if got := l.Invented(netip.MustParseAddr(a)); got != want {
			t.Errorf("%s: %v", a, got)
		}
	}
}
