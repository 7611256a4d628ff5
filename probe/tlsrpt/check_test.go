package tlsrpt

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"mx_exporter/probe/dnsq/dnsqtest"
	"mx_exporter/probe/fact"
)

// codes is the findings, each with its severity.
func codes(fs []fact.Finding) []string {
	out := make([]string, len(fs))
	for i, f := range fs {
		out[i] = string(f.Code) + " " + string(f.Severity)
	}
	return out
}

func TestRecordIsJudged(t *testing.T) {
	for _, tc := range []struct {
		name, record string // zone-file text of the record's data; several lines for several records
		status       fact.Status
		places       string
		findings     []string
	}{
		{"absent", ``, fact.None, "", []string{"tls-rpt-missing info"}},
		{"others", `"some token"`, fact.None, "", []string{"tls-rpt-missing info"}},
		{"good", `"v=TLSRPTv1; rua=mailto:r@x.test"`, fact.Pass, "mailto:r@x.test", nil},
		{"https", `"v=TLSRPTv1;rua=https://x.test/in , mailto:r@x.test;"`, fact.Pass, "https://x.test/in mailto:r@x.test", nil},
		{"strings", `"v=TLSRPTv1; " "rua=mailto:r@x.test"`, fact.Pass, "mailto:r@x.test", nil},
		{"beside", "\"some token\"\n\"v=TLSRPTv1; rua=mailto:r@x.test\"", fact.Pass, "mailto:r@x.test", nil},
		{"several", "\"v=TLSRPTv1; rua=mailto:a@x.test\"\n\"v=TLSRPTv1; rua=mailto:b@x.test\"", fact.Fail, "", []string{"tls-rpt-multiple warning"}},
		{"case", `"v=tlsrptv1; rua=mailto:r@x.test"`, fact.Fail, "", []string{"tls-rpt-lookalike warning"}},
		{"space", `"v=TLSRPTv1 ; rua=mailto:r@x.test"`, fact.Fail, "", []string{"tls-rpt-lookalike warning"}},
		{"noversion", `"rua=mailto:r@x.test"`, fact.Fail, "", []string{"tls-rpt-lookalike warning"}},
		{"norua", `"v=TLSRPTv1;"`, fact.Fail, "", []string{"tls-rpt-no-address warning"}},
		{"emptyrua", `"v=TLSRPTv1; rua="`, fact.Fail, "", []string{"tls-rpt-no-address warning"}},
		{"nomailto", `"v=TLSRPTv1; rua=r@x.test"`, fact.Fail, "", []string{"tls-rpt-no-address warning"}},
		{"http", `"v=TLSRPTv1; rua=http://x.test/,mailto:r@x.test"`, fact.Fail, "mailto:r@x.test", []string{"tls-rpt-syntax warning"}},
		{"size", `"v=TLSRPTv1; rua=mailto:r@x.test!10m"`, fact.Fail, "", []string{"tls-rpt-no-address warning"}},
		{"spaced", `"v=TLSRPTv1; rua = mailto:r@x.test"`, fact.Fail, "mailto:r@x.test", []string{"tls-rpt-syntax warning"}},
		{"twice", `"v=TLSRPTv1; rua=mailto:a@x.test; rua=mailto:b@x.test"`, fact.Fail, "mailto:a@x.test", []string{"tls-rpt-syntax warning"}},
		{"unknown", `"v=TLSRPTv1; rua=mailto:r@x.test; ext=1"`, fact.Pass, "mailto:r@x.test", []string{"tls-rpt-unknown-tag info"}},
		{"names of extensions", `"v=TLSRPTv1; rua=mailto:r@x.test; x-y.z_1=1; 2a=b"`, fact.Pass, "mailto:r@x.test", []string{"tls-rpt-unknown-tag info"}},
		{"no name", `"v=TLSRPTv1; rua=mailto:r@x.test; -x=1"`, fact.Fail, "mailto:r@x.test", []string{"tls-rpt-syntax warning", "tls-rpt-unknown-tag info"}},
		{"near", `"v=TLSRPTv1; ru=mailto:r@x.test"`, fact.Fail, "", []string{"tls-rpt-no-address warning", "tls-rpt-unknown-tag info"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			zone := "x.test. 60 IN MX 10 mx.x.test.\n"
			for line := range strings.SplitSeq(tc.record, "\n") {
				if line != "" {
					zone += "_smtp._tls.x.test. 60 IN TXT " + strings.ReplaceAll(line, ";", `\;`) + "\n"
				}
			}
			r := Check(t.Context(), dnsqtest.New(t, zone), "X.test.")
			var places []string
			for _, u := range r.Reports {
				places = append(places, u.Text)
			}
			if r.Status != tc.status || strings.Join(places, " ") != tc.places {
				t.Errorf("status %s, places %q, problems %v", r.Status, places, r.Problems)
			}
			if d := cmp.Diff(tc.findings, codes(r.Findings())); d != "" && len(tc.findings)+len(r.Findings()) > 0 {
				t.Errorf("findings: %s", d)
			}
		})
	}
}

