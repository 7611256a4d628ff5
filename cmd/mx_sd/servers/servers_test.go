package servers

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
	"go.uber.org/goleak"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/dnsq/dnsqtest"
	"mx_exporter/probe/fact"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const zone = `
a.test. 60 IN MX 10 mx1.provider.test.
a.test. 60 IN MX 20 mx2.provider.test.
b.test. 60 IN MX 10 mx1.provider.test.
b.test. 60 IN MX 10 MX.Own.test.
c.test. 60 IN MX 5 mx2.provider.test.
null.test. 60 IN MX 0 .
implicit.test. 60 IN A 192.0.2.9
odd.test. 60 IN MX 10 a\000b.test.
mx1.provider.test. 60 IN A 192.0.2.1
mx1.provider.test. 60 IN AAAA 2001:db8::1
mx2.provider.test. 60 IN A 192.0.2.2
own.test. 60 IN TXT "no address"
`

// lines shows a result, a line for each server, then one for each domain.
func lines(r *Result) string {
	var b strings.Builder
	for _, s := range r.Servers {
		fmt.Fprintf(&b, "%s %s %s %v %s%v\n", s.Name, s.Provider, s.Role, s.Domains, s.Reason, s.Addresses)
	}
	for _, d := range r.Domains {
		fmt.Fprintf(&b, "%s: %v %s%s %v\n", d.Name, d.Servers, d.Provider, d.Reason, d.Null)
	}
	return b.String()
}

func TestEachServerStandsOnceWithItsDomains(t *testing.T) {
	z := dnsqtest.New(t, zone)
	z.Rcode["broken.test. MX"] = dns.RcodeServerFailure
	done := 0
	r := Expand(t.Context(), z, []string{"c.test", "a.test", "b.test", "null.test", "implicit.test", "odd.test", "absent.test", "broken.test"}, func(n int) { done = n })
	want := `implicit.test implicit.test primary [implicit.test] [192.0.2.9]
invalid-5a00d27c invalid-5a00d27c primary [odd.test] dns_malformed[]
mx.own.test own.test primary [b.test] dns_nxdomain[]
mx1.provider.test provider.test primary [a.test b.test] [192.0.2.1 2001:db8::1]
mx2.provider.test provider.test both [a.test c.test] [192.0.2.2]
a.test: [mx1.provider.test mx2.provider.test] provider.test false
absent.test: [] dns_nxdomain false
b.test: [mx.own.test mx1.provider.test] own.test false
broken.test: [] dns_servfail false
c.test: [mx2.provider.test] provider.test false
implicit.test: [implicit.test] implicit.test false
null.test: []  true
odd.test: [invalid-5a00d27c] invalid-5a00d27c false
`
	if got := lines(r); got != want || done != 8 {
		t.Errorf("%d done, got\n%s", done, got)
	}
	if r.Failed() != 1 {
		t.Errorf("%d failed", r.Failed())
	}
}

func TestWhatCannotBeLookedUpNowStaysAsItWas(t *testing.T) {
	z := dnsqtest.New(t, zone)
	names := []string{"a.test", "b.test", "c.test"}
	old := Expand(t.Context(), z, names, nil)
	before := lines(old)
	z.Rcode["a.test. MX"], z.Rcode["b.test. MX"] = dns.RcodeServerFailure, dns.RcodeNameError
	now := Expand(t.Context(), z, names, nil)
	now.Keep(old)
	want := `mx1.provider.test provider.test primary [a.test] [192.0.2.1 2001:db8::1]
mx2.provider.test provider.test both [a.test c.test] [192.0.2.2]
a.test: [mx1.provider.test mx2.provider.test] provider.testdns_servfail false
b.test: [] dns_nxdomain false
c.test: [mx2.provider.test] provider.test false
`
	if got := lines(now); got != want {
		t.Errorf("got\n%s", got)
	}
	if lines(old) != before {
		t.Error("the earlier result was changed")
	}
	now.Keep(nil)
}

