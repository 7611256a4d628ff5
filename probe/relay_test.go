package probe_test

import (
	"os"
	"strings"
	"testing"

	"mx_exporter/examples/maillab/labtest"
	"mx_exporter/probe"
	"mx_exporter/probe/fact"
)

const relayLab = `title: t
shows: s
domain: relay.test
verdict: impaired

-- zone --
@    MX 10 open
@    MX 20 shut
open A  192.0.2.10
shut A  192.0.2.11

-- server open --
listen: 192.0.2.10:25
open-relay: on

-- server shut --
listen: 192.0.2.11:25
`

func TestOpenRelayIsFoundWhereTheModuleAsks(t *testing.T) {
	w := newWorld(t, labtest.StartWith(t, relayLab))
	if r := w.probe(t, "relay.test"); r.Verdict != fact.Satisfactory || r.Hosts[0].Addresses[0].Dialogue.Relay != nil {
		t.Errorf("unasked: %s", r.Why)
	}
	w.module.SMTP.OpenRelay = true
	r := w.probe(t, "relay.test")
	if r.Verdict != fact.Impaired || codes(r) != "open-relay" || r.Findings[0].Host != "open.relay.test" {
		t.Errorf("%s, %+v", r.Verdict, r.Findings)
	}
	for host, want := range map[string]bool{"open.relay.test": true, "shut.relay.test": false} {
		d := hostNamed(t, r, host).Addresses[0].Dialogue
		if _, open := probe.OpensRelay(d); open != want || len(d.Relay) == 0 || d.Failure != nil {
			t.Errorf("%s: open %v, %+v", host, open, d.Relay)
		}
	}
}

// Whoever relies on the test can read which forms it tries, and which not.
func TestThePagesSayWhichFormsAreTried(t *testing.T) {
	for file, mark := range map[string]string{"../config/README.md": "| `smtp.open_relay` |", "FINDINGS.md": "open relay)"} {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, row, _ := strings.Cut(string(b), mark)
		row, _, _ = strings.Cut(row, "\n")
		for _, said := range []string{"example.com", "source route", "user%domain"} {
			if !strings.Contains(row, said) {
				t.Errorf("%s does not say %s: %s", file, said, row)
			}
		}
	}
}
