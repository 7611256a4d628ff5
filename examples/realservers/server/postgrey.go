//go:build linux

package server

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// StartPostgrey starts the greylisting policy server. It puts every stranger
// off for that long, postmaster's mail included, which Debian's own list of
// exceptions would let through.
func StartPostgrey(t testing.TB, listen string, delay time.Duration) *Process {
	t.Helper()
	dir := Folder(t, "postgrey")
	exceptions := filepath.Join(dir, "exceptions")
	if err := os.WriteFile(exceptions, nil, 0o644); err != nil { // read by the user postgrey; empty
		t.Fatal(err)
	}
	p := Start(t, dir, "postgrey", "/usr/sbin/postgrey",
		"--inet="+listen, "--dbdir="+owned(t, dir, "db", "postgrey"),
		"--user=postgrey", "--group=postgrey", "--hostname=postgrey.test",
		"--whitelist-clients="+exceptions, "--whitelist-recipients="+exceptions,
		"--auto-whitelist-clients=0", "--delay="+strconv.Itoa(int(delay.Seconds())))
	p.Listens(t, listen)
	return p
}