func TestResolverTroubleIsNoVerdict(t *testing.T) {
	z := dnsqtest.New(t, "")
	z.Rcode["_smtp._tls.x.test. TXT"] = dns.RcodeServerFailure
	r := Check(t.Context(), z, "x.test")
	if r.Status != fact.Error || r.Failure.Reason != fact.DNSServfail {
		t.Errorf("status %s, failure %v", r.Status, r.Failure)
	}
	if got := codes(r.Findings()); !slices.Equal(got, []string{"tls-rpt-lookup-failed warning"}) {
		t.Errorf("findings %q", got)
	}
	r.Failure.Reason = fact.LocalResolver
	if got := r.Findings(); len(got) > 0 {
		t.Errorf("our own trouble was told as the domain's: %v", got)
	}
}

func TestAliasIsFollowedAndNoted(t *testing.T) {
	z := dnsqtest.New(t, `
_smtp._tls.x.test. 60 IN CNAME rpt.host.test.
rpt.host.test. 60 IN TXT "v=TLSRPTv1\; rua=mailto:r@host.test"
`)
	r := Check(t.Context(), z, "x.test")
	if r.Status != fact.Pass || !slices.Equal(r.Aliases, []string{"rpt.host.test"}) {
		t.Errorf("status %s, aliases %v", r.Status, r.Aliases)
	}
}

// N21: a name with more TXT records than are looked at is not judged by what was
// seen.
func TestTooManyRecordsAreNoDenial(t *testing.T) {
	r := Check(t.Context(), dnsqtest.New(t, strings.Repeat(`_smtp._tls.x.test. 60 IN TXT "token"`+"\n", 120)), "x.test")
	if r.Status != fact.Error {
		t.Errorf("status %s", r.Status)
	}
}

func TestEveryCodeIsExplained(t *testing.T) {
	seen := map[fact.Code]bool{}
	for _, d := range Docs() {
		if seen[d.Code] || d.Check != CheckName || d.Meaning == "" || d.Effect == "" || d.Mend == "" || !strings.HasPrefix(string(d.Code), "tls-rpt-") {
			t.Errorf("%+v", d)
		}
		seen[d.Code] = true
	}
	for _, c := range []fact.Code{CodeMissing, CodeMultiple, CodeLookalike, CodeSyntax, CodeNoAddress, CodeUnknownTag, CodeLookupFailed} {
		if !seen[c] {
			t.Errorf("%s has no row", c)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"v=TLSRPTv1; rua=mailto:r@x.test", "v=TLSRPTv1;rua=https://x.test/,mailto:a@b.test;", "v=TLSRPTv1;;=;rua"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, ps := Parse(s)
		if Is(s) != (len(ps) == 0 || ps[0].Kind != BadVersion) {
			t.Fatalf("%q: recognised %v, problems %v", s, Is(s), ps)
		}
		if len(r.Reports) == 0 {
			return
		}
		again, ps := Parse(r.String())
		if len(ps) > 0 || again.String() != r.String() {
			t.Fatalf("%q became %q with %v", r.String(), again.String(), ps)
		}
	})
}
