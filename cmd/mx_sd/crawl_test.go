package main

import (
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"mx_exporter/examples/labsite"
	"mx_exporter/probe/crawl"
)

var update = flag.Bool("update", false, "write examples/labsite/expected.txt anew")

const labZone = `
www.labsite.test. 60 IN A 192.0.2.80
blog.labsite.test. 60 IN A 192.0.2.80
elsewhere.test. 60 IN A 192.0.2.81
www.example.org. 60 IN A 192.0.2.80
internal.example.org. 60 IN A 10.0.0.1
`

func labSite(t *testing.T) world {
	t.Helper()
	site, err := labsite.Handler()
	if err != nil {
		t.Fatal(err)
	}
	return labWorld(t, site, labZone)
}

// open is what lets a crawl connect to the addresses of the lab.
const open = "--allow-networks=192.0.2.0/24"

// The lab site gives exactly the expected table: P1 to P5 and W1, W2, W5 and W6
// stand in it as a website shows them.
func TestTheLabSiteGivesTheExpectedTable(t *testing.T) {
	s := labSite(t).run(t, "", "crawl", "--delay=0s", "--pages=80", open, labsite.Start)
	first, rest, _ := strings.Cut(s.out, "\n")
	if s.code != exitBroken || s.errors != "" || !strings.HasPrefix(first, labsite.Start+": ") {
		t.Errorf("code %d, %q, %s", s.code, s.errors, first)
	}
	if *update {
		if err := os.WriteFile("../../examples/labsite/expected.txt", []byte(rest), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := labsite.Expected()
	if err != nil {
		t.Fatal(err)
	}
	if rest != want {
		t.Errorf("got\n%s", rest)
	}
	if n := strings.Count(first, " pages read"); n != 1 {
		t.Errorf("first line %q", first)
	}
}

func TestCrawlWritesJSONAndCSV(t *testing.T) {
	w := labSite(t)
	var r crawl.Result
	s := w.run(t, "", "crawl", "--delay=0s", "--depth=1", open, "-o", "json", labsite.Start)
	if err := json.Unmarshal([]byte(s.out), &r); err != nil || r.Site != "labsite.test" || len(r.Addresses) == 0 || len(r.Pages) < 20 {
		t.Errorf("%v, site %q, %d addresses, %d pages", err, r.Site, len(r.Addresses), len(r.Pages))
	}
	s = w.run(t, "", "crawl", "--delay=0s", "--depth=2", open, "-o", "csv", labsite.Start)
	rows, err := csv.NewReader(strings.NewReader(s.out)).ReadAll()
	if err != nil || len(rows) < 20 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	found := 0
	for _, row := range rows {
		if row[0] == "info.labsite.test" && row[2] == "false" && row[3] == "no_at" && row[4] == "18" && row[6] == "http://www.labsite.test/broken/no-at.html" {
			found++
		}
	}
	if found != 1 {
		t.Errorf("the broken address stands in %d rows:\n%s", found, s.out)
	}
}

// Foreign text neither moves the cursor nor becomes a formula.
func TestForeignTextIsHarmless(t *testing.T) {
	w := labWorld(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, "<a href='mailto:a\x1b[2Jb'><a href='mailto:a\u202eb@example.org'><a href='mailto:=cmd()@x'><a href='mailto:%0Ax'>")
	}), labZone)
	for _, output := range []string{"text", "json", "csv"} {
		s := w.run(t, "", "crawl", open, "-o", output, "http://www.example.org/")
		if strings.Contains(s.out, "\x1b") || output != "json" && strings.Contains(s.out, "\u202e") || output == "csv" && strings.Contains(s.out, "\n=cmd") || s.code != exitBroken {
			t.Errorf("%s: code %d, %q", output, s.code, s.out)
		}
	}
}

func TestASiteThatCannotBeReadIsAFault(t *testing.T) {
	w := labSite(t)
	for url, want := range map[string]string{
		"http://absent.labsite.test/":      "resolve",
		"http://internal.example.org/":     "address_blocked",
		"http://www.example.org/":          "status", // not a host of the lab site
		"http://www.labsite.test/private/": "robots",
	} {
		args := []string{"crawl", "--delay=0s", open, url}
		if s := w.run(t, "", args...); s.code != exitFault || !strings.Contains(s.out, "    "+want+": ") {
			t.Errorf("%s: code %d, %s", url, s.code, s.out)
		}
	}
}
