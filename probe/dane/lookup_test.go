package dane_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"mx_exporter/probe/dane"
	"mx_exporter/probe/dnsq/dnsqtest"
	"mx_exporter/probe/fact"
)

// everything is a host all of whose answers were signed.
var everything = dane.Options{Authentic: true, MXAuthentic: true}

// signed is a zone whose every answer is authentic.
func signed(t testing.TB, zone string) *dnsqtest.Zones {
	t.Helper()
	z := dnsqtest.New(t, zone)
	z.Authentic = true
	return z
}

const aliased = `
mail.example.test.          CNAME host.example.test.
host.example.test.          A     192.0.2.1
`

// The base domain of an alias (RFC 7672 sections 2.2.2 and 2.2.3), and rows N22
// and N23 of the fault catalogue.
func TestLookup(t *testing.T) {
	ee := " TLSA 3 1 1 " + digest(32) + "\n"
	alias := dane.Options{Authentic: true, MXAuthentic: true, Aliases: []string{"host.example.test."}}
	insecure := dane.Options{MXAuthentic: true, Aliases: []string{"host.example.test."}}
	for _, c := range []struct {
		name, zone string
		host       string
		o          dane.Options
		change     func(*dnsqtest.Zones)
		state      dane.State
		base       string
	}{
		{name: "published", zone: "_25._tcp.mx1.example.test." + ee, o: everything, state: dane.Usable, base: "mx1.example.test"},
		{name: "other port", zone: "_587._tcp.mx1.example.test." + ee, o: dane.Options{Port: 587, Authentic: true, MXAuthentic: true}, state: dane.Usable, base: "mx1.example.test"},
		{name: "not published", zone: "mx1.example.test. A 192.0.2.1", o: everything, state: dane.Unpublished},
		{name: "unusable", zone: "_25._tcp.mx1.example.test. TLSA 1 1 1 " + digest(32), o: everything, state: dane.Unusable, base: "mx1.example.test"},
		{name: "TLSA record is an alias", zone: "_25._tcp.mx1.example.test. CNAME tlsa.example.test.\ntlsa.example.test." + ee, o: everything, state: dane.Usable, base: "mx1.example.test"},
		{name: "records are not signed", zone: "_25._tcp.mx1.example.test." + ee, o: everything, change: func(z *dnsqtest.Zones) { z.Authentic = false }, state: dane.Unsigned, base: "mx1.example.test"},
		{name: "host is not signed, records are", zone: "_25._tcp.mx1.example.test." + ee, o: dane.Options{MXAuthentic: true}, state: dane.Unsigned, base: "mx1.example.test"},
		{name: "host is not signed, nothing published", zone: "mx1.example.test. A 192.0.2.1", o: dane.Options{MXAuthentic: true}, state: dane.HostUnsigned},
		{
			name: "host is not signed, and the question fails", zone: ".", o: dane.Options{MXAuthentic: true}, state: dane.HostUnsigned,
			change: func(z *dnsqtest.Zones) { z.Rcode["_25._tcp.mx1.example.test. TLSA"] = dns.RcodeServerFailure },
		},
		{
			name: "question fails", zone: ".", o: everything, state: dane.LookupFailed, base: "mx1.example.test",
			change: func(z *dnsqtest.Zones) { z.Rcode["_25._tcp.mx1.example.test. TLSA"] = dns.RcodeServerFailure },
		},
		{name: "name too long for a record", zone: ".", host: strings.Repeat("a.", 124) + "test", o: everything, state: dane.Unpublished},
		{name: "alias, records at its end", zone: aliased + "_25._tcp.host.example.test." + ee + "_25._tcp.mail.example.test." + ee, host: "mail.example.test", o: alias, state: dane.Usable, base: "host.example.test"},
		{name: "alias, records at its beginning", zone: aliased + "_25._tcp.mail.example.test." + ee, host: "mail.example.test", o: alias, state: dane.Usable, base: "mail.example.test"},
		{
			name: "alias, unsigned records at its end", zone: aliased + "_25._tcp.host.example.test." + ee + "_25._tcp.mail.example.test." + ee, host: "mail.example.test", o: alias,
			change: func(z *dnsqtest.Zones) { z.AD["_25._tcp.host.example.test. TLSA"] = false },
			state:  dane.Usable, base: "mail.example.test",
		},
		{
			name: "alias, question at its end fails", zone: aliased + "_25._tcp.mail.example.test." + ee, host: "mail.example.test", o: alias,
			change: func(z *dnsqtest.Zones) { z.Rcode["_25._tcp.host.example.test. TLSA"] = dns.RcodeServerFailure },
			state:  dane.LookupFailed, base: "host.example.test",
		},
		{name: "alias alone is signed", zone: aliased + "_25._tcp.mail.example.test." + ee + "_25._tcp.host.example.test." + ee, host: "mail.example.test", o: insecure, state: dane.Usable, base: "mail.example.test"},
		{
			name: "alias is not signed", zone: aliased + "_25._tcp.mail.example.test." + ee, host: "mail.example.test", o: insecure,
			change: func(z *dnsqtest.Zones) { z.AD["mail.example.test. CNAME"] = false },
			state:  dane.Unsigned, base: "mail.example.test",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			z := signed(t, strings.TrimPrefix(c.zone, "."))
			if c.change != nil {
				c.change(z)
			}
			if c.host == "" {
				c.host = "MX1.example.test."
			}
			r := dane.Lookup(t.Context(), z, c.host, c.o)
			if r.State != c.state || r.Base != c.base {
				t.Errorf("state %s at %q, want %s at %q: %+v", r.State, r.Base, c.state, c.base, r.Failure)
			}
		})
	}
}

