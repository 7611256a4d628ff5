package spf

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"mx_exporter/probe/dnsq/dnsqtest"
	"mx_exporter/probe/fact"
)

// zones adds to the SPF record of x.test what else is in the zones.
func zones(t *testing.T, record, more string) *dnsqtest.Zones {
	t.Helper()
	return dnsqtest.New(t, fmt.Sprintf("x.test. 60 IN TXT %q\n", record)+more)
}

// codes is the findings, each with its severity.
func codes(fs []fact.Finding) []string {
	out := make([]string, len(fs))
	for i, f := range fs {
		out[i] = string(f.Code) + " " + string(f.Severity)
	}
	return out
}

const hosts = `
x.test.     60 IN MX 10 mx.x.test.
x.test.     60 IN A 192.0.2.10
mx.x.test.  60 IN A 192.0.2.1
mx.x.test.  60 IN AAAA 2001:db8::1
inc.test.   60 IN TXT "v=spf1 ip4:198.51.100.0/24 a:mx.x.test -all"
deep.test.  60 IN TXT "v=spf1 include:inc.test ~all"
none.test.  60 IN TXT "some token"
many.test.  60 IN TXT "v=spf1 -all"
many.test.  60 IN TXT "v=spf1 mx -all"
bad.test.   60 IN TXT "v=spf1 ipv4:192.0.2.1 -all"
open.test.  60 IN TXT "v=spf1 all"
loop.test.  60 IN TXT "v=spf1 include:x.test -all"
`

func TestRecordIsJudged(t *testing.T) {
	for _, tc := range []struct {
		record   string
		status   fact.Status
		lookups  int
		findings []string
	}{
		{"v=spf1 mx -all", fact.Pass, 1, nil},
		{"v=spf1 a mx include:deep.test -all", fact.Pass, 5, nil},
		{"v=spf1 redirect=deep.test", fact.Pass, 3, nil},
		{"v=spf1 ip4:192.0.2.1 ip6:2001:db8::1 ~all", fact.Pass, 0, nil},
		{"some token", fact.None, 0, []string{"spf-missing info"}},
		{"v=spf1 mx", fact.Pass, 1, []string{"spf-neutral-all info"}},
		{"v=spf1 mx ?all", fact.Pass, 1, []string{"spf-neutral-all info"}},
		{"v=spf1 mx +all", fact.Pass, 1, []string{"spf-pass-all warning"}},
		{"v=spf1 include:open.test -all", fact.Pass, 1, []string{"spf-pass-all warning"}},
		{"v=spf1 redirect=open.test", fact.Pass, 1, []string{"spf-pass-all warning"}},
		{"v=spf1 -include:open.test -all", fact.Pass, 1, nil},
		{"v=spf1 -all mx redirect=inc.test", fact.Pass, 0, []string{"spf-ignored-term warning"}},
		{"v=spf1 ptr -all", fact.Pass, 1, []string{"spf-ptr info"}},
		{"v=spf1 exists:%{i}._spf.x.test -all", fact.Pass, 1, nil},
		{"v=spf1 ip4:0.0.0.0/0 -all", fact.Pass, 0, []string{"spf-wide-network warning"}},
		{"v=spf1 IP4:192.0.2.1 -all", fact.Pass, 0, []string{"spf-style info"}},
		{"v=spf1 moo=x -all", fact.Pass, 0, []string{"spf-unknown-modifier info"}},
		{"v=spf1 inlcude:inc.test -all", fact.Fail, 0, []string{"spf-syntax critical"}},
		{"v=spf1 include:none.test -all", fact.Fail, 1, []string{"spf-include-missing critical"}},
		{"v=spf1 include:gone.test -all", fact.Fail, 1, []string{"spf-include-missing critical"}},
		{"v=spf1 redirect=gone.test", fact.Fail, 1, []string{"spf-include-missing critical"}},
		{"v=spf1 include:many.test -all", fact.Fail, 1, []string{"spf-multiple critical"}},
		{"v=spf1 include:bad.test -all", fact.Fail, 1, []string{"spf-syntax critical"}},
		{"v=spf1 include:x.test -all", fact.Fail, 1, []string{"spf-loop critical"}},
		{"v=spf1 include:loop.test -all", fact.Fail, 2, []string{"spf-loop critical"}},
		{"v=spf1 include:%{d} -all", fact.Fail, 1, []string{"spf-loop critical"}},
		{"v=spf1 a:n1.test a:n2.test mx:n3.test -all", fact.Fail, 3, []string{"spf-void-lookups warning"}},
		{"v=spf1 a:n1.test mx:n2.test exists:mx.x.test -all", fact.Pass, 3, nil},
		{"v=spf1 a:x..test a:" + strings.Repeat("l", 64) + ".test exists:n.test -all", fact.Fail, 3, []string{"spf-void-lookups warning"}},
		{"v=spf1 a a a a a a a a a a -all", fact.Pass, 10, []string{"spf-lookups-at-limit info"}},
		{"v=spf1 a a a a a a a a a include:inc.test -all", fact.Fail, 11, []string{"spf-too-many-lookups critical"}},
		{"v=spf10 -all", fact.None, 0, []string{"spf-missing info", "spf-lookalike warning"}},
		{"\\\"v=spf1 -all\\\"", fact.None, 0, []string{"spf-missing info", "spf-lookalike warning"}},
	} {
		t.Run(tc.record, func(t *testing.T) {
			z := dnsqtest.New(t, hosts+`x.test. 60 IN TXT "`+tc.record+"\"\n")
			r := Check(t.Context(), z, "X.Test.", Options{})
			if r.Status != tc.status || r.Lookups != tc.lookups {
				t.Errorf("status %s, %d look-ups, problems %q", r.Status, r.Lookups, said(r.Problems))
			}
			if d := cmp.Diff(tc.findings, codes(r.Findings())); d != "" && len(tc.findings)+len(r.Findings()) > 0 {
				t.Errorf("findings: %s\nproblems %q", d, said(r.Problems))
			}
		})
	}
}

