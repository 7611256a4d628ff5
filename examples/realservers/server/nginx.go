//go:build linux

package server

import (
	"os"
	"path/filepath"
	"testing"
)

// StartNginx starts Debian's nginx with a configuration, which is given a folder
// of its own to write to, and returns when it listens at the address and port.
func StartNginx(t testing.TB, listen string, configuration func(dir string) string) *Process {
	t.Helper()
	dir := Folder(t, "nginx")
	file := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(file, []byte(configuration(dir)), 0o600); err != nil {
		t.Fatal(err)
	}
	p := Start(t, dir, "nginx", "/usr/sbin/nginx", "-c", file, "-e", "stderr")
	p.Listens(t, listen)
	return p
}