// Row N22: a set of a thousand records.
func TestRecordsAreBounded(t *testing.T) {
	var zone strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&zone, "_25._tcp.mx1.example.test. TLSA 3 1 1 %064x\n", i)
	}
	r := dane.Lookup(t.Context(), signed(t, zone.String()), "mx1.example.test", everything)
	if len(r.TLSA) != dane.MaxRecords || r.Total != 1000 {
		t.Errorf("%d of %d records", len(r.TLSA), r.Total)
	}
	if got := codes(r.Judge(nil, nil, now())); got != "warning dane-too-many-records" {
		t.Errorf("findings %s", got)
	}
}

func TestTheEndOfTheProbeIsNotHeldAgainstTheHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		z := signed(t, "mx1.example.test. A 192.0.2.1")
		z.Drop["_25._tcp.mx1.example.test. TLSA"] = true
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		r := dane.Lookup(ctx, z, "mx1.example.test", everything)
		if res := r.Judge(nil, nil, now()); r.State != dane.Untold || res.Status != fact.Error || codes(res) != "" {
			t.Errorf("state %s, status %s", r.State, res.Status)
		}
		// A name server that never answers for the type is another matter.
		r = dane.Lookup(t.Context(), z, "mx1.example.test", everything)
		if r.State != dane.LookupFailed || r.Failure.Reason != fact.DNSTimeout {
			t.Errorf("state %s, %+v", r.State, r.Failure)
		}
	})
}

func TestNamesOfUsageTwo(t *testing.T) {
	for _, c := range []struct {
		name string
		r    dane.Records
		want string
	}{
		{"base domain and next hop", dane.Records{Host: "mail.example.test", Base: "host.example.test", MXAuthentic: true}, "host.example.test example.test other.test"},
		{"next hop that is not signed", dane.Records{Host: "mx1.example.test", Base: "mx1.example.test"}, "mx1.example.test"},
		{"no records", dane.Records{Host: "mx1.example.test"}, "mx1.example.test"},
	} {
		if got := strings.Join(c.r.Names("Example.test.", "other.test."), " "); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
