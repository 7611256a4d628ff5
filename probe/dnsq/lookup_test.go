package dnsq_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/dnsq/dnsqtest"
	"mx_exporter/probe/fact"
)

const zone = `
example.test.          3600 IN SOA   ns.example.test. hostmaster.example.test. 1 7200 900 1209600 120
example.test.            60 IN MX    10 mx1.example.test.
example.test.            60 IN MX    20 MX2.Example.Test.
example.test.            60 IN TXT   "v=spf1 -all"
mx1.example.test.       300 IN A     192.0.2.1
mx1.example.test.       200 IN A     192.0.2.2
*.wild.example.test.     90 IN A     192.0.2.9
deep.ent.example.test.   90 IN A     192.0.2.8
one.example.test.        50 IN CNAME Two.example.test.
two.example.test.        40 IN CNAME mx1.example.test.
void.example.test.       30 IN CNAME nothing.example.test.
nodata.example.test.     30 IN CNAME example.test.
a.loop.test.             30 IN CNAME b.loop.test.
b.loop.test.             30 IN CNAME a.loop.test.
self.loop.test.          30 IN CNAME self.loop.test.
`

func TestLookupTellsOutcomesApart(t *testing.T) {
	t.Parallel()
	z := dnsqtest.New(t, zone)
	z.Rcode["servfail.test. A"] = dns.RcodeServerFailure
	z.Rcode["refused.test. *"] = dns.RcodeRefused
	z.Rcode["notimp.test. A"] = dns.RcodeNotImplemented
	for _, tt := range []struct {
		row, name string
		want      dnsq.Answer[*dns.A]
		records   []string
		reason    fact.Reason
	}{
		{
			row: "records", name: "MX1.example.test", records: []string{"192.0.2.1", "192.0.2.2"},
			want: dnsq.Answer[*dns.A]{Name: "mx1.example.test.", Total: 2, TTL: 200 * time.Second},
		},
		{
			row: "wildcard", name: "any.thing.wild.example.test.", records: []string{"192.0.2.9"},
			want: dnsq.Answer[*dns.A]{Name: "any.thing.wild.example.test.", Total: 1, TTL: 90 * time.Second},
		},
		{
			row: "N7 chain of aliases", name: "one.example.test.", records: []string{"192.0.2.1", "192.0.2.2"},
			want: dnsq.Answer[*dns.A]{
				Name: "one.example.test.", Total: 2, TTL: 40 * time.Second,
				CNAMEs: []string{"two.example.test.", "mx1.example.test."},
			},
		},
		{
			row: "N1 no such name", name: "absent.example.test.", reason: fact.DNSNXDomain,
			want: dnsq.Answer[*dns.A]{Name: "absent.example.test.", TTL: 120 * time.Second, Rcode: dns.RcodeNameError},
		},
		{
			row: "N1 no such type", name: "example.test.", reason: fact.DNSNoData,
			want: dnsq.Answer[*dns.A]{Name: "example.test.", TTL: 120 * time.Second},
		},
		{
			row: "empty non-terminal exists", name: "ent.example.test.", reason: fact.DNSNoData,
			want: dnsq.Answer[*dns.A]{Name: "ent.example.test.", TTL: 120 * time.Second},
		},
		{
			row: "N7 alias of nothing", name: "void.example.test.", reason: fact.DNSNXDomain,
			want: dnsq.Answer[*dns.A]{
				Name: "void.example.test.", TTL: 30 * time.Second, Rcode: dns.RcodeNameError,
				CNAMEs: []string{"nothing.example.test."},
			},
		},
		{
			row: "N7 alias of a name without the type", name: "nodata.example.test.", reason: fact.DNSNoData,
			want: dnsq.Answer[*dns.A]{Name: "nodata.example.test.", TTL: 30 * time.Second, CNAMEs: []string{"example.test."}},
		},
		{
			row: "N7 loop", name: "a.loop.test.", reason: fact.CNAMELoop,
			want: dnsq.Answer[*dns.A]{Name: "a.loop.test.", TTL: 30 * time.Second, CNAMEs: []string{"b.loop.test."}},
		},
		{
			row: "N7 loop of one", name: "self.loop.test.", reason: fact.CNAMELoop,
			want: dnsq.Answer[*dns.A]{Name: "self.loop.test.", TTL: 30 * time.Second},
		},
		{
			row: "N2 SERVFAIL", name: "servfail.test.", reason: fact.DNSServfail,
			want: dnsq.Answer[*dns.A]{Name: "servfail.test.", Rcode: dns.RcodeServerFailure},
		},
		{
			row: "N2 REFUSED", name: "refused.test.", reason: fact.DNSRefused,
			want: dnsq.Answer[*dns.A]{Name: "refused.test.", Rcode: dns.RcodeRefused},
		},
		{
			row: "N2 another code", name: "notimp.test.", reason: fact.DNSRefused,
			want: dnsq.Answer[*dns.A]{Name: "notimp.test.", Rcode: dns.RcodeNotImplemented},
		},
	} {
		t.Run(tt.row, func(t *testing.T) {
			t.Parallel()
			a, err := dnsq.Lookup[*dns.A](t.Context(), z, tt.name)
			if got := dnsq.ReasonOf(err); got != tt.reason {
				t.Fatalf("reason %q, want %q: %v", got, tt.reason, err)
			}
			var records []string
			for _, r := range a.Records {
				records = append(records, r.A.String())
			}
			if diff := cmp.Diff(tt.records, records); diff != "" {
				t.Errorf("records: %s", diff)
			}
			a.Records, a.Took = nil, 0
			if diff := cmp.Diff(tt.want, a); diff != "" {
				t.Errorf("answer: %s", diff)
			}
			denied := tt.reason == fact.DNSNXDomain || tt.reason == fact.DNSNoData
			if dnsq.NotFound(err) != denied {
				t.Errorf("NotFound is %v", !denied)
			}
		})
	}
}

