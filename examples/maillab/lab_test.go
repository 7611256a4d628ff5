package maillab

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

// whole runs the lab as it comes.
func whole(t *testing.T) *Lab {
	t.Helper()
	l, err := New(context.WithoutCancel(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return l
}

func TestEveryServerStandsWhereItsNamesPoint(t *testing.T) {
	l := whole(t)
	for _, s := range l.servers {
		for _, name := range s.behaviour.Names {
			name = strings.Replace(name, "*", "mx1000", 1)
			found := addressesOf(t, l, name, s.behaviour.Listen[0])
			if len(found) == 0 {
				t.Errorf("%s has no address", name)
			}
			for _, a := range found {
				if d := dialing(t, l.Net, a); d != nil && slices.Contains(s.behaviour.Listen, a) {
					t.Errorf("%s at %s: %v", name, a, d)
				}
			}
			if !slices.ContainsFunc(found, func(a string) bool { return slices.Contains(s.behaviour.Listen, a) }) {
				t.Errorf("%s resolves to %s, and the server is at %s", name, found, s.behaviour.Listen)
			}
		}
	}
}

// addressesOf resolves a name; the port is that of a server's first address.
func addressesOf(t *testing.T, l *Lab, name, like string) []string {
	port := netip.MustParseAddrPort(like).Port()
	t.Helper()
	var found []string
	for _, rrtype := range []string{"A", "AAAA"} {
		for _, rr := range ask(t, l, name, rrtype).Answer {
			if a := addressOf(rr); a.IsValid() {
				found = append(found, netip.AddrPortFrom(a, port).String())
			}
		}
	}
	return found
}

func TestTheBombHasAThousandRecords(t *testing.T) {
	if n := len(ask(t, whole(t), "bomb.test", "MX").Answer); n != 1000 {
		t.Errorf("%d records", n)
	}
}

func TestEveryScenarioIsFoundByItsDomains(t *testing.T) {
	l := whole(t)
	for domain, name := range map[string]string{"good.test": "good", "two-two.test": "two-one", "xn--bcher-kva.test": "idn"} {
		if s, ok := l.Scenario(domain); !ok || s.Name != name {
			t.Errorf("%s: %q, %v", domain, s.Name, ok)
		}
	}
	if _, ok := l.Scenario("nowhere.test"); ok {
		t.Error("nowhere.test is a scenario")
	}
	if l.Server("nowhere.test") != nil {
		t.Error("nowhere.test is a server")
	}
}

func TestLabEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s, err := ParseScenario("test", oneServer(""))
	if err != nil {
		t.Fatal(err)
	}
	l, err := New(ctx, s)
	if err != nil {
		t.Fatal(err)
	}
	w := dialWire(t, l)
	w.talk("S: 220")
	cancel()
	if !w.ends() {
		t.Error("a connection outlives the lab")
	}
	for range 2 {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := dialing(t, l.Net, "192.0.2.25:25"); err == nil {
		t.Error("a server outlives the lab")
	}
}

func TestLabThatCannotBeBuiltSaysWhere(t *testing.T) {
	s, err := ParseScenario("test", oneServer(""))
	if err != nil {
		t.Fatal(err)
	}
	_, err = New(t.Context(), s, s)
	if err == nil || err.Error() != "scenario test: there is a server mx1.one.test already" {
		t.Errorf("got %v", err)
	}
}

func TestResolverCanBeDialledInsideTheClosedWorld(t *testing.T) {
	l := lab(t, oneServer(""))
	for _, network := range []string{"udp", "tcp"} {
		for _, address := range []string{resolverAlias, l.DNSAddr()} {
			c, err := l.Net.DialContext(t.Context(), network, address)
			if err != nil {
				t.Errorf("%s %s: %v", network, address, err)
				continue
			}
			_ = c.Close()
		}
	}
	if s := l.Net.Strays(); len(s) > 0 {
		t.Errorf("strays %q", s)
	}
}
