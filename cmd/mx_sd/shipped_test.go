package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"mx_exporter/config/sd"
)

func shipped(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../..", path))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// What the unit starts is a command that this program understands.
func TestTheUnitStartsServe(t *testing.T) {
	m := regexp.MustCompile(`(?m)^ExecStart=/usr/bin/mx_sd (.*) \$ARGS$`).FindStringSubmatch(shipped(t, "examples/systemd/mx_sd.service"))
	if m == nil {
		t.Fatal("the unit starts something else")
	}
	c := newCLI(io.Discard, io.Discard)
	if command, _, done := c.parse(strings.Fields(m[1]), io.Discard); done || command != c.serve.name || *c.serve.file != "/etc/mx_sd/mx_sd.yml" {
		t.Errorf("it is %q with the file %q", command, *c.serve.file)
	}
}

// The file of the Debian package says nothing until its marks are taken away, and
// is right then.
func TestTheShippedConfigurationIsRightWithoutItsMarks(t *testing.T) {
	_, examples, _ := strings.Cut(shipped(t, "examples/debian/mx_sd.yml"), "#contact:")
	text := regexp.MustCompile(`(?m)^#`).ReplaceAllString("#contact:"+examples, "")
	if c, err := sd.Parse([]byte(text), "/etc/mx_sd"); err != nil || len(c.Sites) != 1 || len(c.Servers) != 1 {
		t.Errorf("%v, %+v", err, c)
	}
}