// chain is a chain of n aliases with an address at its end.
func chain(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "c%d.test. 60 IN CNAME c%d.test.\n", i, i+1)
	}
	fmt.Fprintf(&b, "c%d.test. 60 IN A 192.0.2.1\n", n)
	return b.String()
}

func TestChainIsFollowedTenStepsAndNoFurther(t *testing.T) { // N7
	t.Parallel()
	for _, alone := range []bool{false, true} {
		for steps, reason := range map[int]fact.Reason{1: "", dnsq.MaxSteps: "", dnsq.MaxSteps + 1: fact.CNAMELoop} {
			z := dnsqtest.New(t, chain(steps))
			z.NoChase = alone
			a, err := dnsq.Lookup[*dns.A](t.Context(), z, "c0.test.")
			if got := dnsq.ReasonOf(err); got != reason {
				t.Errorf("%d steps, aliases alone %v: %q, want %q", steps, alone, got, reason)
			}
			if want := min(steps, dnsq.MaxSteps); len(a.CNAMEs) != want {
				t.Errorf("%d steps: %d aliases", steps, len(a.CNAMEs))
			}
			asked := z.Count("* *")
			if !alone && asked != 1 {
				t.Errorf("%d steps in one answer: %d queries", steps, asked)
			}
			if asked > dnsq.MaxQueries {
				t.Errorf("%d steps: %d queries", steps, asked)
			}
		}
	}
}

// canned is an exchanger that answers every question with the same records.
type canned struct {
	answer []string
	ad     bool
}

func (c canned) Exchange(_ context.Context, q *dns.Msg) (*dns.Msg, error) {
	m := new(dns.Msg).SetReply(q)
	m.AuthenticatedData = c.ad
	for _, s := range c.answer {
		rr, err := dns.NewRR(s)
		if err != nil {
			return nil, err
		}
		m.Answer = append(m.Answer, rr)
	}
	return m, nil
}

func TestRecordsOfOtherNamesAreNoAnswer(t *testing.T) { // N11
	t.Parallel()
	x := canned{answer: []string{
		"evil.test. 60 IN A 198.51.100.1",
		"www.example.test. 60 IN CNAME web.example.test.",
		"example.test. 60 CH A 198.51.100.2",
		"WEB.example.test. 60 IN A 192.0.2.7",
		"web.example.test. 60 IN AAAA 2001:db8::1",
	}}
	a, err := dnsq.Lookup[*dns.A](t.Context(), x, "www.example.test.")
	if err != nil || len(a.Records) != 1 || a.Records[0].A.String() != "192.0.2.7" {
		t.Errorf("records %v, %v", a.Records, err)
	}
	if _, err := dnsq.Lookup[*dns.A](t.Context(), x, "example.test."); dnsq.ReasonOf(err) != fact.DNSMalformed {
		t.Errorf("a record of another class counts: %v", err)
	}
}

