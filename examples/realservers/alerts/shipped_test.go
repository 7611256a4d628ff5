//go:build real

package alerts

import (
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"mx_exporter/examples/realservers/server"
)

// promised is what the documentation says of the shipped files at their own
// pace.
const promised = 3 * time.Minute

// What a reader of the documentation does: the demo, and Prometheus and
// Alertmanager with the shipped files as they are. Only their addresses are
// others, so that the test can run beside anything.
func TestShippedFilesShowADeadBackupWithinThreeMinutes(t *testing.T) {
	t.Parallel()
	dir := server.Folder(t, "demo")
	program := filepath.Join(dir, "demo")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "mx_exporter/examples/demo").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	address := server.At("127.0.0.1", server.Port(t))
	started := time.Now()
	server.Start(t, dir, "demo", program, "--listen", address).Listens(t, address)
	w := watch(t, address, nil, asShipped)
	w.told(t, "firing", "MXBackupDown", "backup-refuses.test", promised-time.Since(started))
	t.Logf("told after %v", time.Since(started).Round(time.Second))
}
