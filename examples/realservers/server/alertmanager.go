//go:build linux

package server

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"testing"
)

// The tools that come with Prometheus and Alertmanager.
const (
	Promtool = "/usr/bin/promtool"
	Amtool   = "/usr/bin/amtool"
)

// Alertmanager is a running Alertmanager.
type Alertmanager struct {
	*Process
	Address string // host:port
}

// Alert is one that Alertmanager holds.
type Alert struct {
	Labels, Annotations map[string]string
	Status              struct {
		State       string   // active, suppressed or unprocessed
		InhibitedBy []string // fingerprints of what holds it back
	}
}

// StartAlertmanager starts Debian's Alertmanager with a configuration, alone,
// and returns when it is ready.
func StartAlertmanager(t testing.TB, configuration []byte) *Alertmanager {
	t.Helper()
	dir := Folder(t, "alertmanager")
	file := filepath.Join(dir, "alertmanager.yml")
	if err := os.WriteFile(file, configuration, 0o600); err != nil {
		t.Fatal(err)
	}
	a := &Alertmanager{Address: At("127.0.0.1", Port(t))}
	a.Process = Start(t, dir, "alertmanager", "/usr/bin/prometheus-alertmanager",
		"--config.file="+file, "--storage.path="+filepath.Join(dir, "data"),
		"--web.listen-address="+a.Address, "--cluster.listen-address=")
	a.Ready(t, "says that it is ready", func() bool {
		code, _, err := fetch(t.Context(), "http://"+a.Address+"/-/ready")
		return err == nil && code == http.StatusOK
	})
	return a
}

// Alerts is what it holds now, what is held back included.
func (a *Alertmanager) Alerts(t testing.TB) (all []Alert) {
	t.Helper()
	_, body, err := fetch(t.Context(), "http://"+a.Address+"/api/v2/alerts")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(body, &all); err != nil {
		t.Fatalf("%v in %q", err, body)
	}
	return all
}