// An answer about somebody else alone is no denial: what a list says of another
// address must not read as "not listed".
func TestAnswerAboutAnotherNameAloneIsNoDenial(t *testing.T) { // N11
	t.Parallel()
	for name, tt := range map[string]struct {
		answer []string
		want   fact.Reason
	}{
		"record of another name":            {[]string{"other.test. 60 IN A 192.0.2.1"}, fact.DNSMalformed},
		"alias of another name":             {[]string{"other.test. 60 IN CNAME www.example.test."}, fact.DNSMalformed},
		"chain and record that do not meet": {[]string{"www.example.test. 60 IN CNAME web.example.test.", "other.test. 60 IN A 192.0.2.1"}, fact.DNSMalformed},
		"chain without a record":            {[]string{"www.example.test. 60 IN CNAME web.example.test."}, fact.DNSNoData},
		"another class":                     {[]string{"www.example.test. 60 CH A 192.0.2.1"}, fact.DNSNoData},
		"another type":                      {[]string{"www.example.test. 60 IN AAAA 2001:db8::1"}, fact.DNSNoData},
		"nothing":                           {nil, fact.DNSNoData},
	} {
		if _, err := dnsq.Lookup[*dns.A](t.Context(), canned{answer: tt.answer}, "www.example.test."); dnsq.ReasonOf(err) != tt.want {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
	}
}

func TestAliasIsAskedForAsSuch(t *testing.T) {
	t.Parallel()
	a, err := dnsq.Lookup[*dns.CNAME](t.Context(), dnsqtest.New(t, zone), "one.example.test.")
	if err != nil || len(a.Records) != 1 || len(a.CNAMEs) != 0 {
		t.Errorf("%+v, %v", a, err)
	}
}

func TestBombOfRecordsIsCutByPreference(t *testing.T) { // N21, N8
	t.Parallel()
	var b strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&b, "bomb.test. 60 IN MX %d mx%d.test.\n", 1000-i, i)
	}
	a, err := dnsq.Lookup[*dns.MX](t.Context(), dnsqtest.New(t, b.String()), "bomb.test.")
	if err != nil || !a.Truncated || a.Total != 1000 || len(a.Records) != dnsq.MaxRecords {
		t.Fatalf("%d of %d records, truncated %v: %v", len(a.Records), a.Total, a.Truncated, err)
	}
	for i, r := range a.Records {
		if int(r.Preference) != i+1 {
			t.Fatalf("record %d has preference %d", i, r.Preference)
		}
	}
}

func TestAuthenticNeedsEveryPart(t *testing.T) {
	t.Parallel()
	z := dnsqtest.New(t, zone)
	z.Authentic = true
	z.NoChase = true
	z.AD["two.example.test. A"] = false
	for name, want := range map[string]bool{
		"mx1.example.test.": true, "absent.example.test.": true, "example.test.": true,
		"one.example.test.": false, "two.example.test.": false,
	} {
		if a, _ := dnsq.Lookup[*dns.A](t.Context(), z, name); a.Authentic != want {
			t.Errorf("%s: authentic %v", name, a.Authentic)
		}
	}
	z.Rcode["lame.test. A"] = dns.RcodeServerFailure
	if a, _ := dnsq.Lookup[*dns.A](t.Context(), z, "bad..name"); a.Authentic {
		t.Error("a question that was never asked is authentic")
	}
}

func TestNamesAreAbsoluteAndValid(t *testing.T) { // N19, N12
	t.Parallel()
	z := dnsqtest.New(t, `a\.b.test. 60 IN A 192.0.2.1`)
	for name, want := range map[string]fact.Reason{
		"": fact.DNSMalformed, "a..b": fact.DNSMalformed, ".a": fact.DNSMalformed,
		strings.Repeat("a", 64) + ".test":    fact.DNSMalformed,
		strings.Repeat("abcdefg.", 32) + "x": fact.DNSMalformed,
		"mail":                               fact.DNSNXDomain,
		".":                                  fact.DNSNoData,
		`a\.b.test`:                          "",
		`A\046B.test.`:                       "",
		"bad name\n.test":                    fact.DNSNXDomain,
	} {
		_, err := dnsq.Lookup[*dns.A](t.Context(), z, name)
		if got := dnsq.ReasonOf(err); got != want {
			t.Errorf("%q: %v, want reason %q", name, err, want)
		}
		if err != nil && strings.ContainsAny(err.Error(), "\n\x00") {
			t.Errorf("%q: unquoted in %q", name, err)
		}
	}
	if n := z.Count("mail. A"); n != 1 {
		t.Errorf("a name of one label was asked %d times as itself", n)
	}
}

