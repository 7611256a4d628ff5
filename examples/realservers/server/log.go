//go:build linux

package server

import (
	"os"
	"strings"
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
