package mtasts_test

import (
	"context"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"

	"mx_exporter/examples/maillab/labtest"
	"mx_exporter/probe/dnsq/dnsqtest"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mtasts"
)

const policyText = "version: STSv1\r\nmode: enforce\r\nmx: mx1.d.test\r\nmax_age: 1209600\r\n"

// Row A5 of the fault catalogue: what changes without the other.
func TestChangesAreSeenAcrossProbes(t *testing.T) {
	l := labtest.StartWith(t, story)
	o := options(t, l)
	o.Refresh = time.Nanosecond // every probe looks
	site := l.Site("mta-sts.d.test")
	record := func(id string) {
		t.Helper()
		if err := l.DNS.Replace("_mta-sts.d.test", "TXT", `"v=STSv1; id=`+id+`"`); err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range []struct {
		name string
		do   func()
		want mtasts.Change
	}{
		{"first sight", func() {}, mtasts.NoChange},
		{"nothing", func() {}, mtasts.NoChange},
		{"another host, same id", func() { site.SetBody(policyText + "mx: mx2.d.test\r\n") }, mtasts.ContentOnly},
		{"still the same id", func() {}, mtasts.ContentOnly},
		{"new id at last, same policy as before", func() { record("2") }, mtasts.IDOnly},
		{"both", func() { record("3"); site.SetBody(policyText) }, mtasts.NoChange},
	} {
		step.do()
		r := mtasts.Check(t.Context(), l.DNS, "d.test", o)
		if r.Change != step.want || r.Status != fact.Pass {
			t.Errorf("%s: change %q, want %q; status %s", step.name, r.Change, step.want, r.Status)
		}
		if told := strings.Contains(codes(r.Findings()), "mta-sts-id-unchanged"); told != (step.want == mtasts.ContentOnly) {
			t.Errorf("%s: findings %s", step.name, codes(r.Findings()))
		}
	}
}

// A policy that was seen counts on while it cannot be had: senders have it still
// (RFC 8461 section 3.3).
func TestAnEarlierPolicyCountsOn(t *testing.T) {
	l := labtest.StartWith(t, story)
	o := options(t, l)
	o.Refresh = time.Nanosecond
	o.Hosts = []string{"mx2.d.test"}
	mtasts.Check(t.Context(), l.DNS, "d.test", o)
	if err := l.Site("mta-sts.d.test").Stop(); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second one out of the cache
		r := mtasts.Check(t.Context(), l.DNS, "d.test", o)
		if !r.Stale || r.Policy == nil || r.Status != fact.Fail || r.Fetch.Failure.Reason != mtasts.NotConnected {
			t.Fatalf("%+v", r)
		}
		if got := codes(r.Findings()); got != "mta-sts-mx-not-covered mta-sts-policy-unreachable" {
			t.Errorf("findings %s", got)
		}
		if ok, g := r.WouldDeliver("mx2.d.test", true, true); ok || g != mtasts.NotCovered {
			t.Errorf("%v %s", ok, g)
		}
	}
}

func TestABrokenPolicyIsFetchedAgainForANewID(t *testing.T) {
	l := labtest.StartWith(t, strings.Replace(story, "mode: enforce", "mode: enforced", 1))
	o := options(t, l)
	for range 2 {
		if r := mtasts.Check(t.Context(), l.DNS, "d.test", o); r.Status != fact.Fail || r.Policy != nil || len(r.Problems) == 0 {
			t.Errorf("%+v", r)
		}
	}
	l.Site("mta-sts.d.test").SetBody(policyText)
	if err := l.DNS.Replace("_mta-sts.d.test", "TXT", `"v=STSv1; id=2"`); err != nil {
		t.Fatal(err)
	}
	if r := mtasts.Check(t.Context(), l.DNS, "d.test", o); r.Status != fact.Pass || r.Cached {
		t.Errorf("%+v", r)
	}
	if n := len(l.Site("mta-sts.d.test").Requests()); n != 2 {
		t.Errorf("%d requests, want 2", n)
	}
}

