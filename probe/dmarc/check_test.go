package dmarc

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"mx_exporter/probe/dnsq/dnsqtest"
	"mx_exporter/probe/fact"
)

// zone writes TXT records, a name and a text in turn.
func zone(t *testing.T, pairs ...string) *dnsqtest.Zones {
	t.Helper()
	var b strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		fmt.Fprintf(&b, "%s 60 IN TXT \"%s\"\n", pairs[i], strings.ReplaceAll(pairs[i+1], ";", `\;`))
	}
	return dnsqtest.New(t, b.String())
}

// codes is the findings, each with its severity.
func codes(fs []fact.Finding) []string {
	out := make([]string, len(fs))
	for i, f := range fs {
		out[i] = string(f.Code) + " " + string(f.Severity)
	}
	return out
}

const rua = "; rua=mailto:r@x.test"

func TestOwnRecordIsJudged(t *testing.T) {
	for _, tc := range []struct {
		record   string
		status   fact.Status
		policy   Policy
		findings []string
	}{
		{"v=DMARC1; p=reject" + rua, fact.Pass, Reject, nil},
		{"v=DMARC1;p=Quarantine;fo=1:d:s;adkim=s;aspf=r;psd=u;t=n" + rua + ";", fact.Pass, Quarantine, nil},
		{"v=DMARC1; p=none" + rua, fact.Pass, None, []string{"dmarc-policy-none info"}},
		{"v=DMARC1; p=reject", fact.Pass, Reject, []string{"dmarc-no-reports info"}},
		{"v=DMARC1; p=reject; t=y" + rua, fact.Pass, Reject, []string{"dmarc-testing info"}},
		{"v=DMARC1; p=reject; sp=none" + rua, fact.Pass, Reject, []string{"dmarc-subdomains-weaker info"}},
		{"v=DMARC1; p=reject; np=none" + rua, fact.Pass, Reject, []string{"dmarc-subdomains-weaker info"}},
		{"v=DMARC1; p=none; sp=reject" + rua, fact.Pass, None, []string{"dmarc-policy-none info"}},
		{"v=DMARC1; p=reject; pct=50; ri=3600" + rua, fact.Pass, Reject, []string{"dmarc-outdated info"}},
		{"v=DMARC1" + rua + "!10m; p=reject", fact.Pass, Reject, []string{"dmarc-outdated info"}},
		{"v=DMARC1; p=reject; zz=1" + rua, fact.Pass, Reject, []string{"dmarc-unknown-tag info"}},
		{"v=DMARC1;; p=reject" + rua, fact.Pass, Reject, []string{"dmarc-unknown-tag info"}},
		{"v=DMARC1; p=reject; apsf=s" + rua, fact.Fail, Reject, []string{"dmarc-syntax warning"}},
		{"v=DMARC1; p=reject; foo=bar" + rua, fact.Pass, Reject, []string{"dmarc-unknown-tag info"}},
		{"v=DMARC1; p=reject; foo=1; fo=1" + rua, fact.Pass, Reject, []string{"dmarc-unknown-tag info"}},
		{"v=DMARC1; p=reject; fow=s" + rua, fact.Fail, Reject, []string{"dmarc-syntax warning"}},
		{"v=DMARC1; p=reject; fow=s; fo=1" + rua, fact.Pass, Reject, []string{"dmarc-unknown-tag info"}},
		{"v=DMARC1; p=reject; rue=green" + rua, fact.Pass, Reject, []string{"dmarc-unknown-tag info"}},
		{"v=DMARC1; p=reject; rui=mailto:a@x.test", fact.Fail, Reject, []string{"dmarc-syntax warning", "dmarc-no-reports info"}},
		{"v=DMARC1; p=none,; sp=reject" + rua, fact.Fail, None, []string{"dmarc-syntax warning", "dmarc-policy-none info"}},
		{"v=DMARC1; policy=reject" + rua, fact.Fail, None, []string{"dmarc-syntax warning", "dmarc-outdated info", "dmarc-policy-none info"}},
		{"v=DMARC1; policy=reject", fact.Fail, "", []string{"dmarc-syntax warning", "dmarc-outdated info", "dmarc-policy-ignored warning", "dmarc-no-reports info"}},
		{"v=DMARC1" + rua, fact.Pass, None, []string{"dmarc-outdated info", "dmarc-policy-none info"}},
		{"v=DMARC1", fact.Fail, "", []string{"dmarc-outdated info", "dmarc-policy-ignored warning", "dmarc-no-reports info"}},
		{"v=DMARC1; p=reject; p=none" + rua, fact.Fail, "", []string{"dmarc-syntax warning", "dmarc-policy-ignored warning"}},
		{"v=DMARC1; p=reject; zz=1; zz=2" + rua, fact.Fail, "", []string{"dmarc-syntax warning", "dmarc-unknown-tag info", "dmarc-policy-ignored warning"}},
		{"v=DMARC1; p=none; sp=reject; t=y" + rua, fact.Pass, None, []string{"dmarc-policy-none info", "dmarc-testing info"}},
		{"v=DMARC1; p=none; t=y" + rua, fact.Pass, None, []string{"dmarc-policy-none info"}},
		{"v=DMARC1; p=reject; psd=y" + rua, fact.Pass, Reject, []string{"dmarc-public-suffix warning"}},
		{"v=DMARC1; p=reject; sp=rejct", fact.Fail, "", []string{"dmarc-syntax warning", "dmarc-policy-ignored warning", "dmarc-no-reports info"}},
		{"v=DMARC1; p=reject; rua=r@x.test", fact.Fail, Reject, []string{"dmarc-report-address warning", "dmarc-no-reports info"}},
		{"v=DMARC1; p=reject; fo=2" + rua, fact.Fail, Reject, []string{"dmarc-syntax warning"}},
		{"v=dmarc1; p=reject" + rua, fact.Fail, "", []string{"dmarc-lookalike warning"}},
		{"v=DMARC1 p=reject" + rua, fact.Fail, "", []string{"dmarc-lookalike warning"}},
		{"p=reject" + rua, fact.Fail, "", []string{"dmarc-lookalike warning"}},
		{" v=DMARC1; p=reject" + rua, fact.Fail, "", []string{"dmarc-lookalike warning"}},
		{"some token", fact.None, "", []string{"dmarc-missing info"}},
	} {
		t.Run(tc.record, func(t *testing.T) {
			r := Check(t.Context(), zone(t, "_dmarc.x.test.", tc.record), "X.Test.")
			if r.Status != tc.status || r.Policy != tc.policy {
				t.Errorf("status %s, policy %q, problems %v", r.Status, r.Policy, r.Problems)
			}
			if d := cmp.Diff(tc.findings, codes(r.Findings())); d != "" && len(tc.findings)+len(r.Findings()) > 0 {
				t.Errorf("findings: %s", d)
			}
		})
	}
}

