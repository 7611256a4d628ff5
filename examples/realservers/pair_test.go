//go:build real

package realservers

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mx_exporter/examples/realservers/server"
)

// scrapedWithin is ample for two scrapes on a loaded machine.
const scrapedWithin = 30 * time.Second

// pairAsPrometheusSeesIt stops the backup, then the primary, and starts both
// again. The configuration of Prometheus is the documented one, with only its
// targets, the exporter's address and the times replaced.
func pairAsPrometheusSeesIt(t *testing.T, l *lab) {
	prometheus := server.StartPrometheus(t, fill(t, "../prometheus/prometheus.yml", map[string]string{
		"targets/*.yml":       pairTargets(t),
		"rules/*.yml":         "none/*.yml", // what alerts do is tested in package alerts
		"127.0.0.1:10925":     l.exporter.Address,
		"scrape_interval: 1m": "scrape_interval: 2s",
		"scrape_timeout: 1m":  "scrape_timeout: 2s",
	}))
	await := func(expression string) {
		t.Helper()
		prometheus.Await(t, scrapedWithin, expression, `{job="mx", instance="pair.test", __name__=~"probe_success|mx_.*"}`)
	}

	postfix := l.postfix(t, "postfix.pair.test", "pair.test")
	exim := l.exim(t, "exim.pair.test", "pair.test")
	await(`mx_verdict{instance="pair.test", verdict="satisfactory"} == 1`)
	await(`probe_success{instance="pair.test"} == 1`)
	await(`mx_host_up{instance="pair.test", host="postfix.pair.test", role="primary"} == 1`)
	await(`mx_host_up{instance="pair.test", host="exim.pair.test", role="backup"} == 1`)
	await(`count(mx_smtp_reply_code{instance="pair.test", stage="rcpt"} == 250) >= 2`)
	await(`min(mx_tls_verified{instance="pair.test", method="pkix"}) == 1`)

	exim.Stop(t)
	await(`mx_verdict{instance="pair.test", verdict="impaired"} == 1`)
	await(`mx_host_up{instance="pair.test", role="backup"} == 0`)
	await(`mx_host_up{instance="pair.test", role="primary"} == 1`)
	await(`mx_smtp_failure_info{instance="pair.test", host="exim.pair.test", stage="connect", reason="refused"} == 1`)
	await(`probe_success{instance="pair.test"} == 1`)

	postfix.Stop(t)
	await(`mx_verdict{instance="pair.test", verdict="compromised"} == 1`)
	await(`mx_host_up{instance="pair.test", role="primary"} == 0`)
	await(`probe_success{instance="pair.test"} == 0`)

	l.postfix(t, "postfix.pair.test", "pair.test")
	l.exim(t, "exim.pair.test", "pair.test")
	await(`mx_verdict{instance="pair.test", verdict="satisfactory"} == 1`)
	await(`up{job="mx_exporter"} == 1`)
}

// pairTargets is a file of domains, as operators write them.
func pairTargets(t *testing.T) string {
	t.Helper()
	file := filepath.Join(server.Folder(t, "targets"), "pair.yml")
	if err := os.WriteFile(file, []byte("- targets: [pair.test, trio.test]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// checkOnTheCommandLine looks once without a server of the exporter's own, and
// knows the verdict by the exit code.
func checkOnTheCommandLine(t *testing.T, l *lab) {
	check := func(want int, says string) {
		t.Helper()
		command := exec.CommandContext(t.Context(), l.exporter.Program,
			"check", "pair.test", "--config.file="+l.exporter.Configuration)
		out, _ := command.CombinedOutput()
		if got := command.ProcessState.ExitCode(); got != want || !strings.Contains(string(out), says) {
			t.Errorf("check exits with %d, want %d and %q in\n%s", got, want, says, out)
		}
	}
	postfix := l.postfix(t, "postfix.pair.test", "pair.test")
	exim := l.exim(t, "exim.pair.test", "pair.test")
	check(0, "satisfactory")
	exim.Stop(t)
	check(1, "impaired")
	postfix.Stop(t)
	check(2, "compromised")
}
