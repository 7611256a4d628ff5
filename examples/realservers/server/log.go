//go:build linux

package server

import (
	"os"
	"strings"
	"testing"
)

// What is shown of a program's output: the end is where the reason stands.
const (
	shownLines   = 40
	shownColumns = 200
)

// tail is the end of a log, cut to what can be read.
func tail(path string) string {
	b, err := os.ReadFile(path)
	if err != nil {
		return "    " + err.Error()
	}
	lines := strings.Split(strings.TrimRight(string(b), "\n"), "\n")
	if n := len(lines) - shownLines; n > 0 {
		lines = lines[n:]
	}
	for i, l := range lines {
		if len(l) > shownColumns {
			l = l[:shownColumns] + " …"
		}
		lines[i] = "    " + l
	}
	return strings.Join(lines, "\n")
}

// Wrote is all that the program has written so far.
func (p *Process) Wrote(t testing.TB) string {
	t.Helper()
	b, err := os.ReadFile(p.log)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
