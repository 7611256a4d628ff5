package main

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"mx_exporter/cmd/mx_exporter/web"
	"mx_exporter/collector"
	"mx_exporter/examples/maillab"
	"mx_exporter/examples/maillab/labtest"
	"mx_exporter/probe"
)

// readme is the README taken apart, in a world where its commands can run.
type readme struct {
	text   string
	lab    *maillab.Lab
	config string // a file whose module mx fits the lab
	site   *httptest.Server
}

var fence = regexp.MustCompile("(?ms)^```([a-z]*)\n(.*?)^```$")

func openReadme(t *testing.T) *readme {
	t.Helper()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	r := &readme{text: string(text), lab: labtest.Start(t)}
	if r.config, err = r.lab.WriteConfig(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	store, err := probe.Loader().NewStore(r.config)
	if err != nil {
		t.Fatal(err)
	}
	h, err := web.New(web.Options{Prober: web.ProberFunc(r.program(nil, nil).probe), Config: store})
	if err != nil {
		t.Fatal(err)
	}
	r.site = httptest.NewServer(h)
	t.Cleanup(r.site.Close)
	return r
}

// program is the real one, in the lab's world.
func (r *readme) program(stdout, stderr *bytes.Buffer) *program {
	return newProgram(strings.NewReader(""), stdout, stderr, &probe.Env{Dial: r.lab.Net.DialContext, DNS: r.lab.DNS, Hostname: "monitor.lab.test"})
}

func (r *readme) blocks(language string) (bs []string) {
	for _, m := range fence.FindAllStringSubmatch(r.text, -1) {
		if m[1] == language {
			bs = append(bs, m[2])
		}
	}
	return bs
}

func TestReadmeCommands(t *testing.T) {
	r := openReadme(t)
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, b := range r.blocks("sh") {
		for line := range strings.Lines(b) {
			line = strings.TrimSpace(line)
			if strings.HasPrefix(line, "./mx_sd ") || strings.Contains(line, "127.0.0.1:10926") {
				continue // the tests of mx_sd run it
			}
			t.Run(line, func(t *testing.T) {
				name, rest, _ := strings.Cut(line, " ")
				switch name {
				case "make":
					if !bytes.Contains(makefile, []byte("\n"+rest+":")) {
						t.Errorf("the Makefile has no target %q", rest)
					}
				case "curl":
					r.curl(t, rest)
				case "./mx_exporter":
					r.run(t, strings.Fields(rest))
				default:
					t.Errorf("no test runs %q", name)
				}
			})
			ran++
		}
	}
	if ran < 10 {
		t.Errorf("only %d commands were found", ran)
	}
}

// curl asks the exporter for the URL of a curl command.
func (r *readme) curl(t *testing.T, arguments string) {
	t.Helper()
	m := regexp.MustCompile(`http://127\.0\.0\.1:10925([^' ]*)`).FindStringSubmatch(arguments)
	if m == nil {
		t.Fatal("it does not ask the exporter")
	}
	res, err := http.Get(r.site.URL + m[1])
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		t.Errorf("status %s", res.Status)
	}
}

// run runs the program with a command's arguments. The domain of the README is
// replaced by one of the lab, its file by the README's own configuration, and
// its port by a free one.
func (r *readme) run(t *testing.T, args []string) {
	t.Helper()
	mine := filepath.Join(t.TempDir(), "mx.yml")
	if err := os.WriteFile(mine, []byte(r.configuration(t)), 0o600); err != nil {
		t.Fatal(err)
	}
	serves := len(args) == 0 || strings.HasPrefix(args[0], "--config.file")
	for i, a := range args {
		a = strings.NewReplacer("mx.yml", mine, "user@example.org", "abuse@good.test", "example.org", "good.test").Replace(a)
		args[i] = a
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if serves {
		args = append(args, "--web.listen-address=127.0.0.1:0")
		time.AfterFunc(300*time.Millisecond, cancel)
	} else if args[0] == "check" {
		args = append(args, "--config.file="+r.config)
	}
	var stdout, stderr bytes.Buffer
	if code := r.program(&stdout, &stderr).run(ctx, args); code != exitOK {
		t.Errorf("%q: exit code %d\n%s%s", args, code, &stdout, &stderr)
	}
}

// configuration is the README's example of a configuration file.
func (r *readme) configuration(t *testing.T) string {
	t.Helper()
	for _, b := range r.blocks("yaml") {
		if strings.HasPrefix(b, "modules:") {
			return b
		}
	}
	t.Fatal("the README has no configuration")
	return ""
}

func TestReadmeScrapeConfigurationIsTheOneShipped(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile("../../examples/prometheus/prometheus.yml")
	if err != nil {
		t.Fatal(err)
	}
	r := &readme{text: string(text)}
	shipped := regexp.MustCompile(`(?m)^ *#.*\n`).ReplaceAllString(string(file), "")
	found := 0
	for _, y := range r.blocks("yaml") {
		if !strings.HasPrefix(y, "scrape_configs:") {
			continue
		}
		found++
		if !strings.Contains(shipped, y) {
			t.Errorf("prometheus.yml does not have\n%s", y)
		}
	}
	if found != 1 {
		t.Errorf("the README has %d scrape configurations", found)
	}
}

func TestReadmeQueriesAndLinksExist(t *testing.T) {
	b, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	r := &readme{text: string(b)}
	known := map[string]bool{}
	for _, m := range slices.Concat(collector.Reference(), collector.RoundTripReference()) {
		known[m.Name] = true
	}
	for _, q := range append(r.blocks("promql"), r.blocks("")...) {
		for _, name := range regexp.MustCompile(`\b(mx|probe)_[a-z_]+`).FindAllString(q, -1) {
			if !known[name] {
				t.Errorf("there is no metric %s", name)
			}
		}
	}
	for _, m := range regexp.MustCompile(`\]\(([^)#]+)\)`).FindAllStringSubmatch(r.text, -1) {
		if strings.Contains(m[1], "://") {
			continue
		}
		if _, err := os.Stat(filepath.Join("../..", m[1])); err != nil {
			t.Errorf("a link leads nowhere: %v", err)
		}
	}
}

func TestReadmeShowsWhatTheExporterSays(t *testing.T) {
	r := openReadme(t)
	res, err := http.Get(r.site.URL + "/probe?target=backup-refuses.test")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var said bytes.Buffer
	if _, err := said.ReadFrom(res.Body); err != nil {
		t.Fatal(err)
	}
	shown := r.blocks("")
	if len(shown) == 0 {
		t.Fatal("nothing is shown")
	}
	for line := range strings.Lines(shown[0]) {
		if !strings.Contains(said.String(), line) {
			t.Errorf("the exporter does not say %s", line)
		}
	}
}
