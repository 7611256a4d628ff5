// Package pdftest finds the program that tests start to read PDFs.
package pdftest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Program is the running test itself, whose TestMain has to know pdf.Command. A
// test with the race detector in it is built once more without: the detector's
// own memory alone is beyond what a child may use.
func Program(t testing.TB) string {
	t.Helper()
	if !instrumented {
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		return self
	}
	program := filepath.Join(t.TempDir(), "child")
	build := exec.CommandContext(t.Context(), "go", "test", "-race=false", "-c", "-o", program, ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go test -c: %v\n%s", err, out)
	}
	return program
}
