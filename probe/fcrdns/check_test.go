package fcrdns_test

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"
	"go.uber.org/goleak"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/dnsq/dnsqtest"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/fcrdns"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const zone = `
1.2.0.192.in-addr.arpa. 60 IN PTR mail.example.test.
mail.example.test.      60 IN A   192.0.2.1
mail.example.test.      60 IN AAAA 2001:db8::1
1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. 60 IN PTR Mail.Example.Test.
2.2.0.192.in-addr.arpa. 60 IN PTR mail.example.test.
3.2.0.192.in-addr.arpa. 60 IN PTR absent.example.test.
4.2.0.192.in-addr.arpa. 60 IN PTR absent.example.test.
4.2.0.192.in-addr.arpa. 60 IN PTR four.example.test.
four.example.test.      60 IN CNAME alias.example.test.
alias.example.test.     60 IN A   192.0.2.4
5.2.0.192.in-addr.arpa. 60 IN PTR broken.example.test.
6.2.0.192.in-addr.arpa. 60 IN PTR broken.example.test.
6.2.0.192.in-addr.arpa. 60 IN PTR six.example.test.
six.example.test.       60 IN A   192.0.2.6
7.2.0.192.in-addr.arpa. 60 IN TXT "no PTR"
9.2.0.192.in-addr.arpa. 60 IN PTR .
10.2.0.192.in-addr.arpa. 60 IN CNAME 10.0-127.2.0.192.in-addr.arpa.
10.0-127.2.0.192.in-addr.arpa. 60 IN PTR ten.example.test.
ten.example.test.       60 IN A   192.0.2.10
11.2.0.192.in-addr.arpa. 60 IN PTR x\"\\.<script>\.example.test.
12.2.0.192.in-addr.arpa. 60 IN PTR mail.example.test.
12.2.0.192.in-addr.arpa. 60 IN PTR MAIL.example.test.
13.2.0.192.in-addr.arpa. 60 IN PTR 192-0-2-13.pool.example.test.
192-0-2-13.pool.example.test. 60 IN A 192.0.2.13
`

func zones(t testing.TB) *dnsqtest.Zones {
	z := dnsqtest.New(t, zone)
	z.Rcode["broken.example.test. A"] = dns.RcodeServerFailure
	z.Rcode["8.2.0.192.in-addr.arpa. PTR"] = dns.RcodeServerFailure
	return z
}

func addr(s string) netip.Addr { return netip.MustParseAddr(s) }

func TestCheck(t *testing.T) {
	t.Parallel()
	rows := []struct {
		address string
		status  fact.Status
		names   string // confirmed ones with a star
		reason  fact.Reason
	}{
		{"192.0.2.1", fact.Pass, "mail.example.test*", ""},
		{"2001:db8::1", fact.Pass, "mail.example.test*", ""},
		{"::ffff:192.0.2.1", fact.Pass, "mail.example.test*", ""},
		{"192.0.2.2", fact.Fail, "mail.example.test", ""},                      // leads elsewhere
		{"192.0.2.3", fact.Fail, "absent.example.test", ""},                    // leads nowhere
		{"192.0.2.4", fact.Pass, "absent.example.test four.example.test*", ""}, // one is enough
		{"192.0.2.5", fact.Error, "broken.example.test", fact.DNSServfail},     // cannot be told
		{"192.0.2.6", fact.Pass, "broken.example.test six.example.test*", ""},  // can be told all the same
		{"192.0.2.7", fact.None, "", ""},                                       // NODATA
		{"192.0.2.8", fact.Error, "", fact.DNSServfail},                        // says nothing about the address
		{"192.0.2.9", fact.None, "", ""},                                       // the root is no name
		{"192.0.2.10", fact.Pass, "ten.example.test*", ""},                     // RFC 2317
		{"192.0.2.11", fact.Fail, `x\"\\.<script>\.example.test`, ""},          // foreign bytes
		{"192.0.2.12", fact.Fail, "mail.example.test", ""},                     // named twice
		{"192.0.2.99", fact.None, "", ""},                                      // NXDOMAIN
		{"2001:db8::2", fact.None, "", ""},
	}
	var addrs []netip.Addr
	for _, r := range rows {
		addrs = append(addrs, addr(r.address))
	}
	z := zones(t)
	for i, r := range fcrdns.Check(t.Context(), z, append(addrs, netip.Addr{})) {
		if i == len(rows) {
			if r.Status != fact.Error {
				t.Errorf("no address: %+v", r)
			}
			break
		}
		want := rows[i]
		var names []string
		for _, n := range r.Names {
			names = append(names, n.Name+map[bool]string{true: "*"}[n.Confirmed])
		}
		reason := fact.Reason("")
		if r.Failure != nil {
			reason = r.Failure.Reason
		}
		if r.Status != want.status || strings.Join(names, " ") != want.names || reason != want.reason {
			t.Errorf("%s: got %s %q %s, want %s %q %s", want.address, r.Status, names, reason, want.status, want.names, want.reason)
		}
	}
}

