package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"

	"mx_exporter/config"
	"mx_exporter/probe"
)

// maxListed bounds the targets of one list.
const maxListed = 100_000

// readList reads a file with a target on each line. Empty lines, and what
// follows a # at the beginning of a line or behind a space, are left out. The
// error names the line.
func readList(file string, stdin io.Reader, m config.Module) ([]probe.Target, error) {
	in, shown := stdin, "standard input"
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in, shown = f, file
	}
	var targets []probe.Target
	lines := bufio.NewScanner(in)
	for n := 1; lines.Scan(); n++ {
		text := withoutComment(lines.Text())
		if text == "" {
			continue
		}
		t, err := trusted(text, m)
		if err != nil {
			return nil, fmt.Errorf("%s line %d: %w", shown, n, err)
		}
		if len(targets) == maxListed {
			return nil, fmt.Errorf("%s line %d: these are more than %d targets; divide the list", shown, n, maxListed)
		}
		targets = append(targets, t)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s cannot be read as lines of text: %w", shown, err)
	}
	if len(targets) == 0 {
		return nil, fmt.Errorf("%s has no target in it; want a domain such as example.org on each line", shown)
	}
	return targets, nil
}

// withoutComment is a line without its comment and the space around it. A # may
// stand in the name of a mailbox, so it needs a space before it.
func withoutComment(line string) string {
	line = strings.TrimSpace(strings.TrimPrefix(line, "\ufeff"))
	for i, c := range line {
		if c == '#' && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t') {
			return strings.TrimSpace(line[:i])
		}
	}
	return line
}