func TestSeveralRecordsArePermanent(t *testing.T) {
	r := Check(t.Context(), zones(t, "v=spf1 -all", `x.test. 60 IN TXT "v=spf1 mx -all"`), "x.test", Options{})
	if got := codes(r.Findings()); r.Status != fact.Fail || !slices.Equal(got, []string{"spf-multiple critical"}) {
		t.Errorf("status %s, findings %q", r.Status, got)
	}
}

func TestCostIsToldPerTerm(t *testing.T) {
	r := Check(t.Context(), zones(t, "v=spf1 mx include:deep.test ip4:192.0.2.7 a:gone.test exists:%{i}.test -all", hosts), "x.test", Options{})
	var got []string
	for _, s := range r.Steps {
		got = append(got, fmt.Sprintf("%d %s#%d %s %q %d void=%v", s.Depth, s.Domain, s.Number, s.Term, s.Target, s.Lookups, s.Void))
	}
	want := []string{
		`0 x.test#1 mx "x.test" 1 void=false`,
		`0 x.test#2 include:deep.test "deep.test" 3 void=false`,
		`1 deep.test#1 include:inc.test "inc.test" 2 void=false`,
		`2 inc.test#2 a:mx.x.test "mx.x.test" 1 void=false`,
		`0 x.test#4 a:gone.test "gone.test" 1 void=true`,
		`0 x.test#5 exists:%{i}.test "" 1 void=false`,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	mechanisms := map[Name]int{MX: 1, Include: 2, A: 2, Exists: 1}
	if d := cmp.Diff(mechanisms, r.Mechanisms); d != "" || r.Lookups != 6 || r.Voids != 1 || r.All != Minus {
		t.Errorf("%d look-ups, %d void, all %q, %s", r.Lookups, r.Voids, r.All, d)
	}
}

func TestMacrosThatAreKnownAreFollowed(t *testing.T) {
	z := zones(t, "v=spf1 include:%{d2}._spf.%{o} exists:%{dr-}.x.test a:%{d1r}.%{l}.test -all", `
x.test._spf.x.test. 60 IN TXT "v=spf1 ip4:192.0.2.1 -all"
`)
	r := Check(t.Context(), z, "x.test", Options{})
	var got []string
	for _, s := range r.Steps {
		got = append(got, s.Target)
	}
	if want := []string{"x.test._spf.x.test", "x.test.x.test", ""}; !slices.Equal(got, want) {
		t.Errorf("asked for %q, want %q", got, want)
	}
}

func TestMXWithTooManyHostsIsPermanent(t *testing.T) {
	more := ""
	for i := range 11 {
		more += fmt.Sprintf("x.test. 60 IN MX 10 m%d.x.test.\n", i)
	}
	r := Check(t.Context(), zones(t, "v=spf1 mx -all", more), "x.test", Options{})
	if got := codes(r.Findings()); r.Status != fact.Fail || !slices.Equal(got, []string{"spf-mx-too-many-hosts critical"}) {
		t.Errorf("status %s, findings %q", r.Status, got)
	}
}

func TestLengthIsMeasured(t *testing.T) {
	record := "v=spf1" + strings.Repeat(" ip4:192.0.2.1", 33) + " -all"
	z := dnsqtest.New(t, fmt.Sprintf("x.test. 60 IN TXT %q %q\nx.test. 60 IN TXT %q %q %q %q\n",
		record[:250], record[250:], strings.Repeat("a", 250), strings.Repeat("b", 250), strings.Repeat("c", 250), strings.Repeat("d", 100)))
	r := Check(t.Context(), z, "x.test", Options{})
	want := []Kind{LongRecord, LongAnswer}
	var got []Kind
	for _, p := range r.Problems {
		got = append(got, p.Kind)
	}
	if !slices.Equal(got, want) || r.Strings != 2 || r.Status != fact.Pass {
		t.Errorf("status %s, %d strings, problems %q", r.Status, r.Strings, said(r.Problems))
	}
}

func TestStringsThatMeetInATermAreNoted(t *testing.T) {
	for parts, want := range map[string]bool{
		`"v=spf1 a:mx.x.test" "include:inc.test -all"`:  true,
		`"v=spf1 a:mx.x.test " "include:inc.test -all"`: false,
		`"v=spf1 a:mx.x." "test include:inc.test -all"`: false,
		`"v=spf1 a:mx.x.test" "-all"`:                   true,
		`"v=spf1 a:mx.x.test" " -all"`:                  false,
	} {
		r := Check(t.Context(), dnsqtest.New(t, hosts+"x.test. 60 IN TXT "+parts), "x.test", Options{})
		if got := slices.Contains(codes(r.Findings()), "spf-glued warning"); got != want {
			t.Errorf("%s: findings %q", parts, codes(r.Findings()))
		}
	}
}

func TestResolverTroubleIsNoVerdict(t *testing.T) {
	for name, tc := range map[string]struct {
		record, broken string
		status         fact.Status
	}{
		"record":               {"v=spf1 -all", "x.test. TXT", fact.Error},
		"include":              {"v=spf1 include:inc.test -all", "inc.test. TXT", fact.Error},
		"address":              {"v=spf1 a -all", "x.test. AAAA", fact.Error},
		"mail server":          {"v=spf1 mx -all", "x.test. MX", fact.Error},
		"address of the same":  {"v=spf1 mx -all", "mx.x.test. A", fact.Error},
		"exists":               {"v=spf1 exists:mx.x.test -all", "mx.x.test. A", fact.Error},
		"beside what is wrong": {"v=spf1 include:inc.test include:none.test -all", "inc.test. TXT", fact.Fail},
		"behind all":           {"v=spf1 -all include:inc.test", "inc.test. TXT", fact.Pass},
	} {
		t.Run(name, func(t *testing.T) {
			z := zones(t, tc.record, hosts)
			z.Rcode[tc.broken] = dns.RcodeServerFailure
			r := Check(t.Context(), z, "x.test", Options{})
			told := slices.Contains(codes(r.Findings()), "spf-lookup-failed warning")
			if r.Status != tc.status || told != (tc.status != fact.Pass) {
				t.Errorf("status %s, findings %q", r.Status, codes(r.Findings()))
			}
			if r.Failure != nil {
				r.Failure.Reason = fact.LocalResolver
			}
			for i := range r.Steps {
				if r.Steps[i].Failure != nil {
					r.Steps[i].Failure.Reason = fact.LocalResolver
				}
			}
			if slices.Contains(codes(r.Findings()), "spf-lookup-failed warning") {
				t.Errorf("our own trouble was told as the domain's: %q", codes(r.Findings()))
			}
		})
	}
}

func TestEndOfContextIsNoVerdict(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := Check(ctx, zones(t, "v=spf1 mx -all", hosts), "x.test", Options{Senders: []netip.Addr{netip.MustParseAddr("192.0.2.1")}})
	if r.Status != fact.Error || r.Senders[0].Outcome != TempError {
		t.Errorf("status %s, senders %v", r.Status, r.Senders)
	}
}

// N21: records that fan out without end cost a bounded number of questions.
func TestFanOfIncludesIsBounded(t *testing.T) {
	z := dnsqtest.New(t, strings.ReplaceAll(`
x.test. 60 IN TXT "v=spf1 INC -all"
*.i.test. 60 IN TXT "v=spf1 INC mx a -all"
`, "INC", "include:a.%{d}.i.test include:b.%{d}.i.test include:c.%{d}.i.test"))
	r := Check(t.Context(), z, "x.test", Options{})
	if n := z.Count("* *"); n > 1+maxTerms+maxLookups*(2*maxHosts+1) || r.Lookups != maxTerms || !r.More || r.Status != fact.Fail {
		t.Errorf("%d questions, %d look-ups, more %v, status %s", n, r.Lookups, r.More, r.Status)
	}
	if fs := r.Findings(); len(fs) != 1 || !strings.Contains(fs[0].Detail, "takes more than 40 DNS look-ups") {
		t.Errorf("findings %v", fs)
	}
}

func TestNetworksAreThoseThatPass(t *testing.T) {
	for _, tc := range []struct {
		record string
		want   Authorised
	}{
		{"v=spf1 ip4:192.0.2.5/24 mx a/28 include:inc.test ip4:192.0.2.0/24 -all", Authorised{Networks: nets("192.0.2.0/24 192.0.2.1/32 2001:db8::1/128 192.0.2.0/28 198.51.100.0/24")}},
		{"v=spf1 mx//64 -all", Authorised{Networks: nets("192.0.2.1/32 2001:db8::/64")}},
		{"v=spf1 -ip4:192.0.2.0/24 mx ~ip6:2001:db8::/32 ip4:203.0.113.0/24 -all", Authorised{Networks: nets("2001:db8::1/128 203.0.113.0/24")}},
		{"v=spf1 -include:inc.test ip4:203.0.113.1 -all ip4:203.0.113.2", Authorised{Networks: nets("203.0.113.1/32")}},
		{"v=spf1 redirect=deep.test", Authorised{Networks: nets("198.51.100.0/24 192.0.2.1/32 2001:db8::1/128")}},
		{"v=spf1 ptr exists:%{i}.test include:%{i}.test all", Authorised{Everything: true, Unknown: []string{"ptr", "exists:%{i}.test", "include:%{i}.test"}}},
		{"v=spf1 ip6:::ffff:192.0.2.5/120 -all", Authorised{Networks: nets("192.0.2.0/24")}},
		{"v=spf1 ip4:192.0.2.1 oops -all", Authorised{}},
	} {
		r := Check(t.Context(), zones(t, tc.record, hosts), "x.test", Options{})
		if d := cmp.Diff(tc.want, r.Authorised, cmp.Comparer(equalNetworks)); d != "" {
			t.Errorf("%s: %s", tc.record, d)
		}
		if !slices.Equal(r.Networks(), r.Authorised.Networks) {
			t.Errorf("networks %v", r.Networks())
		}
	}
}

func equalNetworks(a, b netip.Prefix) bool { return a == b }

func nets(s string) (list []netip.Prefix) {
	for f := range strings.FieldsSeq(s) {
		list = append(list, netip.MustParsePrefix(f))
	}
	return list
}

func TestNetworksAreBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("x.test. 60 IN TXT \"v=spf1 \"")
	for i := range 1100 {
		fmt.Fprintf(&b, " \"ip4:10.%d.%d.1 \"", i/256, i%256)
	}
	r := Check(t.Context(), dnsqtest.New(t, b.String()), "x.test", Options{})
	if len(r.Networks()) != maxNetworks || !r.Authorised.Truncated {
		t.Errorf("%d networks, truncated %v", len(r.Networks()), r.Authorised.Truncated)
	}
}

