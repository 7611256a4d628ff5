package main_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The tests in this file and in shape_test.go hold the shape of the whole
// module: which package may import which, and what no package may do. They read
// the sources alone. Packages whose name ends in "test" are helpers of tests:
// nothing but a test imports them, and they may import what tests may.

const module = "mx_exporter"

// source is one Go file.
type source struct {
	name   string // slash-separated, from the top of the module
	dir    string // its folder, likewise
	test   bool   // a test
	helper bool   // in a package that helps tests
	fset   *token.FileSet
	file   *ast.File
}

func sources(t *testing.T) []source {
	t.Helper()
	top := moduleRoot(t)
	var all []source
	for _, folder := range []string{"cmd", "collector", "config", "examples", "probe"} {
		err := filepath.WalkDir(filepath.Join(top, folder), func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.Contains(name, "/testdata/") {
				return err
			}
			rel, err := filepath.Rel(top, name)
			if err != nil {
				return err
			}
			s := source{name: filepath.ToSlash(rel), fset: token.NewFileSet()}
			s.dir = path.Dir(s.name)
			s.test, s.helper = strings.HasSuffix(s.name, "_test.go"), isHelper(s.dir)
			s.file, err = parser.ParseFile(s.fset, name, nil, parser.ParseComments|parser.SkipObjectResolution)
			all = append(all, s)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(all) < 20 {
		t.Fatalf("only %d Go files found below %s", len(all), top)
	}
	return all
}

func isHelper(dir string) bool { return strings.HasSuffix(dir, "test") }

func moduleRoot(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if filepath.Dir(dir) == dir {
			t.Fatal("no go.mod above this folder")
		}
		dir = filepath.Dir(dir)
	}
}

func (s source) imports() []string {
	var list []string
	for _, i := range s.file.Imports {
		if p, err := strconv.Unquote(i.Path.Value); err == nil {
			list = append(list, p)
		}
	}
	return list
}

// within reports whether a folder or an import path is one of the list or lies
// below one of it.
func within(p string, list ...string) bool {
	return slices.ContainsFunc(list, func(l string) bool { return p == l || strings.HasPrefix(p, l+"/") })
}

// ours is what each folder may import of this module; a folder that has no row
// of its own has that of the nearest one above it. So the arrows of design.md:
//
//	cmd → probe/report, collector → probe → leaves → dnsq, reply, cert → fact
//
// A leaf that is added needs no row: it has that of "probe/*".
var ours = map[string][]string{
	"config":           {},
	"config/sd":        {"config"}, // the file of mx_sd, read by the same decoder
	"probe/fact":       {},
	"probe/reply":      {"probe/fact"},
	"probe/cert":       {"probe/fact"},
	"probe/dial":       {"probe/fact"},
	"probe/dnsq":       {"probe/fact"},
	"probe/txt":        {"probe/fact", "probe/dnsq"}, // records as text
	"probe/tagvalue":   {"probe/fact", "probe/txt"},  // tag=value lists in them
	"probe/talk":       {"probe/fact", "probe/cert"}, // what conversations have in common
	"probe/mailaddr":   {},
	"probe/crawl/pdf":  {"probe/crawl"}, // the crawler's reader of PDFs, which only its program has
	"probe/*":          {"probe/fact", "probe/reply", "probe/cert", "probe/dial", "probe/dnsq", "probe/txt", "probe/tagvalue", "probe/talk", "probe/sasl", "probe/mailaddr"},
	"probe":            {"config", "probe"},
	"probe/report":     {"config", "probe"},
	"probe/roundtrip":  {"config", "probe"},
	"collector":        {"config", "probe"},
	"cmd":              {"config", "probe", "collector", "cmd"},
	"examples/maillab": {"examples/maillab"}, // shares no parser with what it tests
	"examples":         {"config", "probe", "collector", "cmd", "examples"},
}

// notFrom is what a row that allows "probe" does not mean by it: the views, and
// the round trip, which stand above the probe. A view reads round trips too.
var notFrom = map[string][]string{
	"probe":           {"probe/report", "probe/roundtrip"},
	"probe/roundtrip": {"probe/report"},
	"collector":       {"probe/report"},
}

// rowOf is the row of the table that holds for a folder.
func rowOf(dir string) string {
	for d := dir; d != "."; d = path.Dir(d) {
		if _, ok := ours[d]; ok && (d != "probe" || dir == "probe") {
			return d
		}
	}
	if within(dir, "probe") {
		return "probe/*"
	}
	return ""
}

func TestArrowsBetweenOurPackages(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || s.helper {
			continue
		}
		row := rowOf(s.dir)
		for _, p := range s.imports() {
			target, isOurs := strings.CutPrefix(p, module+"/")
			if !isOurs || s.dir == target {
				continue
			}
			if isHelper(target) || !within(target, ours[row]...) || within(target, notFrom[row]...) {
				t.Errorf("%s imports %s, which %s may not", s.name, p, s.dir)
			}
		}
	}
}