// Who reads that a record is ignored wants to know for which tag.
func TestCulpritIsNamed(t *testing.T) {
	for record, want := range map[string]string{
		"v=DMARC1; p=reject; sp=rejct":   "its sp cannot be read, and there is no address for reports",
		"v=DMARC1; p=reject; np=x; sp=y": "its np and sp cannot be read, and there is no address for reports",
		"v=DMARC1; p=x":                  "its p cannot be read, and there is no address for reports",
		"v=DMARC1":                       "it has no p, and there is no address for reports",
		"v=DMARC1; p=none; p=none":       "a tag stands twice, and receivers may not use any of it",
		"v=DMARC1; p=reject; np=x" + rua: "by the record of x.test: its np cannot be read",
		"v=DMARC1" + rua:                 "by the record of x.test: it has no p",
		"v=DMARC1; p=none" + rua:         "by the record of x.test",
		"v=DMARC1; p=none; sp=reject; t=y; fo=2" +
			rua: "by the record of x.test",
	} {
		r := Check(t.Context(), zone(t, "_dmarc.x.test.", record), "x.test")
		i := slices.IndexFunc(r.Findings(), func(f fact.Finding) bool { return f.Code == CodePolicyIgnored || f.Code == CodePolicyNone })
		if i < 0 || r.Findings()[i].Detail != want {
			t.Errorf("%s: %+v, want %q", record, r.Findings(), want)
		}
	}
}

