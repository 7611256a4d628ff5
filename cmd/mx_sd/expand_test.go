package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"mx_exporter/cmd/mx_sd/servers"
)

const expandZone = `
example.org. 60 IN MX 10 mx1.provider.test.
example.org. 60 IN MX 20 mx2.provider.test.
example.net. 60 IN MX 10 mx1.provider.test.
null.test. 60 IN MX 0 .
mx1.provider.test. 60 IN A 192.0.2.1
mx2.provider.test. 60 IN A 192.0.2.2
`

func TestExpandPrintsEachServerWithItsDomains(t *testing.T) {
	w := labWorld(t, nil, expandZone)
	list := filepath.Join(t.TempDir(), "domains.txt")
	if err := os.WriteFile(list, []byte("\ufeff# ours\nExample.org\nexample.org.\n\nexample.net # theirs\nnull.test\nabsent.test\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := w.run(t, "", "expand", list)
	want := `4 domains on 2 servers

mx1.provider.test (192.0.2.1) primary of 2 domains
  example.net
  example.org

mx2.provider.test (192.0.2.2) backup of 1 domain
  example.org

Without a server:
  absent.test: dns_nxdomain
  null.test: takes no mail (null MX)
`
	if s.out != want || s.code != exitBroken || s.errors != "" {
		t.Errorf("code %d, %s, %s", s.code, s.errors, s.out)
	}
	if s := w.run(t, "example.org\n", "expand", "-"); s.code != exitOK || !strings.HasPrefix(s.out, "1 domain on 2 servers\n") {
		t.Errorf("from standard input: %+v", s)
	}
	var r servers.Result
	if err := json.Unmarshal([]byte(w.run(t, "", "expand", "-o", "json", list).out), &r); err != nil || len(r.Servers) != 2 || r.Servers[0].Domains[1] != "example.org" {
		t.Errorf("%v, %+v", err, r)
	}
	rows, err := csv.NewReader(strings.NewReader(w.run(t, "", "expand", "-o", "csv", list).out)).ReadAll()
	if err != nil || len(rows) != 6 || strings.Join(rows[1], " ") != "absent.test    dns_nxdomain" || strings.Join(rows[3], " ") != "example.org mx1.provider.test 1 provider.test " {
		t.Errorf("%v, %q", err, rows)
	}
}

// A resolver that is down is said in a sentence, beneath what stays unknown.
func TestNoAnswerAtAllIsAFault(t *testing.T) {
	w := labWorld(t, nil, expandZone)
	w.dns = func(context.Context, string, string) (net.Conn, error) { return nil, syscall.ECONNREFUSED }
	s := w.run(t, "example.org\nexample.net\n", "expand", "-")
	if s.code != exitFault || !strings.Contains(s.errors, "none of 2 domains could be looked up (") || strings.Count(s.errors, "\n") != 1 || !strings.Contains(s.out, "  example.org: ") {
		t.Errorf("%+v", s)
	}
}

func TestWrongListsNameTheLine(t *testing.T) {
	for in, want := range map[string]string{
		"":                              "has no domain in it",
		"# nothing":                     "has no domain in it",
		"example.org\nexa mple.org":     "line 2: target \"exa mple.org\" has a space",
		"info@example.org":              "line 1: this is an address; want a domain such as example.org",
		"https://example.org":           "line 1: target \"https://example.org\" is a URL",
		strings.Repeat("a", 100_000):    "cannot be read as lines of text",
		"example.org\n\x1b[2J.example.": "line 2",
	} {
		s := (world{}).run(t, in, "expand", "-")
		if s.code != exitFault || !strings.Contains(s.errors, want) || strings.Contains(s.errors, "\x1b") {
			t.Errorf("%.20q: %d %q, want %q", in, s.code, s.errors, want)
		}
	}
}

func TestConfigCheckReadsTheListsToo(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	file := write("mx_sd.yml", "domains: {x: {file: domains.txt}}\n")
	if s := (world{}).run(t, "", "config", "check", file); s.code != exitFault || !strings.Contains(s.errors, "domains.x.file: open "+filepath.Join(dir, "domains.txt")) {
		t.Errorf("%+v", s)
	}
	write("domains.txt", "example.org\n")
	if s := (world{}).run(t, "", "config", "check", file); s.code != exitOK || s.out != file+": valid, 0 sites, 1 set of domains, 0 sets of servers\n" {
		t.Errorf("%+v", s)
	}
	write("mx_sd.yml", "domain: {}\n")
	if s := (world{}).run(t, "", "config", "check", file); s.code != exitFault || !strings.Contains(s.errors, file+":1:1: domain: unknown key: did you mean domains?") {
		t.Errorf("%+v", s)
	}
}