func TestEverySenderIsEvaluated(t *testing.T) {
	z := zones(t, "v=spf1 mx ?ip4:203.0.113.9 exists:%{h} -all", hosts)
	senders := []netip.Addr{
		netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("::ffff:192.0.2.1"),
		netip.MustParseAddr("203.0.113.9"), netip.MustParseAddr("203.0.113.8"),
	}
	r := Check(t.Context(), z, "x.test", Options{Senders: senders, HELO: "gone.x.test"})
	var got []Outcome
	for _, e := range r.Senders {
		got = append(got, e.Outcome)
	}
	if want := []Outcome{Pass, Pass, Pass, Neutral, Fail}; !slices.Equal(got, want) {
		t.Errorf("outcomes %q", got)
	}
	fs := r.Findings()
	if got := codes(fs); !slices.Equal(got, []string{"spf-sender-not-authorised warning", "spf-sender-not-authorised critical"}) || fs[1].Address != "203.0.113.8" {
		t.Errorf("findings %v", fs)
	}
	if r := Check(t.Context(), z, "x.test", Options{Senders: senders[4:], HELO: "mx.x.test"}); r.Senders[0].Outcome != Pass {
		t.Errorf("the name of the greeting was not used: %v", r.Senders)
	}
}

// RFC 7208 section 4.6: a mistake anywhere is one for everybody.
func TestMistakeBehindTheMatchCounts(t *testing.T) {
	for record, want := range map[string]Outcome{
		"v=spf1 ip4:192.0.2.1 oops -all":              PermError,
		"v=spf1 ip4:192.0.2.1 -all oops":              PermError,
		"v=spf1 ip4:192.0.2.1 include:bad.test -all":  Pass, // the other record is not read
		"v=spf1 include:bad.test ip4:192.0.2.1 -all":  PermError,
		"v=spf1 ip4:192.0.2.1 include:none.test -all": Pass,
	} {
		got, err := Evaluate(t.Context(), zones(t, record, hosts), netip.MustParseAddr("192.0.2.1"), "someone@x.test", "mx.x.test")
		if got != want {
			t.Errorf("%s: %s (%v), want %s", record, got, err, want)
		}
	}
}

func TestEveryKindAndCodeIsExplained(t *testing.T) {
	rows := map[fact.Code]bool{}
	for _, d := range Docs() {
		if rows[d.Code] || d.Check != CheckName || d.Meaning == "" || d.Effect == "" || d.Mend == "" || !strings.HasPrefix(string(d.Code), "spf-") {
			t.Errorf("%+v", d)
		}
		rows[d.Code] = true
	}
	used := map[fact.Code]bool{CodeMissing: true, CodeSender: true}
	for _, k := range Kinds() {
		v := judge(k)
		used[v.code] = true
		if k.Permanent() && v.severity == fact.Info {
			t.Errorf("%s breaks the record and is told as %s", k, v.severity)
		}
	}
	if d := cmp.Diff(rows, used); d != "" {
		t.Errorf("rows and codes differ: %s", d)
	}
}
