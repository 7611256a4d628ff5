package sd

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mx_exporter/config"
)

const good = `
contact: https://monitor.example.net/
dns: {servers: ["127.0.0.1:53"]}
sites:
  shop:
    url: https://www.example.org
    interval: 12h
    hand_on: others
    expect_addresses: [info@example.org]
    allow_networks: [10.0.0.0/8]
domains:
  customers: {file: customers.txt, sites: [shop]}
  own: {list: [example.org, example.net], interval: 10m}
servers:
  all: {domains: [customers, own]}
`

func TestAGoodFileIsTaken(t *testing.T) {
	c, err := Parse([]byte(good), "/etc/mx_sd")
	if err != nil {
		t.Fatal(err)
	}
	s, d := c.Sites["shop"], c.Domains["customers"]
	if s.Interval != config.Duration(12*time.Hour) || s.Pages != DefaultPages || s.HandOn != Others || s.Addresses {
		t.Errorf("site %+v", s)
	}
	if d.File != "/etc/mx_sd/customers.txt" || d.Interval != DefaultInterval || c.Domains["own"].Interval != config.Duration(10*time.Minute) {
		t.Errorf("domains %+v", c.Domains)
	}
}

// W8 among them: a site is crawled every six hours at most.
func TestWrongFilesAreRefusedWithPlaceAndReason(t *testing.T) {
	for _, tt := range []struct{ name, file, want string }{
		{"W8", "sites: {a: {url: 'https://example.org', interval: 1h}}", `1:51: sites.a.interval: 1h is out of bounds: 6h to 2w`},
		{"a key that is not known", "sites: {a: {ur: 'https://example.org'}}", `1:13: sites.a.ur: unknown key: did you mean url?`},
		{"a key of another section", "sites: {a: {url: 'https://example.org', file: x}}", `unknown key here: it belongs under domains.<name>`},
		{"a key twice", "sites: {a: {url: 'https://example.org'}}\nsites: {}", `2:1: sites: the key stands twice, first on line 1`},
		{"two documents", good + "---\nsites: {}", `a second document`},
		{"nothing", "# nothing\n", `the file is empty`},
		{"nothing to serve", "contact: https://example.org", `neither a site nor a set of domains`},
		{"no URL", "sites: {a: {pages: 5}}", `sites.a: url is missing`},
		{"a URL of another kind", "sites: {a: {url: 'ftp://example.org'}}", `sites.a.url: this is no URL`},
		{"a password", "sites: {a: {url: 'https://u:geheim@example.org'}}", `sites.a.url: the URL has a user name in it`},
		{"too many pages", "sites: {a: {url: 'https://example.org', pages: 501}}", `501 is out of bounds: 1 to 500`},
		{"a number as text", "sites: {a: {url: 'https://example.org', pages: '5'}}", `text where a whole number is wanted`},
		{"a choice", "sites: {a: {url: 'https://example.org', hand_on: some}}", `"some" is not one of all, own, others`},
		{"a network", "sites: {a: {url: 'https://example.org', allow_networks: [10.0.0.1/8]}}", `has host bits set`},
		{"an address", "sites: {a: {url: 'https://example.org', expect_addresses: [info]}}", `expect_addresses[0]: this is no address`},
		{"no set", "domains: {a: {interval: 1h}}", `domains.a: the set is empty`},
		{"a domain", "domains: {a: {list: ['exa mple.org']}}", `domains.a.list[0]: this is no domain name`},
		{"a site that is not there", "domains: {a: {sites: [b]}}", `domains.a.sites: "b" is the name of no site; there are []`},
		{"a set that is not there", "domains: {a: {list: [example.org]}}\nservers: {s: {domains: [b]}}", `2:24: servers.s.domains: "b" is the name of no set of domains; there are ["a"]`},
		{"servers of nothing", "domains: {a: {list: [example.org]}}\nservers: {s: {}}", `servers.s: domains is missing`},
		{"a resolver by name", "domains: {a: {list: [example.org]}}\ndns: {servers: [dns.example.org]}", `dns.servers[0]: this is no IP address`},
		{"a name with a slash", "sites: {'a/b': {url: 'https://example.org'}}", `is not a name`},
	} {
		_, err := Parse([]byte(tt.file), "/etc")
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.want)
		}
		if err != nil && strings.Contains(err.Error(), "geheim") {
			t.Errorf("%s: a password is shown: %v", tt.name, err)
		}
	}
}

func TestAFileIsReadFromItsFolder(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "mx_sd.yml")
	if err := os.WriteFile(path, []byte(good), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(path)
	if err != nil || c.Domains["customers"].File != filepath.Join(dir, "customers.txt") {
		t.Errorf("%+v, %v", c, err)
	}
	if _, err := Load(filepath.Join(dir, "absent.yml")); err == nil || !strings.Contains(err.Error(), "absent.yml") {
		t.Errorf("a file that is not there: %v", err)
	}
}

var update = flag.Bool("update", false, "write the table of README.md anew")

const (
	tableBegin = "<!-- keys: begin (go test ./config/sd -update) -->\n"
	tableEnd   = "<!-- keys: end -->\n"
)

func TestReadmeHasTheTableOfKeys(t *testing.T) {
	b, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(b), tableBegin)
	_, after, ok2 := strings.Cut(rest, tableEnd)
	if !ok || !ok2 {
		t.Fatal("README.md has no place for the table of keys")
	}
	var table strings.Builder
	table.WriteString("| key | type | default | bounds | meaning |\n|---|---|---|---|---|\n")
	for _, k := range Reference() {
		fmt.Fprintf(&table, "| `%s` | %s | %s | %s | %s |\n", k.Path, k.Type, k.Default, k.Bounds, k.Meaning)
	}
	want := before + tableBegin + "\n" + table.String() + "\n" + tableEnd + after
	if *update {
		if err := os.WriteFile("README.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(b) != want {
		t.Error("the table in README.md is not that of the code: go test ./config/sd -update")
	}
}

// The example in README.md is a file that is taken.
func TestTheExampleOfTheReadmeIsTaken(t *testing.T) {
	b, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(b), "```yaml\n")
	example, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("README.md has no example")
	}
	if _, err := Parse([]byte(example), "/etc/mx_sd"); err != nil {
		t.Error(err)
	}
}

func TestEveryKeyHasItsLineInTheReference(t *testing.T) {
	for _, k := range Reference() {
		if k.Meaning == "" || k.Type == "" {
			t.Errorf("%s has no meaning or no type", k.Path)
		}
	}
	if n := len(Reference()); n != 23 {
		t.Errorf("%d keys", n)
	}
}