func TestNamesAreLimited(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	for i := range 60 {
		fmt.Fprintf(&text, "1.2.0.192.in-addr.arpa. 60 IN PTR n%02d.example.test.\n", i)
	}
	z := dnsqtest.New(t, text.String())
	r := fcrdns.Check(t.Context(), z, []netip.Addr{addr("192.0.2.1")})[0]
	if len(r.Names) != fcrdns.MaxNames || r.Total != 60 || r.Names[0].Name != "n00.example.test" || z.Count("* A") != fcrdns.MaxNames {
		t.Errorf("%d names of %d, %d questions", len(r.Names), r.Total, z.Count("* A"))
	}
	if d := r.Findings(fcrdns.Seen{})[0].Detail; len(d) > 200 || !strings.HasSuffix(d, " and 57 more") {
		t.Errorf("%q", d)
	}
}

func TestEndOfTheContextIsAnError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := zones(t)
		z.Drop["2.2.0.192.in-addr.arpa. PTR"] = true
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		rs := fcrdns.Check(ctx, z, []netip.Addr{addr("192.0.2.1"), addr("192.0.2.2")})
		if rs[0].Status != fact.Pass || rs[1].Status != fact.Error || rs[1].Failure.Reason != fact.DNSTimeout || time.Since(start) != time.Second {
			t.Errorf("%+v after %v", rs, time.Since(start))
		}
	})
}

func TestAddressesAreLookedUpSideBySide(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := zones(t)
		for _, k := range []string{"1.2.0.192.in-addr.arpa. PTR", "10.2.0.192.in-addr.arpa. PTR", "mail.example.test. A", "ten.example.test. A"} {
			z.Delay[k] = 10 * time.Millisecond
		}
		start := time.Now()
		fcrdns.Check(t.Context(), z, []netip.Addr{addr("192.0.2.1"), addr("192.0.2.10")})
		if took := time.Since(start); took != 20*time.Millisecond {
			t.Errorf("took %v", took)
		}
	})
}

func TestGeneric(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		address, name string
		want          bool
	}{
		{"192.0.2.13", "192-0-2-13.pool.example.test", true},
		{"192.0.2.13", "ip-192-0-2-13.example.test", true},
		{"192.0.2.13", "13.2.0.192.static.example.test", true},
		{"192.0.2.13", "host192000002013.example.test", true},
		{"192.0.2.13", "c000020d.example.test", true},
		{"192.0.2.13", "p-192-000-002-013.example.test", true},
		{"192.0.2.13", "dyn13.example.test", true},
		{"192.0.2.13", "a.adsl.example.test", true},
		{"192.0.2.13", "mail.example.test", false},
		{"192.0.2.13", "mx13.example.test", false},
		{"192.0.2.13", "pool.test", false},
		{"192.0.2.13", "mail.dynamic.test", false},
		{"192.0.2.13", "dynamite.mail.example.test", false},
		{"192.0.2.13", "mx-192-0-2.example.test", false},
		{"192.0.2.13", "1192-0-2-13.example.test", false},
		{"2001:db8::20c:29ff:fe12:3456", "20010db80000000002 0c29fffe123456.example.test", false},
		{"2001:db8::20c:29ff:fe12:3456", "2001-db8-0-0-020c-29ff-fe12-3456.example.test", true},
		{"2001:db8::20c:29ff:fe12:3456", "6.5.4.3.2.1.e.f.f.f.9.2.c.0.2.0.example.test", true},
		{"2001:db8::25", "mx25.mail.example.test", false},
	} {
		text := reverse(t, tt.address) + " 60 IN PTR " + strings.ReplaceAll(tt.name, " ", `\032`) + ".\n"
		r := fcrdns.Check(t.Context(), dnsqtest.New(t, text), []netip.Addr{addr(tt.address)})[0]
		if len(r.Names) != 1 || r.Names[0].Generic != tt.want || r.Generic != tt.want {
			t.Errorf("%s %s: %+v", tt.address, tt.name, r.Names)
		}
	}
}

