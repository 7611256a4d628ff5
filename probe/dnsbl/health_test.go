package dnsbl_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"mx_exporter/probe/dnsbl"
	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/dnsq/dnsqtest"
)

// without takes the records of an owner out of a zone.
func without(zone, owner string) string {
	var b strings.Builder
	for line := range strings.Lines(zone) {
		if !strings.HasPrefix(line, owner) {
			b.WriteString(line)
		}
	}
	return b.String()
}

// B6, B7 and B8: what is listed counts only on a list that passes its test.
func TestUnhealthyListSaysOnlyUnknown(t *testing.T) {
	t.Parallel()
	good := entries("bl.test") + listed("7.2.0.192", "bl.test", "127.0.0.2")
	for name, tt := range map[string]struct {
		zone  string
		fault func(z *dnsqtest.Zones)
		want  string // of 192.0.2.7
		state dnsbl.State
		why   dnsbl.Fault
	}{
		"healthy":                     {good, nil, "listed other=other", dnsbl.Healthy, ""},
		"B6 lists the world":          {"*.bl.test. 300 IN A 127.0.0.2\n", nil, "unknown unhealthy", dnsbl.Broken, dnsbl.ListsTheWorld},
		"B6 empty":                    {"bl.test. 300 IN TXT \"gone\"\n7.2.0.192.bl.test. 300 IN A 127.0.0.2\n", nil, "unknown unhealthy", dnsbl.Broken, dnsbl.EntryMissing},
		"B6 parked":                   {"*.bl.test. 300 IN A 203.0.113.80\n", nil, "unknown hijack", dnsbl.Broken, dnsbl.Fault(dnsbl.Hijack)},
		"B7 right entries, wildcard":  {good + wildcards("bl.test"), nil, "unknown unhealthy", dnsbl.Broken, dnsbl.ListsAnything},
		"B3 refuses the test entry":   {without(good, "2.0.0.127") + listed("2.0.0.127", "bl.test", "127.255.255.254"), nil, "unknown refused", dnsbl.Broken, dnsbl.Fault(dnsbl.Refused)},
		"B3 test entry over quota":    {without(good, "2.0.0.127") + listed("2.0.0.127", "bl.test", "127.255.255.255"), nil, "unknown quota", dnsbl.Broken, dnsbl.Fault(dnsbl.Quota)},
		"B9 test entry SERVFAIL":      {good, func(z *dnsqtest.Zones) { z.Rcode["2.0.0.127.bl.test. A"] = dns.RcodeServerFailure }, "unknown servfail", dnsbl.Untested, dnsbl.Fault(dnsbl.Servfail)},
		"B9 test entry silent":        {good, func(z *dnsqtest.Zones) { z.Drop["1.0.0.127.bl.test. A"] = true }, "unknown timeout", dnsbl.Untested, dnsbl.Fault(dnsbl.Timeout)},
		"our resolver is not there":   {good, func(z *dnsqtest.Zones) { z.Err["2.0.0.127.bl.test. A"] = &dnsq.Error{Reason: "local_resolver"} }, "unknown local", dnsbl.Untested, dnsbl.Fault(dnsbl.Local)},
		"wrong weighs more than open": {good + "1.0.0.127.bl.test. 300 IN A 127.0.0.2\n", func(z *dnsqtest.Zones) { z.Rcode["2.0.0.127.bl.test. A"] = dns.RcodeServerFailure }, "unknown unhealthy", dnsbl.Broken, dnsbl.ListsTheWorld},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				z := dnsqtest.New(t, tt.zone)
				if tt.fault != nil {
					tt.fault(z)
				}
				c := client(t, z, dnsbl.Options{})
				l := list(t, "bl", "bl.test")
				l.IP6, l.Domains = false, false
				for range 2 { // while it is tested, and after
					r := c.Check(t.Context(), []dnsbl.List{l}, []dnsbl.Subject{address("192.0.2.7")})
					if got := brief(r.Answers[0]); got != tt.want {
						t.Errorf("got %q (%s), want %q", got, r.Answers[0].Detail, tt.want)
					}
					if h := r.Lists[0]; h.List != "bl" || h.Family != dnsbl.IP4 || h.State != tt.state || h.Fault != tt.why || (h.Detail == "") != (tt.why == "") {
						t.Errorf("%+v", h)
					}
				}
			})
		})
	}
}

// wildcards list all documentation addresses of TEST-NET-3, as a list does that
// keeps its test entries and lists everything else.
func wildcards(zone string) string { return "*.113.0.203." + zone + ". 300 IN A 127.0.0.2\n" }

// B8: each family stands for itself.
func TestFamiliesAreTestedApart(t *testing.T) {
	t.Parallel()
	z := dnsqtest.New(t, without(without(entries("bl.test"), "2.0.0.0"), "test."))
	c := client(t, z, dnsbl.Options{})
	l := list(t, "bl", "bl.test")
	states := map[dnsbl.Family]dnsbl.State{}
	for _, h := range c.Health(t.Context(), []dnsbl.List{l}) {
		states[h.Family] = h.State
	}
	if len(states) != 3 || states[dnsbl.IP4] != dnsbl.Healthy || states[dnsbl.IP6] != dnsbl.Broken || states[dnsbl.Domain] != dnsbl.Broken {
		t.Errorf("%v", states)
	}
	for s, want := range map[string]string{"192.0.2.7": "not_listed", "2001:db8::1": "unknown unhealthy"} {
		if got := brief(one(t, c, l, address(s))); got != want {
			t.Errorf("%s: %s", s, got)
		}
	}
}

