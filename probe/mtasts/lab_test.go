package mtasts_test

import (
	"context"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"mx_exporter/examples/maillab"
	"mx_exporter/examples/maillab/labtest"
	"mx_exporter/probe/dial"
	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mtasts"
)

// stories are the lab's scenarios about MTA-STS.
func stories(t *testing.T) []maillab.Scenario {
	t.Helper()
	all, err := maillab.Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	all = slices.DeleteFunc(all, func(s maillab.Scenario) bool { return !strings.HasPrefix(s.Name, "mta-sts-") })
	if len(all) < 20 {
		t.Fatalf("only %d scenarios", len(all))
	}
	return all
}

// options dial inside of the lab and nowhere else.
func options(t *testing.T, l *maillab.Lab) mtasts.Options {
	t.Helper()
	cache := mtasts.NewCache(100)
	t.Cleanup(cache.Close)
	return mtasts.Options{
		Dialer: dial.Dialer{Dial: l.Net.DialContext, Policy: dial.Policy{Allow: maillab.Ranges()}},
		Roots:  l.Roots(), Timeout: 10 * time.Second, Cache: cache,
	}
}

// Rows A1 to A5 of the fault catalogue, as scenarios of the lab.
func TestEachScenarioHasItsFindings(t *testing.T) {
	all := stories(t)
	l := labtest.Start(t, all...)
	for _, s := range all {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			o := options(t, l)
			if s.Name == "mta-sts-slow" {
				o.Enough = patience(t, 300*time.Millisecond)
			}
			o.Hosts = mxHosts(t, l, s.Domain)
			r := mtasts.Check(t.Context(), l.DNS, s.Domain, o)
			got := codes(slices.Concat(r.Findings(), r.HostFindings(seen(s))))
			want := slices.DeleteFunc(slices.Clone(s.Findings), func(c string) bool { return !strings.HasPrefix(c, "mta-sts-") })
			slices.Sort(want)
			if got != strings.Join(want, " ") {
				t.Errorf("findings %s, want %v: %+v", got, want, r)
			}
			if deliverable := delivers(r, s); deliverable == (s.Verdict == maillab.Compromised) {
				t.Errorf("a strict sender delivers: %v, and the verdict is %s", deliverable, s.Verdict)
			}
		})
	}
}

// patience is closed after a while.
func patience(t *testing.T, d time.Duration) <-chan struct{} {
	t.Helper()
	c := make(chan struct{})
	timer := time.AfterFunc(d, func() { close(c) })
	t.Cleanup(func() { timer.Stop() })
	return c
}

func mxHosts(t *testing.T, l *maillab.Lab, domain string) []string {
	t.Helper()
	a, err := dnsq.Lookup[*dns.MX](t.Context(), l.DNS, domain)
	if err != nil {
		t.Fatal(err)
	}
	var hosts []string
	for _, r := range a.Records {
		hosts = append(hosts, r.Mx)
	}
	return hosts
}

// seen is what a conversation with each server would show.
func seen(s maillab.Scenario) []mtasts.Seen {
	var all []mtasts.Seen
	for _, sp := range s.Servers {
		b := sp.Behaviour
		all = append(all, mtasts.Seen{
			Host: sp.Name, Address: b.Listen[0], Offered: b.StartTLS, Verified: b.StartTLS && b.Cert == maillab.CertGood,
		})
	}
	return all
}

func delivers(r *mtasts.Result, s maillab.Scenario) bool {
	return slices.ContainsFunc(seen(s), func(x mtasts.Seen) bool {
		ok, _ := r.WouldDeliver(x.Host, x.Offered, x.Verified)
		return ok
	})
}

func codes(fs []fact.Finding) string {
	var cs []string
	for _, f := range fs {
		cs = append(cs, string(f.Code))
	}
	slices.Sort(cs)
	return strings.Join(slices.Compact(cs), " ")
}

const story = `title: T
shows: S.
domain: d.test
verdict: satisfactory

-- zone --
@         MX  10 mx1
mx1       A   192.0.2.1
_mta-sts  TXT "v=STSv1; id=1"
mta-sts   A   192.0.2.2

-- https mta-sts --
listen: 192.0.2.2:443
line: version: STSv1
line: mode: enforce
line: mx: mx1.d.test
line: max_age: 1209600
`

// Row A6: a policy that is known is not fetched again, and a failed fetch is not
// repeated at once.
func TestPolicyHostIsNotHammered(t *testing.T) {
	l := labtest.StartWith(t, story)
	o := options(t, l)
	for i := range 3 {
		if r := mtasts.Check(t.Context(), l.DNS, "d.test", o); r.Status != fact.Pass || r.Cached != (i > 0) {
			t.Errorf("check %d: %s, cached %v", i, r.Status, r.Cached)
		}
	}
	if n := len(l.Site("mta-sts.d.test").Requests()); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
	l = labtest.StartWith(t, story+"header: X: y\nstatus: 500\n")
	o = options(t, l)
	for range 3 {
		if r := mtasts.Check(t.Context(), l.DNS, "d.test", o); r.Status != fact.Fail || r.Fetch.Failure.Reason != mtasts.BadStatus {
			t.Errorf("%s: %+v", r.Status, r.Fetch)
		}
	}
	if n := len(l.Site("mta-sts.d.test").Requests()); n != 1 {
		t.Errorf("%d requests after a failure, want 1", n)
	}
}

