package mtasts_test

import (
	"slices"
	"strings"
	"testing"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/mtasts"
)

func result(p *mtasts.Policy) *mtasts.Result {
	return &mtasts.Result{
		Record: &mtasts.Record{ID: "1"}, Records: 1, Policy: p,
		Fetch: &mtasts.Fetch{StatusCode: 200, ContentType: "text/plain"},
	}
}

// RFC 8461 sections 4 and 5.
func TestWouldDeliver(t *testing.T) {
	policy := func(m mtasts.Mode, total int) *mtasts.Policy {
		return &mtasts.Policy{Mode: m, MX: []string{"mx1.d.test"}, MXTotal: total, MaxAge: 1209600}
	}
	for _, c := range []struct {
		name            string
		p               *mtasts.Policy
		host            string
		offered, pkixOK bool
		want            mtasts.Ground
		severity        fact.Severity // of the host's finding
	}{
		{"no policy", nil, "mx1.d.test", false, false, mtasts.NoPolicy, ""},
		{"mode none", policy(mtasts.ModeOff, 1), "mx9.d.test", false, false, mtasts.NotEnforced, ""},
		{"testing, broken", policy(mtasts.Testing, 1), "mx1.d.test", true, false, mtasts.NotEnforced, fact.Warning},
		{"testing, right", policy(mtasts.Testing, 1), "mx1.d.test", true, true, mtasts.NotEnforced, ""},
		{"right", policy(mtasts.Enforce, 1), "MX1.d.test.", true, true, mtasts.Verified, ""},
		{"not named", policy(mtasts.Enforce, 1), "mx2.d.test", true, true, mtasts.NotCovered, ""},
		{"no STARTTLS", policy(mtasts.Enforce, 1), "mx1.d.test", false, false, mtasts.TLSNotOffered, fact.Critical},
		{"bad certificate", policy(mtasts.Enforce, 1), "mx1.d.test", true, false, mtasts.NotVerified, fact.Critical},
		{"named where we did not look", policy(mtasts.Enforce, 101), "mx2.d.test", true, true, mtasts.Verified, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := result(c.p)
			ok, g := r.WouldDeliver(c.host, c.offered, c.pkixOK)
			if g != c.want || ok != (slices.Index(mtasts.Grounds(), g) <= slices.Index(mtasts.Grounds(), mtasts.Verified)) {
				t.Errorf("%v %s, want %s", ok, g, c.want)
			}
			fs := r.HostFindings([]mtasts.Seen{{Host: c.host, Address: "192.0.2.1", Offered: c.offered, Verified: c.pkixOK}})
			switch {
			case c.severity == "" && len(fs) > 0:
				t.Errorf("findings %+v", fs)
			case c.severity != "" && (len(fs) != 1 || fs[0].Severity != c.severity || fs[0].Address != "192.0.2.1" || fs[0].Code != mtasts.CodeHost):
				t.Errorf("findings %+v, want one %s", fs, c.severity)
			}
		})
	}
}

// Row A5: each host is compared with the policy, and what was cut off is not
// held against one.
func TestCoverage(t *testing.T) {
	hosts := []string{"mx1.d.test.", "MX2.d.test"}
	r := result(&mtasts.Policy{Mode: mtasts.Enforce, MX: []string{"mx1.d.test"}, MXTotal: 1, MaxAge: 1209600})
	r.Cover(hosts)
	if r.Status != fact.Fail || len(r.Coverage) != 2 || !r.Coverage[0].Covered || r.Coverage[1] != (mtasts.Coverage{Host: "mx2.d.test"}) {
		t.Errorf("%s %+v", r.Status, r.Coverage)
	}
	fs := r.Findings()
	if len(fs) != 1 || fs[0].Severity != fact.Critical || fs[0].Host != "mx2.d.test" {
		t.Errorf("%+v", fs)
	}
	r.Policy.Mode = mtasts.Testing
	if fs := r.Findings(); len(fs) != 2 || fs[0].Severity != fact.Warning || fs[1].Severity != fact.Info {
		t.Errorf("%+v", fs)
	}
	r.Policy.MXTotal = 101
	r.Cover(hosts)
	if r.Status != fact.Pass || len(r.Coverage) != 1 {
		t.Errorf("%s %+v", r.Status, r.Coverage)
	}
	r.Cover(nil)
	if r.Status != fact.Pass || len(r.Coverage) != 0 {
		t.Errorf("without hosts: %s %+v", r.Status, r.Coverage)
	}
}

func TestShortAges(t *testing.T) {
	for age, want := range map[int64]fact.Severity{0: fact.Warning, 86399: fact.Warning, 86400: fact.Info, 604799: fact.Info, 604800: ""} {
		r := result(&mtasts.Policy{Mode: mtasts.Enforce, MX: []string{"mx1.d.test"}, MXTotal: 1, MaxAge: age})
		fs := r.Findings()
		if want == "" && len(fs) > 0 || want != "" && (len(fs) != 1 || fs[0].Code != mtasts.CodeMaxAge || fs[0].Severity != want) {
			t.Errorf("%d: %+v, want %q", age, fs, want)
		}
	}
}

func TestEveryCodeIsExplained(t *testing.T) {
	known := map[fact.Code]bool{}
	for _, d := range mtasts.Docs() {
		if d.Check != mtasts.Name || !strings.HasPrefix(string(d.Code), "mta-sts-") || known[d.Code] {
			t.Errorf("%+v", d)
		}
		known[d.Code] = true
		for _, text := range []string{d.Meaning, d.Effect, d.Mend} {
			if !strings.HasSuffix(text, ".") {
				t.Errorf("%s: %q is no full sentence", d.Code, text)
			}
		}
	}
	codes := []fact.Code{
		mtasts.CodeRecord, mtasts.CodeUnreachable, mtasts.CodePending, mtasts.CodePolicy, mtasts.CodeUntidy, mtasts.CodeContentType,
		mtasts.CodeNotCovered, mtasts.CodeHost, mtasts.CodeTesting, mtasts.CodeModeNone, mtasts.CodeIDUnchanged, mtasts.CodeMaxAge,
	}
	for _, c := range codes {
		if !known[c] {
			t.Errorf("%s is not explained", c)
		}
	}
	if len(known) != len(codes) {
		t.Errorf("%d codes, and %d of them explained", len(codes), len(known))
	}
}
