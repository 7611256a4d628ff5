package dnsbl_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"mx_exporter/probe/dnsbl"
)

var update = flag.Bool("update", false, "write README.md anew")

// README.md is the text of testdata with what the catalogue says; run with
// -update after a change of either.
func TestReadmeIsTheCatalogue(t *testing.T) {
	text, err := os.ReadFile("testdata/README.tmpl.md")
	if err != nil {
		t.Fatal(err)
	}
	want := strings.NewReplacer("{{catalogue}}", catalogueTable(), "{{notes}}", notes()).Replace(string(text))
	if *update {
		if err := os.WriteFile("README.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile("README.md"); err != nil || string(got) != want {
		t.Errorf("README.md is not what the catalogue says (%v); run go test ./probe/dnsbl -run Readme -update", err)
	}
}

func catalogueTable() string {
	var b strings.Builder
	b.WriteString("| name | zone | lists | terms | policy | removal |\n|---|---|---|---|---|---|\n")
	for _, e := range dnsbl.Catalog() {
		fmt.Fprintf(&b, "| `%s` | `%s` | %s | `%s` | [policy](%s) | [removal](%s) |\n",
			e.Name, e.Zone, kinds(e.List), e.Terms, e.PolicyURL, e.DelistURL)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func kinds(l dnsbl.List) string {
	var all []string
	for _, k := range []struct {
		has  bool
		text string
	}{{l.IP4, "IPv4"}, {l.IP6, "IPv6"}, {l.Domains, "domains"}} {
		if k.has {
			all = append(all, k.text)
		}
	}
	return strings.Join(all, ", ")
}

func notes() string {
	var b strings.Builder
	for _, e := range dnsbl.Catalog() {
		if e.Note != "" {
			fmt.Fprintf(&b, "- `%s`: %s\n", e.Name, e.Note)
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// The page has to say what to do about everything that can be wrong with a list.
func TestReadmeNamesEveryFault(t *testing.T) {
	b, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range dnsbl.Faults() {
		if !strings.Contains(string(b), "`"+string(f)+"`") {
			t.Errorf("README.md does not name %s", f)
		}
	}
	for _, e := range dnsbl.Catalog() {
		if e.PolicyURL == "" || e.DelistURL == "" || e.Terms == "" {
			t.Errorf("%s: the catalogue lacks a page or the terms", e.Name)
		}
	}
}