// Row A2: the request tells nothing that it need not.
func TestRequestIsPlain(t *testing.T) {
	l := labtest.StartWith(t, story)
	mtasts.Check(t.Context(), l.DNS, "d.test", options(t, l))
	rs := l.Site("mta-sts.d.test").Requests()
	if len(rs) != 1 || rs[0].SNI != "mta-sts.d.test" || rs[0].Target != maillab.PolicyPath {
		t.Fatalf("%+v", rs)
	}
	if h := rs[0].Header; h.Get("Accept-Encoding") != "identity" || len(h) > 3 {
		t.Errorf("headers %v", h)
	}
}

// Row A3: no packet goes to an address that is not public.
func TestAddressesAreJudgedBeforeTheyAreDialled(t *testing.T) {
	l := labtest.StartWith(t, story)
	o := options(t, l)
	o.Dialer.Policy = dial.Policy{} // documentation addresses are not public
	r := mtasts.Check(t.Context(), l.DNS, "d.test", o)
	if r.Fetch.Failure == nil || r.Fetch.Failure.Reason != mtasts.AddressBlocked || r.Status != fact.Fail {
		t.Errorf("%+v", r.Fetch)
	}
	if n, _ := l.Net.Dials("192.0.2.2:443"); n != 0 {
		t.Errorf("%d dials", n)
	}
}

func TestTheEndOfTheProbeSaysNothingAboutTheHost(t *testing.T) {
	l := labtest.StartWith(t, strings.Replace(story, "line: version", "delay: 1m\nline: version", 1))
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	o := options(t, l)
	o.Cache = nil
	r := mtasts.Check(ctx, l.DNS, "d.test", o)
	if r.Status != fact.Error || r.Fetch.Failure.Reason != mtasts.NotTried || len(r.Findings()) > 0 {
		t.Errorf("%s %+v %v", r.Status, r.Fetch, r.Findings())
	}
}

// Row A6: a policy host that is slower than a probe can wait holds nobody, and is
// not asked twice: the fetch goes on, and a later look has what it brought.
func TestASlowPolicyIsThereAtALaterLook(t *testing.T) {
	l := labtest.StartWith(t, strings.Replace(story, "line: version", "delay: 300ms\nline: version", 1))
	o := options(t, l)
	enough := make(chan struct{})
	close(enough)
	o.Enough = enough
	for range 3 {
		if r := mtasts.Check(t.Context(), l.DNS, "d.test", o); r.Status != fact.Error || !r.Pending || codes(r.Findings()) != "mta-sts-policy-pending" {
			t.Fatalf("%+v, findings %s", r, codes(r.Findings()))
		}
	}
	o.Enough = nil
	if r := mtasts.Check(t.Context(), l.DNS, "d.test", o); r.Status != fact.Pass || r.Policy == nil || len(r.Findings()) > 0 {
		t.Errorf("%+v", r)
	}
	if n := len(l.Site("mta-sts.d.test").Requests()); n != 1 {
		t.Errorf("%d requests", n)
	}
}

// Row A6: what was known of a policy stands while it is fetched again, and that of an
// older id is used beside the word that there is a newer one.
func TestAKnownPolicyStandsWhileItIsFetched(t *testing.T) {
	l := labtest.StartWith(t, story)
	o := options(t, l)
	o.Refresh = time.Nanosecond
	mtasts.Check(t.Context(), l.DNS, "d.test", o)
	enough := make(chan struct{})
	close(enough)
	o.Enough = enough
	o.Dialer.Dial = func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	if r := mtasts.Check(t.Context(), l.DNS, "d.test", o); r.Status != fact.Pass || r.Policy == nil || r.Pending || !r.Cached {
		t.Errorf("%+v", r)
	}
	if err := l.DNS.Replace("_mta-sts.d.test", "TXT", `"v=STSv1; id=2"`); err != nil {
		t.Fatal(err)
	}
	r := mtasts.Check(t.Context(), l.DNS, "d.test", o)
	if r.Status != fact.Error || r.Policy == nil || !r.Pending || !r.Stale || codes(r.Findings()) != "mta-sts-policy-pending" {
		t.Errorf("%+v, findings %s", r, codes(r.Findings()))
	}
}

// A fault in a fetch costs that fetch.
func TestAPanicCostsOneFetch(t *testing.T) {
	l := labtest.StartWith(t, story)
	o := options(t, l)
	var told any
	o.OnPanic = func(p any, _ []byte) { told = p }
	o.Dialer.Dial = func(context.Context, string, string) (net.Conn, error) { panic("out of order") }
	if r := mtasts.Check(t.Context(), l.DNS, "d.test", o); r.Status != fact.Error || r.Fetch.Failure.Reason != mtasts.NotTried || told != "out of order" {
		t.Errorf("%+v, told %v", r, told)
	}
}

func TestOneGoodAddressIsEnough(t *testing.T) {
	l := labtest.StartWith(t, strings.Replace(story, "mta-sts   A   192.0.2.2", "mta-sts A 192.0.2.3\nmta-sts AAAA 2001:db8::1\nmta-sts A 10.0.0.1\nmta-sts A 192.0.2.2", 1))
	r := mtasts.Check(t.Context(), l.DNS, "d.test", options(t, l))
	if r.Status != fact.Pass || r.Fetch.Address.String() != "192.0.2.2" {
		t.Errorf("%s %+v", r.Status, r.Fetch)
	}
}
