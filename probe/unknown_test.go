package probe_test

import (
	"strings"
	"testing"

	"mx_exporter/examples/maillab/labtest"
	"mx_exporter/probe"
	"mx_exporter/probe/fact"
)

const unknownLab = `title: t
shows: s
domain: unknown.test
verdict: impaired

-- zone --
@      MX 10 strict
@      MX 20 lax
strict A  192.0.2.10
lax    A  192.0.2.11

-- server strict --
listen: 192.0.2.10:25

-- server lax --
listen: 192.0.2.11:25
mailboxes: *
`

func TestUnknownRecipientIsAskedAboutOnceAndRemembered(t *testing.T) {
	w := newWorld(t, labtest.StartWith(t, unknownLab))
	if r := w.probe(t, "unknown.test"); r.Verdict != fact.Satisfactory || said(t, r, "lax.unknown.test") != nil {
		t.Errorf("unasked: %s", r.Why)
	}
	w.module.Recipients.Random = true
	first := w.probe(t, "unknown.test")
	again := w.probe(t, "unknown.test")
	for _, r := range []*probe.Result{first, again} {
		if r.Verdict != fact.Impaired || codes(r) != "backup-accepts-unknown" || r.Findings[0].Host != "lax.unknown.test" {
			t.Errorf("%s, %+v", r.Verdict, r.Findings)
		}
	}
	for _, host := range []string{"strict.unknown.test", "lax.unknown.test"} {
		address := said(t, first, host).Address
		if local, domain, _ := strings.Cut(address, "@"); domain != "unknown.test" || len(local) < 30 {
			t.Errorf("asked about %s, which somebody may have", address)
		}
		if said(t, again, host).Address != address || hostNamed(t, again, host).Addresses[0].Dialogue.Unknown != nil {
			t.Errorf("%s was asked again", host)
		}
	}
}

func said(t *testing.T, r *probe.Result, host string) *probe.UnknownRecipient {
	t.Helper()
	return hostNamed(t, r, host).Addresses[0].Unknown
}