// psd=y is right at a registry, and splits the organisation of anybody else.
func TestFlagOfARegistryIsToldWhereThereIsNone(t *testing.T) {
	const psd = "v=DMARC1; p=reject; psd=y" + rua
	for name, tc := range map[string]struct {
		domain, at string
		told       bool
	}{
		"registry":             {"a.x.bank", "_dmarc.bank.", false},
		"the registry itself":  {"bank", "_dmarc.bank.", false},
		"own domain":           {"x.com", "_dmarc.x.com.", true},
		"the domain above":     {"mail.x.com", "_dmarc.x.com.", true},
		"suffix of two labels": {"x.co.uk", "_dmarc.co.uk.", false},
		"below two labels":     {"x.co.uk", "_dmarc.x.co.uk.", true},
	} {
		r := Check(t.Context(), zone(t, tc.at, psd), tc.domain)
		told := slices.ContainsFunc(r.Findings(), func(f fact.Finding) bool { return f.Code == CodePublicSuffix })
		if told != tc.told {
			t.Errorf("%s: %+v", name, r.Findings())
		}
	}
}

func TestMistakesAreToldWithTheirPlace(t *testing.T) {
	for _, tc := range []struct{ in, want string }{
		{"v=DMARC2; p=none", `octet 1: it does not begin with "v=DMARC1;"`},
		{"v=DMARC1; p=none,", `octet 13: "none," is no policy; want none, quarantine or reject; the last character was probably to be ";", or nothing`},
		{"v=DMARC1; p=reject sp=none", `octet 13: "reject sp=none" is no policy; want none, quarantine or reject; a ";" is probably missing`},
		{"v=DMARC1; p=rejcet", `octet 13: "rejcet" is no policy; want none, quarantine or reject; "reject" was probably meant`},
		{"v=DMARC1; p=", `octet 13: "" is no policy; want none, quarantine or reject`},
		{"v=DMARC1; policy=none; p=none", `octet 11: "policy" is a tag that nobody knows`},
		{"v=DMARC1; policy=none; sp=none", `octet 11: "policy" is ignored by everybody; "p" was probably meant`},
		{"v=DMARC1; p=none; RUA=mailto:a@x.test", `octet 19: "RUA" is ignored by everybody; "rua" was probably meant`},
		{"v=DMARC1; p=none; pct=20", `octet 19: pct has been ignored since RFC 9989; older receivers still apply the policy to part of the mail only`},
		{"v=DMARC1; p=none; rua=mailto:a@x.test!50mb", `octet 23: "!50mb" is no size; one is written as "!10m"`},
		{"v=DMARC1; p=none; rua=mailto:a@x.test!50m", `octet 23: the size "!50m" has been ignored since RFC 9989`},
		{"v=DMARC1; p=none; rua=mailto:a@x.test mailto:b@x.test", `octet 23: "mailto:a@x.test mailto:b@x.test" has an octet that an address cannot have; commas stand between addresses`},
		{"v=DMARC1; p=none; adkim=strict", `octet 25: "strict" is nothing that adkim can be; want r or s`},
		{"v=DMARC1; p=none; p=reject", `octet 19: "p" stands here for the second time`},
		{`v=DMARC1; p=none\; sp=none`, `octet 17: a backslash stands here; in most zone editors ";" is written without one`},
	} {
		_, ps := Parse(tc.in)
		var lines []string
		for _, p := range ps {
			lines = append(lines, p.String())
		}
		if !slices.Contains(lines, tc.want) {
			t.Errorf("%q\n got %q\nwant %q", tc.in, lines, tc.want)
		}
	}
}

