package probe_test

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"testing"

	"mx_exporter/config"
	"mx_exporter/examples/maillab/labtest"
	"mx_exporter/probe"
	"mx_exporter/probe/dnsbl"
	"mx_exporter/probe/fact"
)

// us is a lab whose lists and names have something to say about two addresses
// that the exporter speaks from.
const us = `title: t
shows: s
domain: them.test
verdict: satisfactory
list: bl zone=bl.them.test codes=127.0.0.2:spam
list: other zone=other.them.test ip4 ip6
list: refuses zone=refuses.them.test

-- zone --
@    MX 10 mx1
mx1  A    192.0.2.10

-- server mx1 --
listen: 192.0.2.10:25

-- zone bl.them.test --
2.0.0.127       A 127.0.0.2
25.100.51.198   A 127.0.0.2

-- zone other.them.test --
2.0.0.127       A 127.0.0.2
2.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0 A 127.0.0.2

-- zone refuses.them.test --
*  A 127.255.255.254

-- zone monitor.test --
@  A 198.51.100.25
`

// speaking is a connection that has another local address than it has.
type speaking struct {
	net.Conn
	from string
}

func (s speaking) LocalAddr() net.Addr {
	return net.TCPAddrFromAddrPort(netip.MustParseAddrPort(s.from))
}

// from makes all connections of an Env come from an address and port.
func from(w *world, local string) *world {
	dial := w.lab.Net.DialContext
	w.env.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return speaking{c, local}, nil
	}
	w.module = w.modules["test"]
	w.module.Checks = []config.Check{}
	w.module.SMTP.EHLOName = "monitor.test"
	return w
}

func diagnosed(t *testing.T, w *world) *probe.Diagnosis {
	t.Helper()
	w.probe(t, "them.test")
	w.env.Diagnose(t.Context(), &config.Config{Modules: map[string]config.Module{"a": w.module, "b": w.module}})
	return w.env.Diagnosis()
}

func TestOurOwnAddressIsLookedUp(t *testing.T) {
	w := from(newWorld(t, labtest.StartWith(t, us)), "198.51.100.25:34567")
	if w.env.Diagnosis() != nil {
		t.Error("there is a diagnosis before the first look")
	}
	d := diagnosed(t, w)
	if len(d.Addresses) != 1 {
		t.Fatalf("%+v", d)
	}
	me := d.Addresses[0]
	var said []string
	for _, a := range me.Lists {
		said = append(said, told(a))
	}
	want := "bl 198.51.100.25 listed 127.0.0.2=spam, other 198.51.100.25 not_listed, refuses 198.51.100.25 unknown refused"
	if got := strings.Join(said, ", "); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if me.PTR.Status != fact.Pass || len(me.Names) != 1 || me.Names[0] != (probe.OurName{Name: "monitor.test", Matches: true, Known: true}) {
		t.Errorf("%+v, %+v", me.PTR, me.Names)
	}
	if n := w.lab.DNS.Queries("25.100.51.198.bl.them.test", "A"); n != 1 {
		t.Errorf("two modules name the list, and it was asked %d times", n)
	}
}

func TestOurNameThatLeadsElsewhereIsTold(t *testing.T) {
	d := diagnosed(t, from(newWorld(t, labtest.StartWith(t, us)), "[2001:db8::25]:34567"))
	me := d.Addresses[0]
	if len(me.Lists) != 1 || me.Lists[0].Verdict != dnsbl.NotListed { // the others have no IPv6
		t.Errorf("%+v", me.Lists)
	}
	if me.PTR.Status != fact.None || me.Names[0] != (probe.OurName{Name: "monitor.test", Matches: false, Known: true}) {
		t.Errorf("%+v, %+v", me.PTR, me.Names)
	}
}

// B13, of our own addresses: behind a NAT there is nothing to ask about.
func TestNobodyIsAskedAboutAPrivateAddressOfOurs(t *testing.T) {
	for _, local := range []string{"10.1.2.3:4567", "127.0.0.1:4567", "[fd00::1]:4567", "[fe80::1%eth0]:4567", "100.64.0.9:4567"} {
		w := from(newWorld(t, labtest.StartWith(t, us)), local)
		w.module.AllowNetworks = append(w.module.AllowNetworks, netipPrefixes("10.0.0.0/8", "127.0.0.0/8", "fd00::/8", "100.64.0.0/10")...)
		if d := diagnosed(t, w); len(d.Addresses) > 0 {
			t.Errorf("%s: %+v", local, d.Addresses)
		}
	}
}

// Behind a NAT the operator says what servers see; it is looked at without a
// conversation, for every name that is announced.
func TestAnAddressBehindANATIsLookedUpWhereItIsNamed(t *testing.T) {
	w := from(newWorld(t, labtest.StartWith(t, us)), "10.1.2.3:4567")
	a, err := probe.ParseSelf("198.51.100.25")
	if err != nil {
		t.Fatal(err)
	}
	w.env.SelfAddresses = []netip.Addr{a}
	select {
	case <-w.env.Fresh():
	default:
		t.Error("nobody is told to look at it")
	}
	d := diagnosed(t, w)
	if len(d.Addresses) != 1 || len(d.Addresses[0].Lists) != 3 || d.Addresses[0].Lists[0].Verdict != dnsbl.Listed {
		t.Fatalf("%+v", d.Addresses)
	}
	if me := d.Addresses[0]; me.PTR.Status != fact.Pass || len(me.Names) != 1 || !me.Names[0].Matches {
		t.Errorf("%+v, %+v", me.PTR, me.Names)
	}
}

func TestOnlyAnAddressThatServersSeeIsOurs(t *testing.T) {
	for _, c := range []struct{ in, want, err string }{
		{"198.51.100.25", "198.51.100.25", ""},
		{"::ffff:198.51.100.25", "198.51.100.25", ""},
		{"2001:db8::25", "2001:db8::25", ""},
		{"10.1.2.3", "", "10.1.2.3 is not public (private); want the address that mail servers see, outside of the NAT"},
		{"fe80::1%eth0", "", `"fe80::1%eth0" is no IP address; want one such as 198.51.100.25`},
		{"mail.example.org", "", `"mail.example.org" is no IP address; want one such as 198.51.100.25`},
	} {
		a, err := probe.ParseSelf(c.in)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != c.err || err == nil && a.String() != c.want {
			t.Errorf("%s: %s, %q", c.in, a, got)
		}
	}
}

func netipPrefixes(ss ...string) (all []config.Network) {
	for _, s := range ss {
		all = append(all, config.Network(netip.MustParsePrefix(s)))
	}
	return all
}

// A look that the end of the process cut short says nothing.
func TestADiagnosisCutShortIsThrownAway(t *testing.T) {
	w := from(newWorld(t, labtest.StartWith(t, us)), "198.51.100.25:34567")
	w.probe(t, "them.test")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w.env.Diagnose(ctx, &config.Config{Modules: map[string]config.Module{"a": w.module}})
	if d := w.env.Diagnosis(); d != nil {
		t.Errorf("%+v", d)
	}
	select {
	case <-w.env.Fresh():
	default:
		t.Error("nobody was told of a new address")
	}
}