func reverse(t *testing.T, address string) string {
	t.Helper()
	name, err := dns.ReverseAddr(address)
	if err != nil {
		t.Fatal(err)
	}
	return name
}

func TestFindings(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		address string
		seen    fcrdns.Seen
		want    string // code: detail
	}{
		"all well":                 {"192.0.2.1", fcrdns.Seen{Host: "mx.test", Banner: "Mail.Example.test.", EHLO: "mail.example.test"}, ""},
		"nothing seen":             {"192.0.2.1", fcrdns.Seen{Host: "mx.test"}, ""},
		"no PTR":                   {"192.0.2.99", fcrdns.Seen{Host: "mx.test", Banner: "mx.test"}, "ptr-missing: no PTR record"},
		"not confirmed":            {"192.0.2.2", fcrdns.Seen{Host: "mx.test"}, "ptr-not-confirmed: named mail.example.test (has other addresses)"},
		"leads nowhere":            {"192.0.2.3", fcrdns.Seen{Host: "mx.test"}, "ptr-not-confirmed: named absent.example.test (dns_nxdomain)"},
		"could not be found out":   {"192.0.2.5", fcrdns.Seen{Host: "mx.test", Banner: "mx.test"}, ""},
		"generic":                  {"192.0.2.13", fcrdns.Seen{Host: "mx.test"}, "ptr-generic: named 192-0-2-13.pool.example.test"},
		"banner differs":           {"192.0.2.1", fcrdns.Seen{Host: "mx.test", Banner: "mx.test"}, "banner-differs-from-ptr: calls itself mx.test, is named mail.example.test; the MX record agrees with the former"},
		"EHLO's name differs":      {"192.0.2.1", fcrdns.Seen{Host: "mx.test", EHLO: "other.test"}, "banner-differs-from-ptr: calls itself other.test, is named mail.example.test"},
		"the banner counts first":  {"192.0.2.1", fcrdns.Seen{Host: "mx.test", Banner: "mail.example.test", EHLO: "other.test"}, ""},
		"an address is not a name": {"192.0.2.1", fcrdns.Seen{Host: "mx.test", Banner: "[192.0.2.1]", EHLO: "192.0.2.1"}, ""},
		"noise is not a name":      {"192.0.2.1", fcrdns.Seen{Host: "mx.test", Banner: "***********", EHLO: "<b>.test"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := fcrdns.Check(t.Context(), zones(t), []netip.Addr{addr(tt.address)})[0]
			var got []string
			for _, f := range r.Findings(tt.seen) {
				got = append(got, string(f.Code)+": "+f.Detail)
				if f.Check != "fcrdns" || f.Severity != fact.Info || f.Host != "mx.test" || f.Address != tt.address || !explained(f.Code) {
					t.Errorf("%+v", f)
				}
			}
			if strings.Join(got, "|") != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func explained(c fact.Code) bool {
	for _, d := range fcrdns.Docs() {
		if d.Code == c {
			return d.Check == fcrdns.CheckName && d.Meaning != "" && d.Effect != "" && d.Mend != ""
		}
	}
	return false
}

func TestCheckOverARealClient(t *testing.T) {
	t.Parallel()
	x, err := dnsq.NewClient(dnsq.Options{Servers: []string{zones(t).Serve(t).Addr}})
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range fcrdns.Check(t.Context(), dnsq.NewRecorder(dnsq.NewCache(x, 100)), []netip.Addr{addr("192.0.2.1"), addr("2001:db8::1")}) {
		if r.Status != fact.Pass {
			t.Errorf("%d: %+v", i, r)
		}
	}
	if err := x.Close(); err != nil {
		t.Error(err)
	}
}

func ExampleCheck() {
	zones := dnsqtest.New(new(testing.T), zone)
	rs := fcrdns.Check(context.Background(), zones, []netip.Addr{addr("192.0.2.1"), addr("192.0.2.99")})
	for _, r := range rs {
		fmt.Println(r.Address, r.Status, len(r.Names))
	}
	fmt.Println(rs[1].Findings(fcrdns.Seen{Host: "mx1.example.test"})[0].Code)
	// Output:
	// 192.0.2.1 pass 1
	// 192.0.2.99 none 0
	// ptr-missing
}
