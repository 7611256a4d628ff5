package main

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"mx_exporter/examples/labsite"
)

// blocks are the examples of a page in one language.
func blocks(page, language string) (all []string) {
	for _, m := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```$").FindAllStringSubmatch(page, -1) {
		all = append(all, m[1])
	}
	return all
}

// documented is a world in which the commands of the pages can run: the website is
// the lab's, and the domains are those of expandZone.
func documented(t *testing.T) world {
	t.Helper()
	site, err := labsite.Handler()
	if err != nil {
		t.Fatal(err)
	}
	return labWorld(t, site, labZone+expandZone)
}

// command runs one as it stands on a page, with the lab site in place of the
// website and files in place of those that the reader has.
func command(t *testing.T, w world, page, line string) said {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	list := write("domains.txt", "example.org\nexample.net\n")
	config := write("mx_sd.yml", configuration(t, page))
	args := strings.Fields(strings.NewReplacer("https://www.example.org", labsite.Start, "domains.txt", list, "mx_sd.yml", config).Replace(strings.TrimPrefix(line, "./mx_sd ")))
	switch args[0] {
	case "crawl":
		args = append(args, open, "--delay=0s", "--pages=80")
	case "serve":
		args = append(args, "--web.listen-address=127.0.0.1:0")
		ctx, stop := context.WithCancel(t.Context())
		errs := &buffer{}
		done := make(chan int, 1)
		go func() { done <- newProgram(strings.NewReader(""), io.Discard, errs, w).run(ctx, args) }()
		eventually(t, "a line about the address", func() bool { return strings.Contains(errs.String(), "Listening on") })
		stop()
		return said{code: <-done, errors: errs.String()}
	}
	return w.run(t, "", args...)
}

// configuration is a page's first example of a configuration of mx_sd, on the lab
// site.
func configuration(t *testing.T, page string) string {
	t.Helper()
	for _, y := range blocks(page, "yaml") {
		if strings.HasPrefix(y, "sites:") || strings.HasPrefix(y, "contact:") {
			return strings.ReplaceAll(y, "url: https://www.example.org", "url: "+labsite.Start+"\n    delay: 0s\n    allow_networks: [192.0.2.0/24]")
		}
	}
	t.Fatal("the page has no configuration")
	return ""
}

func TestTheCommandsOfThePagesRun(t *testing.T) {
	w := documented(t)
	for name, least := range map[string]int{"README.md": 3, "examples/cookbook/README.md": 6} {
		page, ran := shipped(t, name), 0
		for _, b := range blocks(page, "sh") {
			for line := range strings.Lines(b) {
				line = strings.TrimSpace(line)
				if !strings.HasPrefix(line, "./mx_sd ") {
					continue
				}
				want := exitOK
				if strings.Contains(line, " crawl ") {
					want = exitBroken // the lab site has broken addresses
				}
				if s := command(t, w, page, line); s.code != want {
					t.Errorf("%s: %s: code %d, %s%s", name, line, s.code, s.out, s.errors)
				}
				ran++
			}
		}
		if ran < least {
			t.Errorf("%s has %d commands", name, ran)
		}
	}
}

// The README shows what the program says.
func TestTheReadmeShowsWhatIsPrinted(t *testing.T) {
	w, page := documented(t), shipped(t, "README.md")
	shown := blocks(page, "text")
	if len(shown) != 2 {
		t.Fatalf("%d outputs are shown", len(shown))
	}
	found := command(t, w, page, "./mx_sd crawl https://www.example.org").out
	for part := range strings.SplitSeq(strings.TrimSpace(shown[0]), "\n\n") {
		if !strings.Contains(found, part) {
			t.Errorf("crawl does not print\n%s", part)
		}
	}
	if out := command(t, w, page, "./mx_sd expand domains.txt").out; out != shown[1] {
		t.Errorf("expand prints\n%s", out)
	}
}

// The configuration of the README, served, answers what the README shows.
func TestTheReadmeShowsWhatIsServed(t *testing.T) {
	page := shipped(t, "README.md")
	file := filepath.Join(t.TempDir(), "mx_sd.yml")
	text := strings.Replace(configuration(t, page), "sites: [shop]", "", 1) // whose domains no zone has
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(filepath.Dir(file), "domains.txt"), []byte("example.org\nexample.net\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, ask := serving(t, documented(t), file)
	m := regexp.MustCompile(`curl -s http://127\.0\.0\.1:10926(\S+)`).FindStringSubmatch(page)
	if m == nil {
		t.Fatal("the README asks for nothing")
	}
	body := ""
	eventually(t, "the document", func() (ok bool) {
		code, b := ask(m[1])
		body = b
		return code == http.StatusOK
	})
	shown := blocks(page, "json")
	if len(shown) != 1 || strings.ReplaceAll(shown[0], "\n", "") != body {
		t.Errorf("%s answers\n%s", m[1], body)
	}
}