// theirs is where a library may be imported. Libraries that are not named may
// be imported anywhere.
var theirs = map[string][]string{
	"github.com/prometheus":               {"collector", "cmd"},
	"github.com/prometheus/common/config": {"collector", "cmd", "config", "probe"}, // tls_config
	"github.com/prometheus/common/model":  {"collector", "cmd", "config"},          // durations
	"github.com/go-kit/log":               {"cmd"},
	"github.com/tjhop/slog-gokit":         {"cmd"},
	"log":                                 {"cmd"},
	"log/slog":                            {"cmd", "config"}, // config: so that a secret hides itself from it
	"github.com/alecthomas/kingpin":       {"cmd"},
	"flag":                                {"examples"},
	"github.com/miekg/dns":                {"probe/dnsq", "probe/txt", "probe/mx", "probe/srv", "probe/spf", "probe/dmarc", "probe/mtasts", "probe/dane", "probe/dnsbl", "probe/fcrdns", "probe/selfcheck", "examples/maillab"},
	"github.com/goccy/go-yaml":            {"config", "cmd"},
	"github.com/gocolly/colly":            {"probe/crawl", "cmd/mx_sd"},
	"github.com/pdfcpu/pdfcpu":            {"probe/crawl", "cmd/mx_sd"},
	"github.com/emersion/go-imap":         {"probe/mailbox", "examples"}, // behind a budget: it bounds nothing itself
	"github.com/emersion/go-smtp":         {"examples"},                  // its client cannot time stages; its server is a peer for tests
	"net/smtp":                            {},
	"testing":                             {"examples"},
	"unsafe":                              {},
	"C":                                   {},
	"expvar":                              {}, // registers itself in DefaultServeMux
	"net/http/pprof":                      {}, // likewise
	"github.com/prometheus/client_golang/prometheus/promauto": {},
}

func TestLibrariesStayInTheirRooms(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || s.helper {
			continue
		}
		for _, p := range s.imports() {
			if rooms, restricted := roomsOf(p); restricted && !within(s.dir, rooms...) {
				t.Errorf("%s imports %s, which belongs in %v alone", s.name, p, rooms)
			}
		}
		if s.dir != "probe" && within(s.dir, "probe") && slices.Contains(s.imports(), "github.com/prometheus/common/config") {
			t.Errorf("%s imports prometheus/common/config: of the probe, only package probe reads configuration", s.name)
		}
	}
}

// roomsOf is the row of theirs with the longest prefix of an import path. A
// path without a dot is one of the standard library and stands for itself alone.
func roomsOf(p string) (rooms []string, restricted bool) {
	for name := p; name != "."; name = path.Dir(name) {
		if rooms, ok := theirs[name]; ok {
			return rooms, true
		}
		if !strings.Contains(p, ".") {
			return nil, false
		}
	}
	return nil, false
}

// The tables are worth something only if they are read as they are meant.
func TestTablesAreReadAsMeant(t *testing.T) {
	for dir, want := range map[string]string{
		"probe": "probe", "probe/fact": "probe/fact", "probe/mx": "probe/*", "probe/mx/inner": "probe/*",
		"probe/dnsq/inner": "probe/dnsq", "cmd/mx_exporter/web": "cmd", "examples/demo": "examples",
		"examples/maillab/inner": "examples/maillab", "internal": "",
	} {
		if got := rowOf(dir); got != want {
			t.Errorf("rowOf(%q) = %q, want %q", dir, got, want)
		}
	}
	for p, want := range map[string]string{
		"github.com/prometheus/client_golang/prometheus":          "collector",
		"github.com/prometheus/client_golang/prometheus/promauto": "",
		"github.com/prometheus/common/model":                      "config",
		"github.com/miekg/dns":                                    "probe/mx",
		"log/slog":                                                "config",
		"unsafe":                                                  "",
	} {
		rooms, restricted := roomsOf(p)
		if !restricted || want != "" && !within(want, rooms...) || want == "" && len(rooms) > 0 {
			t.Errorf("roomsOf(%q) = %v, %v; want it restricted, and %q in it", p, rooms, restricted, want)
		}
	}
	for _, p := range []string{"net/http", "github.com/google/go-cmp/cmp", "go/ast"} {
		if rooms, restricted := roomsOf(p); restricted {
			t.Errorf("roomsOf(%q) = %v", p, rooms)
		}
	}
}
