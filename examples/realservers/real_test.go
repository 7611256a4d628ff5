//go:build real

package realservers

import (
	"fmt"
	"strings"
	"testing"

	"mx_exporter/examples/realservers/server"
)

// TestRealServers shares one resolver and one exporter among all that follows;
// go test -run TestRealServers/greylisting runs one of them.
func TestRealServers(t *testing.T) {
	l := newLab(t)
	for _, test := range []struct {
		name string
		run  func(*testing.T, *lab)
	}{
		{"a pair of servers as Prometheus sees it", pairAsPrometheusSeesIt},
		{"check on the command line", checkOnTheCommandLine},
		{"three products take mail for postmaster", threeProductsTakeMail},
		{"OpenSMTPD that breaks in its TLS handshake", openSMTPDBreaksInItsHandshake},
		{"postscreen lets a client wait that has manners", postscreenLetsWait},
		{"greylisting is not a failure of the server", greylisting},
		{"too many connections", tooManyConnections},
		{"TLS is required before MAIL", tlsRequired},
		{"a backup takes what its primary refuses", backupTakesEverything},
		{"a line that cuts, resets, dies or dawdles", badLines},
		{"what sendmail sends back is understood", sendmailSendsBack},
		{"replies are as recorded", repliesAreAsRecorded},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, l) })
	}
}

// series is one that /probe must expose, with its value.
type series struct {
	name   string
	labels string // key=value, separated by spaces
	value  float64
}

// expect probes a domain once and compares what must be there.
func (l *lab) expect(t *testing.T, module, domain string, want ...series) server.Exposition {
	t.Helper()
	got := l.exporter.Probe(t, module, domain)
	for _, w := range want {
		if err := w.in(got); err != nil {
			t.Errorf("%s, module %s: %v", domain, module, err)
		}
	}
	if t.Failed() {
		t.Logf("%s, module %s, answered:\n%s", domain, module, got)
	}
	return got
}

// in says whether there is exactly one such series and it has the value.
func (w series) in(e server.Exposition) error {
	labels := map[string]string{}
	for _, pair := range strings.Fields(w.labels) {
		k, v, _ := strings.Cut(pair, "=")
		labels[k] = v
	}
	found := e.Where(w.name, labels)
	if len(found) != 1 || found[0].Value != w.value {
		return fmt.Errorf("%s{%s} should be %v, and the answer has\n%s", w.name, w.labels, w.value, e.Where(w.name, nil))
	}
	return nil
}
