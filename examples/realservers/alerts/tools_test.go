//go:build real

package alerts

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"mx_exporter/examples/realservers/server"
)

// tool runs one of Prometheus's tools in a folder and returns what it said. It
// must be content.
func tool(t *testing.T, dir, program string, args ...string) string {
	t.Helper()
	c := exec.CommandContext(t.Context(), program, args...)
	c.Dir = dir
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v; has examples/realservers/install.sh been run?\n%s", program, args, err, out)
	}
	return string(out)
}

func TestPromtoolTakesTheConfigurationAndTheRules(t *testing.T) {
	for _, file := range []string{"prometheus.yml", "http_sd.yml"} {
		said := tool(t, "../../prometheus", server.Promtool, "check", "config", "--lint=all", "--lint-fatal", file)
		if !strings.Contains(said, file+" is valid") {
			t.Error(said)
		}
	}
}

// Each alert fires where it should and stays quiet where it should.
func TestPromtoolRunsTheTestsOfEveryAlert(t *testing.T) {
	files, err := filepath.Glob("../../prometheus/rules/tests/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no tests: %v", err)
	}
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) {
			t.Parallel()
			tool(t, filepath.Dir(f), server.Promtool, "test", "rules", filepath.Base(f))
		})
	}
}

func TestAmtoolTakesTheConfiguration(t *testing.T) {
	said := tool(t, "../../alertmanager", server.Amtool, "check-config", "alertmanager.yml")
	if !strings.Contains(said, "SUCCESS") || !strings.Contains(said, "inhibit rules") {
		t.Error(said)
	}
}

// Planned maintenance: alerts of a domain with the label go by the route that is
// muted in its window, what is critical does not.
func TestAmtoolFindsTheRouteOfAnAlert(t *testing.T) {
	for labels, want := range map[string]string{
		"alertname=MXBackupDown severity=warning maintenance=sunday_night":         `maintenance="sunday_night"`,
		"alertname=MXDomainCompromised severity=critical maintenance=sunday_night": `severity="critical"`,
		"alertname=MXDANENoSpare severity=info":                                    `severity="info"`,
		"alertname=MXBackupDown severity=warning":                                  "default-route  receiver: people",
	} {
		args := append([]string{"config", "routes", "test", "--config.file=alertmanager.yml", "--tree", "--verify.receivers=people"}, strings.Fields(labels)...)
		said := tool(t, "../../alertmanager", server.Amtool, args...)
		if _, matching, ok := strings.Cut(said, "Matching routes:"); !ok || !strings.Contains(matching, want) {
			t.Errorf("%s: no route %s in\n%s", labels, want, said)
		}
	}
}
