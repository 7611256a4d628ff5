package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"

	"mx_exporter/config/sd"
	"mx_exporter/probe"
)

// readFile reads a file with a domain on each line; no name is stdin, and so is a
// lone hyphen, which kingpin takes for no name. What follows a
// # is left out, and a domain that stands twice is there once. The error names
// the line.
func readFile(name string, stdin io.Reader) ([]string, error) {
	if name == "" {
		return readDomains(stdin, "standard input")
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return readDomains(f, name)
}

func readDomains(in io.Reader, from string) ([]string, error) {
	var all []string
	seen := map[string]bool{}
	lines := bufio.NewScanner(in)
	for n := 1; lines.Scan(); n++ {
		text, _, _ := strings.Cut(strings.TrimPrefix(lines.Text(), "\ufeff"), "#")
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		t, err := probe.ParseTarget(text)
		if err != nil {
			return nil, fmt.Errorf("%s line %d: %w", from, n, err)
		}
		if t.Recipient != "" {
			return nil, fmt.Errorf("%s line %d: this is an address; want a domain such as example.org", from, n)
		}
		if seen[t.Domain] {
			continue
		}
		if len(all) == sd.MaxDomains {
			return nil, fmt.Errorf("%s line %d: these are more than %d domains; divide the list", from, n, sd.MaxDomains)
		}
		seen[t.Domain] = true
		all = append(all, t.Domain)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s cannot be read as lines of text: %w", from, err)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s has no domain in it; want one such as example.org on each line", from)
	}
	return all, nil
}
