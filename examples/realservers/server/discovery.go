//go:build linux

package server

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// BuildDiscovery builds mx_sd and gives the path of the program.
func BuildDiscovery(t testing.TB) string {
	t.Helper()
	program := filepath.Join(Folder(t, "mx_sd"), "mx_sd")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "mx_exporter/cmd/mx_sd")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return program
}

// StartDiscovery starts mx_sd serve with a configuration and returns its host:port
// when it is ready.
func StartDiscovery(t testing.TB, program string, configuration []byte) (address string) {
	t.Helper()
	dir := Folder(t, "mx_sd-serve")
	file := filepath.Join(dir, "mx_sd.yml")
	if err := os.WriteFile(file, configuration, 0o600); err != nil {
		t.Fatal(err)
	}
	address = At("127.0.0.1", Port(t))
	p := Start(t, dir, "mx_sd", program, "serve", "--config.file="+file, "--web.listen-address="+address)
	p.Ready(t, "says that it is ready", func() bool {
		code, _, err := fetch(t.Context(), "http://"+address+"/-/ready")
		return err == nil && code == http.StatusOK
	})
	return address
}