func TestCacheIsBounded(t *testing.T) {
	l := labtest.StartWith(t, story+`
-- zone e.test --
_mta-sts  TXT   "v=STSv1; id=1"
mta-sts   A     192.0.2.3

-- https mta-sts.e.test. --
listen: 192.0.2.3:443
line: version: STSv1
line: mode: none
line: max_age: 1209600
`)
	o := options(t, l)
	o.Cache = mtasts.NewCache(1)
	t.Cleanup(o.Cache.Close)
	for _, domain := range []string{"d.test", "d.test", "e.test", "d.test"} {
		if r := mtasts.Check(t.Context(), l.DNS, domain, o); r.Status != fact.Pass {
			t.Errorf("%s: %+v", domain, r)
		}
	}
	if n := len(l.Site("mta-sts.d.test").Requests()); n != 2 {
		t.Errorf("%d requests, want one before and one after the other domain", n)
	}
	o.Cache = nil
	if r := mtasts.Check(t.Context(), l.DNS, "d.test", o); r.Status != fact.Pass || r.Cached {
		t.Errorf("without a cache: %+v", r)
	}
}

// Row A2: each way in which a fetch ends has its word.
func TestReasons(t *testing.T) {
	for _, c := range []struct {
		name, lines string
		want        mtasts.Reason
	}{
		{"not a response", `raw: "hello\r\n"`, mtasts.BadHTTP},
		{"nothing", `raw: "\n"`, mtasts.BadHTTP},
		{"half a body", `raw: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"`, mtasts.BadHTTP},
		{"endless header", `raw: "HTTP/1.1 200 OK\r\nX: ` + strings.Repeat("a", 20_000) + `\r\n\r\n"`, mtasts.BadHTTP},
		{"see other", "status: 303", mtasts.Redirected},
		{"not modified", "status: 304", mtasts.Redirected},
		{"server error", "status: 503", mtasts.BadStatus},
		{"partial", "status: 206", mtasts.BadStatus},
		{"one octet too many", "body: a\nrepeat: 65537", mtasts.TooLarge},
		{"without an end", `raw: "HTTP/1.1 200 OK\r\n\r\n` + strings.Repeat("a", 70_000) + `"`, mtasts.TooLarge},
		{"self-signed", "certificate: self_signed", mtasts.BadCertificate},
		{"incomplete", "certificate: missing_intermediate", mtasts.BadCertificate},
		{"slow", "delay: 1m", mtasts.TimedOut},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			text := story[:strings.Index(story, "line:")]
			l := labtest.StartWith(t, text+c.lines+"\n")
			o := options(t, l)
			if c.want == mtasts.TimedOut {
				o.Timeout = 100 * time.Millisecond
			}
			r := mtasts.Check(t.Context(), l.DNS, "d.test", o)
			if r.Fetch.Failure == nil || r.Fetch.Failure.Reason != c.want || len(r.Fetch.Failure.Detail) > 600 {
				t.Errorf("got %+v, want %s", r.Fetch.Failure, c.want)
			}
			if r.Fetch.Bytes > mtasts.MaxBody+1 || codes(r.Findings()) != "mta-sts-policy-unreachable" {
				t.Errorf("%d bytes, findings %s", r.Fetch.Bytes, codes(r.Findings()))
			}
		})
	}
	l := labtest.StartWith(t, story[:strings.Index(story, "line:")]+"body: a\nrepeat: 65536\n")
	if r := mtasts.Check(t.Context(), l.DNS, "d.test", options(t, l)); r.Fetch.Failure != nil || r.Fetch.Bytes != mtasts.MaxBody {
		t.Errorf("64 KiB: %+v", r.Fetch)
	}
}

