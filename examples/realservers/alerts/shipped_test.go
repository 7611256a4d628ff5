//go:build real

package alerts

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mx_exporter/examples/realservers/server"
)

const (
	// promised is what the documentation says of the shipped files at their own
	// pace, from the first command on.
	promised = 3 * time.Minute
	// inside is set in the process that has a network of its own, and names the
	// program to show.
	inside = "MX_EXPORTER_OWN_NETWORK"
)

// What a reader of the documentation does: the demo, Prometheus and Alertmanager
// with the shipped files as they are. They name ports, which something else may
// have, so the test runs again in a network of its own that has nothing but
// loopback (network_namespaces(7)).
func TestShippedFilesShowADeadBackupWithinThreeMinutes(t *testing.T) {
	t.Parallel()
	if demo := os.Getenv(inside); demo != "" {
		shipped(t, demo)
		return
	}
	program := filepath.Join(server.Folder(t, "demo"), "demo")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "mx_exporter/examples/demo").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	again := exec.CommandContext(t.Context(), "unshare", "--net", "--", self, "-test.v", "-test.run=^"+t.Name()+"$")
	again.Env = append(os.Environ(), inside+"="+program)
	out, err := again.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "told after") {
		t.Errorf("%v; a network of its own needs root", err)
	}
	t.Logf("%s", out)
}

func shipped(t *testing.T, demo string) {
	tool(t, ".", "ip", "link", "set", "lo", "up")
	w := &world{
		webhook:      server.StartWebhook(t, strings.TrimSuffix(strings.TrimPrefix(webhookURL, "http://"), "/alerts")),
		alertmanager: &server.Alertmanager{Address: alertmanagerAddress},
	}
	started := time.Now()
	for name, command := range map[string][]string{
		"demo":         {demo},
		"prometheus":   {"prometheus", "--config.file=" + absolute(t, "../../prometheus/prometheus.yml"), "--storage.tsdb.path=data"},
		"alertmanager": {"prometheus-alertmanager", "--config.file=" + absolute(t, "../../alertmanager/alertmanager.yml"), "--storage.path=data", "--cluster.listen-address="},
	} {
		server.Start(t, server.Folder(t, name), name, command[0], command[1:]...)
	}
	server.Eventually(t, promised, "Alertmanager listens", func() (bool, string) {
		return exec.CommandContext(t.Context(), "curl", "-sf", "http://"+alertmanagerAddress+"/-/ready").Run() == nil, ""
	})
	w.told(t, "firing", "MXBackupDown", "backup-refuses.test", promised-time.Since(started))
	t.Logf("told after %v", time.Since(started).Round(time.Second))
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return path
}
