package dnsbl_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"mx_exporter/probe/dnsbl"
	"mx_exporter/probe/dnsq"
)

const (
	yes6 = "2.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0"
	no6  = "1.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0"
)

// entries are the test entries of a list that is as RFC 5782 section 5 wants it.
func entries(zone string) string {
	return strings.ReplaceAll(`
@                  300 IN SOA ns.test. hostmaster.test. 1 7200 900 1209600 120
2.0.0.127.@        300 IN A   127.0.0.2
`+yes6+`.@ 300 IN A 127.0.0.2
test.@             300 IN A   127.0.0.2
`, "@", zone+".")
}

// listed is a record of a list.
func listed(labels, zone, answer string) string {
	return fmt.Sprintf("%s.%s. 300 IN A %s\n", labels, zone, answer)
}

// list is one at ZONE for all families.
func list(t testing.TB, name, zone string, codes ...string) dnsbl.List {
	t.Helper()
	z, err := dnsbl.ParseZone(zone)
	if err != nil {
		t.Fatal(err)
	}
	return dnsbl.List{Name: name, Zone: z, IP4: true, IP6: true, Domains: true, Codes: table(t, codes...)}
}

func table(t testing.TB, rows ...string) dnsbl.Codes {
	t.Helper()
	m := map[string]string{}
	for i := 0; i < len(rows); i += 2 {
		m[rows[i]] = rows[i+1]
	}
	cs, err := dnsbl.ParseCodes(m)
	if err != nil {
		t.Fatal(err)
	}
	return cs
}

// reserved are the networks that tests may ask about.
var reserved = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("2001:db8::/32")}

func client(t testing.TB, x dnsq.Exchanger, o dnsbl.Options) *dnsbl.Client {
	t.Helper()
	o.AllowNetworks = reserved
	c := dnsbl.NewClient(x, o)
	t.Cleanup(c.Close)
	return c
}

func address(s string) dnsbl.Subject {
	return dnsbl.Subject{Address: netip.MustParseAddr(s), Host: "mx1.example.test", Role: dnsbl.Primary}
}

func domain(s string) dnsbl.Subject { return dnsbl.Subject{Domain: s, Role: dnsbl.Named} }

// benchmark gives n subjects of 198.18.0.0/15.
func benchmark(n int) []dnsbl.Subject {
	subjects := make([]dnsbl.Subject, 0, n)
	for i := range n {
		subjects = append(subjects, dnsbl.Subject{Address: netip.AddrFrom4([4]byte{198, 18, byte(i >> 8), byte(i)}), Role: dnsbl.Primary})
	}
	return subjects
}

// one asks one list about one subject.
func one(t testing.TB, c *dnsbl.Client, l dnsbl.List, s dnsbl.Subject) dnsbl.Answer {
	t.Helper()
	r := c.Check(t.Context(), []dnsbl.List{l}, []dnsbl.Subject{s})
	if len(r.Answers) != 1 {
		t.Fatalf("%d answers: %+v", len(r.Answers), r)
	}
	return r.Answers[0]
}

// brief shows an answer in one word or a few.
func brief(a dnsbl.Answer) string {
	var b strings.Builder
	b.WriteString(string(a.Verdict))
	if a.Reason != "" {
		b.WriteString(" " + string(a.Reason))
	}
	for _, h := range a.Hits {
		b.WriteString(" " + h.Code + "=" + h.Meaning)
	}
	return b.String()
}

func reservedAnd(more ...string) []netip.Prefix {
	ps := append([]netip.Prefix(nil), reserved...)
	for _, s := range more {
		ps = append(ps, netip.MustParsePrefix(s))
	}
	return ps
}
