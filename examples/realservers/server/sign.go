//go:build linux

package server

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Signed is a zone with its signatures, made by the programs of NLnet Labs'
// ldns (Debian's ldnsutils).
type Signed struct {
	Zone string // master-file text
	DS   string // the record that its parent publishes
	Key  string // the DNSKEY record, for whoever begins to trust here
}

// Sign signs a zone, given as master-file text, by a new key. The signatures are
// good for some weeks.
func Sign(t testing.TB, origin, zone string) Signed {
	t.Helper()
	dir := Folder(t, "sign")
	plain, signed := filepath.Join(dir, "zone"), filepath.Join(dir, "zone.signed")
	if err := os.WriteFile(plain, []byte(zone), 0o600); err != nil {
		t.Fatal(err)
	}
	key := run(t, dir, "ldns-keygen", "-a", "ECDSAP256SHA256", "-k", origin)
	run(t, dir, "ldns-signzone", "-o", origin, "-f", signed, plain, key)
	record, _, _ := strings.Cut(contents(t, filepath.Join(dir, key+".key")), " ;") // a comment follows
	return Signed{contents(t, signed), contents(t, filepath.Join(dir, key+".ds")), strings.TrimSpace(record)}
}

// run returns what a command prints, and fails the test if the command fails.
func run(t testing.TB, dir, program string, args ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), program, args...)
	command.Dir = dir
	var complaints strings.Builder
	command.Stderr = &complaints
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s: %v; has examples/realservers/install.sh been run? %s", program, err, complaints.String())
	}
	return strings.TrimSpace(string(out))
}

// contents is a file without the white space around it.
func contents(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(b))
}
