package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Row C1: what editors add to a file changes nothing.
func TestByteOrderMarkAndCarriageReturnsAreTaken(t *testing.T) {
	const file = "modules:\n  mx:\n    timeout: 10s\n"
	want, err := Parse([]byte(file), "")
	if err != nil {
		t.Fatal(err)
	}
	for name, in := range map[string]string{
		"C1 byte order mark":  "\xef\xbb\xbf" + file,
		"C1 carriage returns": strings.ReplaceAll(file, "\n", "\r\n"),
		"C1 both":             "\xef\xbb\xbf" + strings.ReplaceAll(file, "\n", "\r\n"),
		"C1 no last line end": strings.TrimSuffix(file, "\n"),
		"C1 document markers": "---\n" + file + "...\n",
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Parse([]byte(in), "")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, cmp.Comparer(sameNetwork)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A fault behind every way to write text over several lines has its right line:
// the library's positions are relied upon and have been wrong before.
func TestPositionsHoldBehindEveryKindOfText(t *testing.T) {
	for name, value := range map[string]string{
		"plain":          "ehlo_name: a.example",
		"plain, folded":  "ca: a\n        b\n        c",
		"single quotes":  "ca: 'a\n        b'",
		"double quotes":  "ca: \"a\n\n        b\\n\"",
		"literal":        "ca: |\n        a\n        b\n",
		"literal, kept":  "ca: |+\n        a\n\n",
		"literal, strip": "ca: |-\n        a",
		"folded":         "ca: >-\n        a\n        b",
		"flow":           "ca: a\n      cert: {\n      }",
		"comments":       "ca: a # b\n      # c\n\n      # d",
		"wide letters":   "ca: äöü€",
	} {
		for _, eol := range []string{"\n", "\r\n"} {
			file := "modules:\n  mx:\n    smtp: {tls: {server_name: ä, xxxxxx: 1}}\n  b:\n    smtp:\n      " + value + "\n      yyyyyy: 1\n"
			line := strings.Count(file[:strings.Index(file, "yyyyyy")], "\n") + 1
			_, err := Parse([]byte(strings.ReplaceAll(file, "\n", eol)), "")
			want := fmt.Sprintf("%d:7: modules.b.smtp.yyyyyy: ", line)
			if got := fmt.Sprint(err); !strings.Contains(got, want) || !strings.Contains(got, "3:34: modules.mx.smtp.tls.xxxxxx: ") {
				t.Errorf("%s: %s: no error begins with %s", name, got, want)
			}
		}
	}
}

// Row C1: what is made to cost much is refused before it does.
func TestFilesMadeToCostMuchAreRefused(t *testing.T) {
	bomb := "modules:\n  a: &a {expect: ["
	for i := range 150 {
		bomb += fmt.Sprintf("{host: h%d.example, outcome: accept},", i)
	}
	bomb += "]}\n"
	for i := range 900 {
		bomb += fmt.Sprintf("  m%d: *a\n", i)
	}
	laughs := "modules:\n  a: &a {recipients: {check: [x]}}\n"
	for i := range 9 {
		laughs += fmt.Sprintf("  m%d: &%c {<<: [%s]}\n", i, 'b'+i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c,", 'a'+i), 10), ","))
	}
	keys := "modules:\n"
	for i := range 20_000 {
		keys += fmt.Sprintf("  m%d: {}\n", i)
	}
	for name, c := range map[string]struct{ file, want string }{
		"C1 large":             {strings.Repeat("#\n", MaxFile/2+1), "the configuration has more than 4194304 bytes"},
		"C1 aliases":           {bomb, "more than 100000 values, counting those behind aliases each time"},
		"C1 billion laughs":    {laughs, "more than 100000 values, counting those behind aliases each time"},
		"C1 many keys":         {keys, "more than 50000 words and signs of YAML up to here"},
		"C1 brackets":          {strings.Repeat("[", 20_000), "nested more than 32 deep"},
		"C1 dashes":            {strings.Repeat("- ", 20_000), "nested more than 32 deep"},
		"C1 question marks":    {strings.Repeat("? ", 20_000), "nested more than 32 deep"},
		"C1 UTF-16":            {"\xff\xfem\x00o\x00", "the file is UTF-16: save it as UTF-8"},
		"C1 carriage return":   {"modules:\r  mx:\r", "1:9: control character U+000D has no place here"},
		"C1 list of too many":  {"modules: {mx: {allow_networks: [" + strings.Repeat("10.0.0.1,", 201) + "]}}", "201 entries: at most 200 are allowed"},
		"C1 line separator":    {"modules:\u2028", "1:9: control character U+2028 has no place here"},
		"C1 second text of it": {"modules: {} x", "not valid YAML"},
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			conf, err := Parse([]byte(c.file), "")
			if conf != nil || err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %.300v, want %s", err, c.want)
			}
			if took := time.Since(began); took > 20*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

// Row C1: a file is not read beyond its bound.
func TestLargeFileIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "large.yml")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Truncate(100<<20), f.Close()); err != nil {
		t.Fatal(err)
	}
	_, err = Load(path)
	if !errors.Is(err, ErrTooLarge) || !strings.HasPrefix(err.Error(), path+": ") {
		t.Errorf("%v, want %v", err, ErrTooLarge)
	}
}