func TestMergeCountsADomainOnce(t *testing.T) {
	z := dnsqtest.New(t, zone)
	a := Expand(t.Context(), z, []string{"a.test", "b.test"}, nil)
	b := Expand(t.Context(), z, []string{"a.test", "c.test"}, nil)
	got := lines(&Result{Servers: Merge(a, b)})
	want := `mx.own.test own.test primary [b.test] dns_nxdomain[]
mx1.provider.test provider.test primary [a.test b.test] [192.0.2.1 2001:db8::1]
mx2.provider.test provider.test both [a.test c.test] [192.0.2.2]
`
	if got != want {
		t.Errorf("got\n%s", got)
	}
}

func TestTheEndOfTimeIsToldOfEachDomainThatIsLeft(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := Expand(ctx, dnsqtest.New(t, zone), []string{"a.test", "b.test"}, nil)
	for _, d := range r.Domains {
		if d.Reason != fact.NotTested {
			t.Errorf("%+v", d)
		}
	}
	if r := Expand(t.Context(), dnsqtest.New(t, zone), nil, nil); len(r.Domains) != 0 {
		t.Errorf("%+v", r)
	}
}

// manyZone is n domains on a few hundred servers, most of them on the first.
func manyZone(n int) (string, []string) {
	var b strings.Builder
	names := make([]string, n)
	for i := range n {
		names[i] = fmt.Sprintf("domain%d.test", i)
		s := i % 20
		if i%4 == 0 {
			s = i % 300
		}
		fmt.Fprintf(&b, "%s. 3600 IN MX 10 mx%d.provider%d.test.\n%s. 3600 IN MX 20 backup.provider%d.test.\n", names[i], s, s%50, names[i], s%50)
	}
	for s := range 300 {
		fmt.Fprintf(&b, "mx%d.provider%d.test. 3600 IN A 192.0.2.%d\n", s, s%50, s%250)
	}
	for p := range 50 {
		fmt.Fprintf(&b, "backup.provider%d.test. 3600 IN A 198.51.100.%d\n", p, p)
	}
	return b.String(), names
}

// The time of an expansion is that of a resolver on loopback; the goal is 20,000
// domains within a minute. bytes/domain is what the heap has grown by at the end.
func BenchmarkExpand20000Domains(b *testing.B) {
	const n = 20_000
	text, names := manyZone(n)
	server := dnsqtest.New(b, text).Serve(b)
	client, err := dnsq.NewClient(dnsq.Options{Servers: []string{server.Addr}})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	b.ResetTimer()
	for range b.N {
		began := time.Now()
		r := Expand(b.Context(), dnsq.NewCache(client, 20_000), names, nil)
		if r.Failed() > 0 || len(r.Servers) < 100 || time.Since(began) > time.Minute {
			b.Fatalf("%d failed, %d servers, %s", r.Failed(), len(r.Servers), time.Since(began))
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(int64(after.HeapAlloc)-int64(before.HeapAlloc))/n, "bytes/domain")
		b.ReportMetric(n/time.Since(began).Seconds(), "domains/s")
		runtime.KeepAlive(r)
	}
}

// A smaller one in every run, so that the goal is never far off.
func TestTwoThousandDomainsAskForEachServerOnce(t *testing.T) {
	text, names := manyZone(2000)
	z := dnsqtest.New(t, text)
	server := z.Serve(t)
	client, err := dnsq.NewClient(dnsq.Options{Servers: []string{server.Addr}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	r := Expand(t.Context(), dnsq.NewCache(client, 20_000), names, nil)
	if r.Failed() != 0 || len(r.Domains) != 2000 {
		t.Fatalf("%d failed of %d", r.Failed(), len(r.Domains))
	}
	if asked := z.Count("* A"); asked > len(r.Servers)*3/2 {
		t.Errorf("%d questions for the addresses of %d servers", asked, len(r.Servers))
	}
}