func TestLookupAsksForItsType(t *testing.T) {
	t.Parallel()
	z := dnsqtest.New(t, `
t.test. 60 IN A 192.0.2.1
t.test. 60 IN AAAA 2001:db8::1
t.test. 60 IN MX 10 mx.test.
t.test. 60 IN TXT "x"
t.test. 60 IN PTR p.test.
t.test. 60 IN TLSA 3 1 1 00
t.test. 60 IN SOA n.test. h.test. 1 2 3 4 5
t.test. 60 IN SRV 1 2 3 s.test.
t.test. 60 IN NS n.test.
c.test. 60 IN CNAME t.test.
`)
	for want, got := range map[string]int{
		"A": lookup[*dns.A](t, z, "t.test."), "AAAA": lookup[*dns.AAAA](t, z, "t.test."), "MX": lookup[*dns.MX](t, z, "t.test."),
		"TXT": lookup[*dns.TXT](t, z, "t.test."), "PTR": lookup[*dns.PTR](t, z, "t.test."), "TLSA": lookup[*dns.TLSA](t, z, "t.test."),
		"SOA": lookup[*dns.SOA](t, z, "t.test."), "SRV": lookup[*dns.SRV](t, z, "t.test."), "NS": lookup[*dns.NS](t, z, "t.test."),
		"CNAME": lookup[*dns.CNAME](t, z, "c.test."),
	} {
		if got != 1 || z.Count("* "+want) == 0 {
			t.Errorf("%s: %d records", want, got)
		}
	}
	if _, err := dnsq.Lookup[*dns.HINFO](t.Context(), z, "t.test."); dnsq.ReasonOf(err) != fact.DNSMalformed {
		t.Errorf("a type that is not ours: %v", err)
	}
}

func lookup[R dns.RR](t *testing.T, x dnsq.Exchanger, name string) int {
	t.Helper()
	a, err := dnsq.Lookup[R](t.Context(), x, name)
	if err != nil {
		t.Errorf("%v", err)
	}
	return len(a.Records)
}

func TestEndOfTheContextIsATimeoutThatWrapsIt(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := dnsq.Lookup[*dns.A](ctx, dnsqtest.New(t, zone), "example.test.")
	if dnsq.ReasonOf(err) != fact.DNSTimeout || !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestErrorSaysWhatTheResolverSaid(t *testing.T) { // N23
	t.Parallel()
	z := dnsqtest.New(t, zone)
	z.Rcode["bogus.test. MX"] = dns.RcodeServerFailure
	z.EDE["bogus.test. MX"] = dns.ExtendedErrorCodeDNSBogus
	_, err := dnsq.Lookup[*dns.MX](t.Context(), z, "bogus.test")
	const want = `MX of bogus.test.: the resolver answered SERVFAIL ("DNSSEC Bogus")`
	if err == nil || err.Error() != want {
		t.Fatalf("%v, want %s", err, want)
	}
	e, _ := errors.AsType[*dnsq.Error](err)
	if diff := cmp.Diff(&fact.Failure{Reason: fact.DNSServfail, Detail: want}, e.Failure()); diff != "" {
		t.Error(diff)
	}
}

func TestEachReasonIsASentence(t *testing.T) {
	t.Parallel()
	seen := map[string]dnsq.Outcome{}
	for _, o := range append(dnsq.Outcomes(), dnsq.Outcome(fact.CNAMELoop)) {
		if o == dnsq.Answered {
			continue
		}
		e := &dnsq.Error{Name: "x.test.", Type: dns.TypeA, Reason: fact.Reason(o), Rcode: 4000}
		s := e.Error()
		if other := seen[s]; other != "" || strings.Contains(s, string(o)) {
			t.Errorf("%s: %q, the same as %q or no words", o, s, other)
		}
		seen[s] = o
	}
}