// A lack of ours is never held against the policy host, and is not waited out.
func TestLacksOfOursAreNotTheirs(t *testing.T) {
	l := labtest.StartWith(t, story)
	o := options(t, l)
	if err := l.Net.Fail("192.0.2.2:443", syscall.EMFILE); err != nil {
		t.Fatal(err)
	}
	r := mtasts.Check(t.Context(), l.DNS, "d.test", o)
	if r.Status != fact.Error || r.Fetch.Failure.Reason != mtasts.NotTried || r.Fetch.Failure.Cause != fact.LocalFD || len(r.Findings()) > 0 {
		t.Errorf("%s %+v", r.Status, r.Fetch.Failure)
	}
	if err := l.Net.Fail("192.0.2.2:443", 0); err != nil {
		t.Fatal(err)
	}
	if r := mtasts.Check(t.Context(), l.DNS, "d.test", o); r.Status != fact.Pass {
		t.Errorf("%s %+v", r.Status, r.Fetch)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	o.Cache = nil
	if r := mtasts.Check(ctx, l.DNS, "d.test", o); r.Status != fact.Error || r.Failure == nil {
		t.Errorf("cancelled: %+v", r)
	}
}

func TestAHostThatNobodyReachesEndsInTime(t *testing.T) {
	l := labtest.StartWith(t, strings.Replace(story, "192.0.2.2:443", "192.0.2.9:443", 1)+"\n-- net --\nblackhole 192.0.2.2\n")
	o := options(t, l)
	o.Timeout = 50 * time.Millisecond
	r := mtasts.Check(t.Context(), l.DNS, "d.test", o)
	if r.Status != fact.Error || r.Fetch.Failure.Reason != mtasts.TimedOut || codes(r.Findings()) != "mta-sts-policy-unreachable" {
		t.Errorf("%s %+v %s", r.Status, r.Fetch.Failure, codes(r.Findings()))
	}
}

// Row A1, and what a resolver cannot tell.
func TestRecordsInDNS(t *testing.T) {
	const at = "_mta-sts.d.test. TXT "
	for _, c := range []struct {
		name, zone string
		rcode      int
		status     fact.Status
		records    int
		want       string
	}{
		{name: "no name", zone: "d.test. A 192.0.2.1", status: fact.None},
		{name: "no TXT record", zone: "_mta-sts.d.test. A 192.0.2.1", status: fact.None},
		{name: "something else", zone: at + `"v=spf1 -all"`, status: fact.None},
		{name: "two", zone: at + `"v=STSv1; id=1"` + "\n" + at + `"v=STSv1; id=2"`, status: fact.Fail, records: 2, want: "mta-sts-record-invalid"},
		{name: "in small letters", zone: at + `"v=stsv1; id=1"`, status: fact.Fail, records: 1, want: "mta-sts-record-invalid"},
		{name: "without an id", zone: at + `"v=STSv1;"`, status: fact.Fail, records: 1, want: "mta-sts-record-invalid"},
		{name: "resolver fails", zone: "d.test. A 192.0.2.1", rcode: dns.RcodeServerFailure, status: fact.Error},
		// These two are good records, and their domain has no policy host.
		{name: "in two strings", zone: at + `"v=STSv1; " "id=1"`, status: fact.Fail, records: 1, want: "mta-sts-policy-unreachable"},
		{name: "beside something else", zone: at + `"v=STSv1; id=1"` + "\n" + at + `"v=STSv2; id=1"` + "\n" + at + `"x"`, status: fact.Fail, records: 1, want: "mta-sts-policy-unreachable"},
	} {
		t.Run(c.name, func(t *testing.T) {
			z := dnsqtest.New(t, c.zone)
			z.Rcode["_mta-sts.d.test. TXT"] = c.rcode
			r := mtasts.Check(t.Context(), z, "D.test.", mtasts.Options{Hosts: []string{"mx1.d.test"}})
			if r.Status != c.status || r.Records != c.records || codes(r.Findings()) != c.want {
				t.Errorf("%s, %d records, %q: %+v", r.Status, r.Records, codes(r.Findings()), r)
			}
			if ok, g := r.WouldDeliver("mx1.d.test", false, false); !ok || g != mtasts.NoPolicy {
				t.Errorf("%v %s", ok, g)
			}
		})
	}
}

// A policy host whose name the resolver cannot tell says nothing about it.
func TestPolicyHostThatCannotBeLookedUp(t *testing.T) {
	z := dnsqtest.New(t, `_mta-sts.d.test. TXT "v=STSv1; id=1"`)
	z.Rcode["mta-sts.d.test. *"] = dns.RcodeServerFailure
	o := mtasts.Options{Cache: mtasts.NewCache(1)}
	for range 2 {
		r := mtasts.Check(t.Context(), z, "d.test", o)
		if f := r.Fetch.Failure; r.Status != fact.Error || f.Reason != mtasts.NoAddress || f.Cause != fact.DNSServfail || r.Cached || len(r.Findings()) > 0 {
			t.Errorf("%s %+v", r.Status, f)
		}
	}
}