func TestWalkAsksAsTheRFCSays(t *testing.T) {
	for domain, want := range map[string]string{
		"test":              "test",
		"x.test":            "x.test test",
		"a.mail.x.test":     "a.mail.x.test mail.x.test x.test test",
		"a.b.c.d.e.f.x.com": "a.b.c.d.e.f.x.com b.c.d.e.f.x.com c.d.e.f.x.com d.e.f.x.com e.f.x.com f.x.com x.com com",
		// The example of RFC 9989 section 4.10.
		"a.b.c.d.e.f.g.h.i.j.mail.example.com": "a.b.c.d.e.f.g.h.i.j.mail.example.com g.h.i.j.mail.example.com h.i.j.mail.example.com i.j.mail.example.com j.mail.example.com mail.example.com example.com com",
	} {
		got := targets(domain)
		if strings.Join(got, " ") != want || len(got) > maxQueries {
			t.Errorf("%s:\n got %q\nwant %q", domain, got, want)
		}
	}
}

func TestPolicyIsFoundUpTheTree(t *testing.T) {
	const reject, none, quarantine = "v=DMARC1; p=reject" + rua, "v=DMARC1; p=none" + rua, "v=DMARC1; p=quarantine" + rua
	for _, tc := range []struct {
		name   string
		domain string
		zone   []string
		found  string
		source Source
		policy Policy
		org    string
		older  string
	}{
		{"own", "a.x.com", []string{"_dmarc.a.x.com.", reject, "_dmarc.x.com.", none}, "a.x.com", Own, Reject, "x.com", "a.x.com"},
		{"organisation", "a.x.com", []string{"_dmarc.x.com.", reject}, "x.com", Organisation, Reject, "x.com", "x.com"},
		{"highest wins", "a.b.x.com", []string{"_dmarc.b.x.com.", none, "_dmarc.x.com.", reject}, "x.com", Organisation, Reject, "x.com", "x.com"},
		{"sp", "a.x.com", []string{"_dmarc.x.com.", reject + "; sp=quarantine", "a.x.com.", "here"}, "x.com", Organisation, Quarantine, "x.com", "x.com"},
		{"np", "a.x.com", []string{"_dmarc.x.com.", reject + "; sp=quarantine; np=none"}, "x.com", Organisation, None, "x.com", "x.com"},
		{"np is not for what exists", "a.x.com", []string{"_dmarc.x.com.", reject + "; np=none", "a.x.com.", "here"}, "x.com", Organisation, Reject, "x.com", "x.com"},
		{"psd=n ends the walk", "a.b.x.com", []string{"_dmarc.b.x.com.", none + "; psd=n", "_dmarc.x.com.", reject}, "b.x.com", Organisation, None, "b.x.com", "x.com"},
		{"psd=y names the one below", "a.x.bank", []string{"_dmarc.bank.", reject + "; psd=y", "_dmarc.x.bank.", none}, "x.bank", Organisation, None, "x.bank", "x.bank"},
		{"registry", "a.x.bank", []string{"_dmarc.bank.", reject + "; psd=y; sp=quarantine"}, "bank", PublicSuffix, Quarantine, "x.bank", ""},
		{"several count as none", "a.x.com", []string{"_dmarc.a.x.com.", reject, "_dmarc.a.x.com.", none, "_dmarc.x.com.", quarantine}, "x.com", Organisation, Quarantine, "x.com", "x.com"},
		{"nothing", "a.x.com", nil, "", "", "", "a.x.com", ""},
		{"below the registered domain", "a.b.x.com", []string{"_dmarc.b.x.com.", reject}, "b.x.com", Organisation, Reject, "b.x.com", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			z := zone(t, append(tc.zone, "unrelated.", "")...)
			r := Check(t.Context(), z, tc.domain)
			if r.Found != tc.found || r.Source != tc.source || r.Policy != tc.policy || r.Organisation != tc.org || tc.older != r.Older && r.Found != "" {
				t.Errorf("found %q, source %q, policy %q, organisation %q, older %q", r.Found, r.Source, r.Policy, r.Organisation, r.Older)
			}
			differs := slices.Contains(codes(r.Findings()), "dmarc-older-receivers-differ info")
			if r.Found != "" && differs != (tc.older != tc.found) {
				t.Errorf("findings %q", codes(r.Findings()))
			}
		})
	}
}

