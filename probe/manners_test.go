package probe

import (
	"slices"
	"testing"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/smtp"
)

// told gives the codes of all findings of a severity.
func told(r *Result, s fact.Severity) (codes []string) {
	for _, f := range r.Findings {
		if f.Severity == s {
			codes = append(codes, string(f.Code))
		}
	}
	return codes
}

func TestAGreetingThatComesLateIsTold(t *testing.T) {
	for _, c := range []struct {
		took time.Duration
		want bool
	}{{slowBanner, true}, {slowBanner - time.Millisecond, false}} {
		r := seen(t, config.Module{}, "10 mx1: ok")
		d := r.Hosts[0].Addresses[0].Dialogue
		d.Stages = append(d.Stages, smtp.Stage{Stage: fact.Banner, Took: fact.Elapsed(c.took)})
		judgeVerdict(t, r, fact.Satisfactory)
		if got := slices.Contains(told(r, fact.Info), "slow-banner"); got != c.want {
			t.Errorf("after %s: findings %v", c.took, r.Findings)
		}
	}
}

func TestSilenceOfTheWholeWorldIsTold(t *testing.T) {
	r := seen(t, config.Module{}, "10 mx1: connect connect_timeout")
	r.EgressSuspect = true
	judgeVerdict(t, r, fact.Unknown)
	if !slices.Contains(told(r, fact.Warning), "egress-blocked") {
		t.Errorf("findings %v", r.Findings)
	}
}
