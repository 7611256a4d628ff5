package mx

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/dnsq/dnsqtest"
	"mx_exporter/probe/fact"
)

// unindent lets a zone be written in line with the code around it: a leading
// blank means "the owner above" in a zone.
func unindent(zone string) string { return strings.ReplaceAll(zone, "\t", "") }

// lines shows a set as one line a host.
func lines(s *Set) string {
	var b strings.Builder
	for _, h := range s.Hosts {
		fmt.Fprintf(&b, "%d %s %s %v", h.Preference, h.Role, h.Name, h.Addresses)
		if h.Failure != nil {
			fmt.Fprintf(&b, " %s", h.Failure.Reason)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestLookup(t *testing.T) {
	for _, tt := range []struct {
		name string
		zone string
		want string
	}{
		{
			"hosts stand by preference, equal ones share the role", `
			example.test. IN MX 20 b.example.test.
			example.test. IN MX 10 C.Example.Test.
			example.test. IN MX 10 a.example.test.
			a.example.test. IN A 192.0.2.1
			b.example.test. IN A 192.0.2.2
			c.example.test. IN AAAA 2001:db8::3`,
			"10 primary a.example.test [192.0.2.1]\n10 primary c.example.test [2001:db8::3]\n20 backup b.example.test [192.0.2.2]\n",
		},
		{
			"N3 without MX records the domain's own address takes the mail", `
			example.test. IN A 192.0.2.1`,
			"0 primary example.test [192.0.2.1]\n",
		},
		{
			"a host listed twice keeps its best preference", `
			example.test. IN MX 30 a.example.test.
			example.test. IN MX 10 A.example.test.
			a.example.test. IN A 192.0.2.1`,
			"10 primary a.example.test [192.0.2.1]\n",
		},
		{
			"N6 a broken record does not hide the good ones", `
			example.test. IN MX 5 192.0.2.9.
			example.test. IN MX 10 a_b.example.test.
			example.test. IN MX 20 a.example.test.
			a.example.test. IN A 192.0.2.1`,
			"5 primary 192.0.2.9 [] dns_malformed\n10 backup a_b.example.test [] dns_malformed\n20 backup a.example.test [192.0.2.1]\n",
		},
		{
			"a host without an address and one that does not exist", `
			example.test. IN MX 10 a.example.test.
			example.test. IN MX 20 b.example.test.
			a.example.test. IN TXT "no address"`,
			"10 primary a.example.test [] dns_nodata\n20 backup b.example.test [] dns_nxdomain\n",
		},
		{
			"N7 an alias is followed", `
			example.test. IN MX 10 mail.example.test.
			mail.example.test. IN CNAME a.example.test.
			a.example.test. IN A 192.0.2.1`,
			"10 primary mail.example.test [192.0.2.1]\n",
		},
		{
			"N7 aliases in a circle", `
			example.test. IN MX 10 mail.example.test.
			mail.example.test. IN CNAME other.example.test.
			other.example.test. IN CNAME mail.example.test.`,
			"10 primary mail.example.test [] cname_loop\n",
		},
		{
			"N13 bytes that no name has", `
			example.test. IN MX 10 a\000\034b.example.test.`,
			"10 primary a\\000\\034b.example.test [] dns_malformed\n",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := Lookup(t.Context(), dnsqtest.New(t, unindent(tt.zone)), "example.test", Options{})
			if err != nil {
				t.Fatal(err)
			}
			if got := lines(s); got != tt.want {
				t.Errorf("got\n%swant\n%s", got, tt.want)
			}
		})
	}
}

// N4, N5.
func TestNullMX(t *testing.T) {
	for _, tt := range []struct {
		name, zone  string
		null, mixed bool
		hosts       int
	}{
		{"alone", "example.test. IN MX 0 .", true, false, 0},
		{"with another preference", "example.test. IN MX 10 .", true, true, 0},
		{"beside a real one", "example.test. IN MX 0 .\nexample.test. IN MX 10 a.test.\na.test. IN A 192.0.2.1", false, true, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := Lookup(t.Context(), dnsqtest.New(t, tt.zone), "example.test.", Options{})
			if err != nil || s.Null != tt.null || s.NullMixed != tt.mixed || len(s.Hosts) != tt.hosts {
				t.Errorf("got %+v, %v", s, err)
			}
		})
	}
}

func TestLookupFails(t *testing.T) {
	z := dnsqtest.New(t, "example.test. IN TXT \"no mail here\"\nbroken.test. IN A 192.0.2.1")
	z.Rcode["broken.test. MX"] = dns.RcodeServerFailure
	for domain, want := range map[string]fact.Reason{
		"example.test": fact.DNSNoData,
		"absent.test":  fact.DNSNXDomain, // N1
		"broken.test":  fact.DNSServfail, // N3: never implicit when the look-up failed
	} {
		s, err := Lookup(t.Context(), z, domain, Options{})
		if got := dnsq.ReasonOf(err); err == nil || got != want {
			t.Errorf("%s: %v, want %s", domain, err, want)
		}
		if s == nil || s.Implicit || len(s.Hosts) != 0 {
			t.Errorf("%s: got %+v", domain, s)
		}
	}
	if n := z.Count("broken.test. A"); n != 0 {
		t.Errorf("asked for an implicit MX %d times after a failed look-up", n)
	}
}

func TestAddressLookupThatFailsForOneFamilyIsTold(t *testing.T) {
	z := dnsqtest.New(t, "example.test. IN MX 10 a.test.\na.test. IN A 192.0.2.1")
	z.Rcode["a.test. AAAA"] = dns.RcodeServerFailure
	s, err := Lookup(t.Context(), z, "example.test", Options{})
	if err != nil {
		t.Fatal(err)
	}
	h := s.Hosts[0]
	if len(h.Addresses) != 1 || h.Failure == nil || h.Failure.Reason != fact.DNSServfail {
		t.Errorf("got %+v", h)
	}
}

// N8: 1,000 records of 50 addresses each.
func TestBombOfRecordsIsCutByPreference(t *testing.T) {
	var zone strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&zone, "example.test. IN MX %d h%04d.test.\n", i+1, i)
		for j := range 25 {
			fmt.Fprintf(&zone, "h%04d.test. IN A 10.%d.%d.%d\n", i, i/256, i%256, j)
			fmt.Fprintf(&zone, "h%04d.test. IN AAAA 2001:db8::%x:%x\n", i, i, j)
		}
	}
	z := dnsqtest.New(t, zone.String())
	s, err := Lookup(t.Context(), z, "example.test", Options{Hosts: 20, PerHost: 8, Addresses: 40})
	if err != nil {
		t.Fatal(err)
	}
	if s.Records != 1000 || len(s.Hosts) != 20 || s.Hosts[0].Name != "h0000.test" || s.Hosts[19].Name != "h0019.test" {
		t.Errorf("%d records, %d hosts, first %q", s.Records, len(s.Hosts), s.Hosts[0].Name)
	}
	for _, h := range s.Hosts {
		if len(h.Addresses) != 2 || h.Addresses[0].Is4() == h.Addresses[1].Is4() {
			t.Errorf("%s keeps %v; want one of each family", h.Name, h.Addresses)
		}
	}
	for _, l := range []Limit{LimitHosts, LimitAddressesPerHost, LimitAddresses} {
		if !slices.Contains(s.Limited, l) {
			t.Errorf("%s is not said to be exceeded: %v", l, s.Limited)
		}
	}
	if n := z.Count("* *"); n > 1+2*20 {
		t.Errorf("%d questions for 20 hosts", n)
	}
}