func TestSeveralRecordsAreToldAlsoWhereAParentHelps(t *testing.T) {
	r := Check(t.Context(), zone(t, "_dmarc.a.x.com.", "v=DMARC1; p=none", "_dmarc.a.x.com.", "v=DMARC1; p=reject", "_dmarc.x.com.", "v=DMARC1; p=reject; rua=mailto:r@x.com"), "a.x.com")
	if got := codes(r.Findings()); r.Status != fact.Fail || !slices.Equal(got, []string{"dmarc-multiple warning"}) {
		t.Errorf("status %s, findings %q", r.Status, got)
	}
}

func TestRecordInTheWrongPlaceIsFound(t *testing.T) {
	for _, name := range []string{"x.test.", "_dmarc.x.test.x.test."} {
		r := Check(t.Context(), zone(t, name, "v=DMARC1; p=reject"), "x.test")
		if got := r.Findings(); r.Status != fact.Fail || len(got) != 1 || got[0].Code != CodeMisplaced || got[0].Detail+"." != name {
			t.Errorf("%s: status %s, findings %v", name, r.Status, got)
		}
	}
}

func TestOutsideDomainsAreAskedForTheirConsent(t *testing.T) {
	z := zone(t,
		"_dmarc.x.com.", "v=DMARC1; p=reject; rua=mailto:a@x.com,mailto:a@sub.x.com,mailto:a@yes.net,mailto:a@no.net,mailto:b@no.net; ruf=mailto:a@broken.net,mailto:c@yes.net",
		"x.com._report._dmarc.yes.net.", "v=DMARC1",
		"x.com._report._dmarc.no.net.", "some token",
	)
	z.Rcode["x.com._report._dmarc.broken.net. TXT"] = dns.RcodeServerFailure
	r := Check(t.Context(), z, "a.x.com")
	got := map[string]Consent{}
	for _, d := range slices.Concat(r.Aggregate, r.Failures) {
		got[d.Domain] = d.Consent
	}
	want := map[string]Consent{"x.com": NotNeeded, "sub.x.com": NotNeeded, "yes.net": Given, "no.net": Missing, "broken.net": NotKnown}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if n := z.Count("x.com._report._dmarc.no.net. TXT"); n != 1 {
		t.Errorf("asked %d times", n)
	}
	if got := codes(r.Findings()); !slices.Equal(got, []string{"dmarc-report-not-authorised warning"}) || r.Status != fact.Pass {
		t.Errorf("status %s, findings %q", r.Status, got)
	}
}

// N21: the places of one record cost a bounded number of questions.
func TestOutsideDomainsAreBounded(t *testing.T) {
	var places []string
	for i := range 16 {
		places = append(places, fmt.Sprintf("mailto:a@d%d.net", i))
	}
	z := dnsqtest.New(t, `_dmarc.x.com. 60 IN TXT "v=DMARC1\; p=reject\; rua=" "`+strings.Join(places[:8], ",")+`" ",`+strings.Join(places[8:], ",")+`"`)
	r := Check(t.Context(), z, "x.com")
	unknown := 0
	for _, d := range r.Aggregate {
		if d.Consent == NotKnown {
			unknown++
		}
	}
	if n := z.Count("* TXT"); n != 2+maxOutside || unknown != 16-maxOutside {
		t.Errorf("%d questions, %d places left unknown", n, unknown)
	}
}

