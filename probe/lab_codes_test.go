package probe_test

import (
	"os"
	"strings"
	"testing"

	"mx_exporter/examples/maillab"
	"mx_exporter/probe"
	"mx_exporter/probe/fact"
)

// elsewhere is why no scenario of the lab shows a code, and which test makes the
// finding instead.
type elsewhere struct {
	why, file, test string
}

// beyondTheLab are the codes that one look at one domain from a sound machine
// cannot show.
func beyondTheLab() map[fact.Code]elsewhere {
	const (
		ours = "it is our own trouble and not a domain's"
	)
	return map[fact.Code]elsewhere{
		"mta-sts-id-unchanged": {"it takes two looks", "mtasts/check_test.go", "TestChangesAreSeenAcrossProbes"},
		probe.MXTTLShort:       {"it takes some minutes", "judge_lint_test.go", "TestDefinition"},
		probe.SlowBanner:       {"it takes a quarter of a minute", "manners_test.go", "TestAGreetingThatComesLateIsTold"},
		probe.ResolverDown:     {ours, "run_test.go", "TestDeadResolverIsUnknown"},
		probe.ResolverLies:     {ours, "selfcheck_test.go", "TestNothingRestsOnTheWordOfALiar"},
		probe.ClockSuspect:     {ours, "selfcheck_test.go", "TestAWrongClockSpoilsNoCertificate"},
		probe.NotTestedCode:    {ours, "policies_test.go", "TestPolicyThatIsNotToldInTimeIsLeftOut"},
		probe.LocalTrouble:     {ours, "run_test.go", "TestMissingRouteOfOneFamilyChangesNoVerdict"},
		probe.EgressBlocked:    {ours, "manners_test.go", "TestSilenceOfTheWholeWorldIsTold"},
		probe.ExporterDefect:   {ours, "run_test.go", "TestPanicCostsOneAddress"},

		probe.LoginBackedOff: {"it takes four looks", "backoff_test.go", "TestRefusedLoginsAreSpacedOut"},
	}
}

// Issue 5: the lab covers each finding code.
func TestEachCodeIsShownByAScenario(t *testing.T) {
	all, err := maillab.Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	shown := map[fact.Code]string{}
	for _, s := range all {
		for _, c := range s.Findings {
			shown[fact.Code(c)] = s.Name
		}
	}
	exceptions := beyondTheLab()
	for _, d := range probe.Catalog() {
		e, excepted := exceptions[d.Code]
		switch s := shown[d.Code]; {
		case s == "" && !excepted:
			t.Errorf("no scenario shows %s: write one in examples/maillab/scenarios", d.Code)
		case s != "" && excepted:
			t.Errorf("scenario %s shows %s, which is listed as beyond the lab because %s", s, d.Code, e.why)
		}
		delete(shown, d.Code)
		delete(exceptions, d.Code)
	}
	for c, s := range shown {
		t.Errorf("scenario %s states %s, and there is no such code", s, c)
	}
	for c := range exceptions {
		t.Errorf("%s is listed as beyond the lab, and there is no such code", c)
	}
}

// What stands in for a scenario is a test that says the code.
func TestEachCodeBeyondTheLabHasItsTest(t *testing.T) {
	for c, e := range beyondTheLab() {
		b, err := os.ReadFile(e.file)
		if err != nil {
			t.Fatal(err)
		}
		_, body, found := strings.Cut(string(b), "\nfunc "+e.test+"(")
		body, _, _ = strings.Cut(body, "\n}")
		switch {
		case !found:
			t.Errorf("%s: there is no %s in %s", c, e.test, e.file)
		case !strings.Contains(body, string(c)):
			t.Errorf("%s in %s does not say %s", e.test, e.file, c)
		}
	}
}