func TestTestPointOfDomains(t *testing.T) {
	t.Parallel()
	z := dnsqtest.New(t, entries("bl.test")+listed("always.example.test", "bl.test", "127.0.0.2")+listed("invalid", "inv.test", "127.0.0.2")+listed("test", "inv.test", "127.0.0.2"))
	c := client(t, z, dnsbl.Options{})
	for _, tt := range []struct {
		zone, point string
		want        dnsbl.Fault
	}{{"bl.test", "Always.example.test", ""}, {"inv.test", "", dnsbl.ListsTheWorld}, {"empty.test", "x.test", dnsbl.EntryMissing}} {
		l := list(t, "bl", tt.zone)
		l.IP4, l.IP6, l.TestPoint = false, false, tt.point
		if h := c.Health(t.Context(), []dnsbl.List{l})[0]; h.Fault != tt.want {
			t.Errorf("%s: %+v", tt.zone, h)
		}
	}
	if z.Count("always.example.test.bl.test. A") != 1 || z.Count("test.bl.test. A") != 0 || z.Count("test.inv.test. A") != 1 {
		t.Error("the wrong names were asked for")
	}
}

// B8: lists without test entries, by configuration.
func TestSelfTestMayBeLess(t *testing.T) {
	t.Parallel()
	z := dnsqtest.New(t, "x.bl.test. 300 IN TXT \"no entries\"\n"+listed("7.2.0.192", "bl.test", "127.0.0.2")+wildcards("world.test")+listed("7.2.0.192", "world.test", "127.0.0.2"))
	for _, tt := range []struct {
		zone      string
		test      dnsbl.SelfTest
		want      string
		state     dnsbl.State
		questions int
	}{
		{"bl.test", dnsbl.Required, "unknown unhealthy", dnsbl.Broken, 3},
		{"bl.test", dnsbl.Canary, "listed other=other", dnsbl.Healthy, 1},
		{"bl.test", dnsbl.Skip, "listed other=other", dnsbl.Skipped, 0},
		{"world.test", dnsbl.Canary, "unknown unhealthy", dnsbl.Broken, 1},
		{"world.test", dnsbl.Skip, "listed other=other", dnsbl.Skipped, 0},
	} {
		c := client(t, z, dnsbl.Options{})
		l := list(t, "bl", tt.zone)
		l.SelfTest = tt.test
		before := z.Count("* A")
		r := c.Check(t.Context(), []dnsbl.List{l}, []dnsbl.Subject{address("192.0.2.7")})
		if brief(r.Answers[0]) != tt.want || r.Lists[0].State != tt.state || z.Count("* A")-before != tt.questions+1 {
			t.Errorf("%s %s: %s, %+v, %d questions", tt.zone, tt.test, brief(r.Answers[0]), r.Lists[0], z.Count("* A")-before)
		}
	}
}

func TestSelfTestIsRememberedAsItsOutcomeAllows(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		zone  string
		fault func(z *dnsqtest.Zones)
		holds time.Duration
	}{
		"healthy":  {entries("bl.test"), nil, 10 * time.Minute},
		"broken":   {"x.bl.test. 300 IN TXT \"empty\"\n", nil, time.Hour},
		"untested": {entries("bl.test"), func(z *dnsqtest.Zones) { z.Rcode["2.0.0.127.bl.test. A"] = dns.RcodeServerFailure }, time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				z := dnsqtest.New(t, tt.zone)
				if tt.fault != nil {
					tt.fault(z)
				}
				c := client(t, z, dnsbl.Options{})
				l := list(t, "bl", "bl.test")
				ask := func() int {
					c.Check(t.Context(), []dnsbl.List{l}, []dnsbl.Subject{address("192.0.2.7")})
					return z.Count("2.0.0.127.bl.test. A")
				}
				ask()
				time.Sleep(tt.holds - time.Second)
				if n := ask(); n != 1 {
					t.Errorf("tested %d times within %v", n, tt.holds)
				}
				time.Sleep(2 * time.Second)
				if n := ask(); n != 2 {
					t.Errorf("tested %d times after %v", n, tt.holds)
				}
			})
		})
	}
}

func TestListThatMendsIsBelievedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := dnsqtest.New(t, "x.bl.test. 300 IN TXT \"empty\"\n")
		c := client(t, z, dnsbl.Options{})
		l := list(t, "bl", "bl.test")
		if got := brief(one(t, c, l, address("192.0.2.7"))); got != "unknown unhealthy" {
			t.Error(got)
		}
		z.Replace(t, entries("bl.test")+listed("7.2.0.192", "bl.test", "127.0.0.2"))
		time.Sleep(time.Hour)
		if got := brief(one(t, c, l, address("192.0.2.7"))); got != "listed other=other" {
			t.Error(got)
		}
	})
}