func TestResolverTroubleIsNoVerdict(t *testing.T) {
	for name, tc := range map[string]struct {
		broken string
		zone   []string
		status fact.Status
	}{
		"own":                        {"_dmarc.a.x.com. TXT", []string{"_dmarc.x.com.", "v=DMARC1; p=none"}, fact.Error},
		"parent":                     {"_dmarc.x.com. TXT", []string{"u.", ""}, fact.Error},
		"parent does not matter":     {"_dmarc.x.com. TXT", []string{"_dmarc.a.x.com.", "v=DMARC1; p=none"}, fact.Pass},
		"last label":                 {"_dmarc.com. TXT", []string{"u.", ""}, fact.Error},
		"last label does not matter": {"_dmarc.com. TXT", []string{"_dmarc.x.com.", "v=DMARC1; p=none"}, fact.Pass},
	} {
		t.Run(name, func(t *testing.T) {
			z := zone(t, tc.zone...)
			z.Rcode[tc.broken] = dns.RcodeServerFailure
			r := Check(t.Context(), z, "a.x.com")
			if r.Status != tc.status {
				t.Errorf("status %s, failure %v", r.Status, r.Failure)
			}
			if tc.status != fact.Error {
				return
			}
			if got := codes(r.Findings()); !slices.Equal(got, []string{"dmarc-lookup-failed warning"}) {
				t.Errorf("findings %q", got)
			}
			r.Failure.Reason = fact.LocalResolver
			if got := r.Findings(); len(got) > 0 {
				t.Errorf("our own trouble was told as the domain's: %v", got)
			}
		})
	}
}

func TestEndOfContextIsNoVerdict(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if r := Check(ctx, zone(t, "_dmarc.x.com.", "v=DMARC1; p=none"), "x.com"); r.Status != fact.Error {
		t.Errorf("status %s", r.Status)
	}
}

func TestEveryCodeIsExplained(t *testing.T) {
	seen := map[fact.Code]bool{}
	for _, d := range Docs() {
		if seen[d.Code] || d.Check != CheckName || d.Meaning == "" || d.Effect == "" || d.Mend == "" || !strings.HasPrefix(string(d.Code), "dmarc-") {
			t.Errorf("%+v", d)
		}
		seen[d.Code] = true
	}
	for _, c := range []fact.Code{
		CodeMissing, CodeMultiple, CodeLookalike, CodeMisplaced, CodeSyntax, CodePolicyIgnored, CodePolicyNone, CodeWeakSubdomain,
		CodeTesting, CodePublicSuffix, CodeNoReports, CodeReportAddress, CodeNoConsent, CodeOutdated, CodeOlderDiffers, CodeUnknownTag, CodeLookupFailed,
	} {
		if !seen[c] {
			t.Errorf("%s has no row", c)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"v=DMARC1; p=none", "v=DMARC1;p=reject;sp=none;np=quarantine;psd=y;t=y;adkim=s;aspf=s;fo=d:s;rua=mailto:a@x.test!10m,https://x.test/;ruf=mailto:b@x.test;pct=1", "v=DMARC1;policy=;;="} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, ps := Parse(s)
		if Is(s) != (len(ps) == 0 || ps[0].Kind != BadVersion) {
			t.Fatalf("%q: recognised %v, problems %v", s, Is(s), ps)
		}
		for _, p := range ps {
			if p.Column < 0 || p.Column > len(s)+1 {
				t.Fatalf("octet %d of %d: %v", p.Column, len(s), p)
			}
		}
		again, ps := Parse(r.String())
		for _, p := range ps {
			if !harmless(p.Kind) && p.Kind != NoPolicy {
				t.Fatalf("%q became %q with %v", s, r.String(), ps)
			}
		}
		if again.String() != r.String() {
			t.Fatalf("%q became %q", r.String(), again.String())
		}
	})
}