func TestFamilies(t *testing.T) {
	zone := "example.test. IN MX 10 a.test.\na.test. IN A 192.0.2.1\na.test. IN A 192.0.2.2\na.test. IN AAAA 2001:db8::1"
	v4, v4b, v6 := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2"), netip.MustParseAddr("2001:db8::1")
	for _, tt := range []struct {
		o    Options
		want []netip.Addr
	}{
		{Options{}, []netip.Addr{v4, v6, v4b}},
		{Options{Family: IP4}, []netip.Addr{v4, v4b}},
		{Options{Family: IP6}, []netip.Addr{v6}},
		{Options{OneOfEachHost: true}, []netip.Addr{v4}},
	} {
		s, err := Lookup(t.Context(), dnsqtest.New(t, zone), "example.test", tt.o)
		if err != nil || !slices.Equal(s.Hosts[0].Addresses, tt.want) || len(s.Limited) != 0 {
			t.Errorf("%+v: got %v, %v, %v", tt.o, s.Hosts[0].Addresses, s.Limited, err)
		}
	}
}

func TestNamedAsksForNoMXRecord(t *testing.T) {
	z := dnsqtest.New(t, "mail.example.test. IN A 192.0.2.1\nmail.example.test. IN MX 10 other.test.")
	s, err := Named(t.Context(), z, "Mail.example.test.", Options{})
	if err != nil || lines(s) != "0 primary mail.example.test [192.0.2.1]\n" {
		t.Errorf("got %s, %v", lines(s), err)
	}
	if z.Count("* MX") != 0 {
		t.Error("an MX record was asked for")
	}
}

func TestLabelIsSafe(t *testing.T) {
	for name, want := range map[string]string{
		"mx1.example.test": "mx1.example.test",
		"a_b.example.test": "a_b.example.test",
		"192.0.2.1":        "192.0.2.1",
		".":                ".",
	} {
		if got := Label(name); got != want {
			t.Errorf("%q is labelled %q", name, got)
		}
	}
	for _, name := range []string{"", `a\000b.test`, `a"b.test`, "{x}.test", "ä.test", strings.Repeat("a", 254)} {
		if got := Label(name); !strings.HasPrefix(got, "invalid-") || len(got) != len("invalid-")+8 {
			t.Errorf("%q is labelled %q", name, got)
		}
	}
}

func FuzzTakeNeverInventsHosts(f *testing.F) {
	f.Add("a.test.", uint16(10), "b.test.", uint16(10))
	f.Add(".", uint16(0), "192.0.2.1.", uint16(5))
	f.Fuzz(func(t *testing.T, a string, pa uint16, b string, pb uint16) {
		var s Set
		s.take([]*dns.MX{{Mx: a, Preference: pa}, {Mx: b, Preference: pb}}, 20)
		if len(s.Hosts) > 2 || s.Null && len(s.Hosts) > 0 {
			t.Fatalf("%+v", s)
		}
		for i, h := range s.Hosts {
			if i > 0 && h.Preference < s.Hosts[i-1].Preference {
				t.Errorf("hosts out of order: %+v", s.Hosts)
			}
			if (h.Role == fact.Primary) != (h.Preference == s.Hosts[0].Preference) {
				t.Errorf("wrong role: %+v", s.Hosts)
			}
			if _, ok := hostname(h.Name); ok && Label(h.Name) != h.Name {
				t.Errorf("%q is a host name and is hashed", h.Name)
			}
		}
	})
}
