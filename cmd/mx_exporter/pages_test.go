package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/prometheus/exporter-toolkit/web"

	"mx_exporter/config/sd"
	"mx_exporter/examples/prometheus/promtest"
	"mx_exporter/probe"
)

// pages are the pages of documentation that were written by hand, with how many
// examples each has at least.
var pages = map[string]struct{ yaml, promql, sh int }{
	"README.md":                      {3, 4, 6},
	"CONTRIBUTING.md":                {0, 0, 0},
	"config/README.md":               {4, 0, 0},
	"config/sd/README.md":            {1, 0, 0},
	"cmd/mx_sd/README.md":            {0, 0, 0},
	"cmd/mx_exporter/SECURITY.md":    {4, 0, 0},
	"cmd/mx_exporter/SIZING.md":      {1, 1, 0},
	"cmd/mx_exporter/COMPARISON.md":  {0, 0, 0},
	"cmd/mx_exporter/FAILURES.md":    {0, 0, 0},
	"probe/roundtrip/README.md":      {0, 0, 0},
	"examples/roundtrips/README.md":  {0, 0, 0},
	"examples/cookbook/README.md":    {35, 14, 9},
	"examples/prometheus/README.md":  {0, 0, 0},
	"examples/grafana/README.md":     {0, 0, 0},
	"examples/realservers/README.md": {0, 0, 0},
	"probe/dnsbl/README.md":          {2, 0, 1},
}

// page is a page of documentation by its path in the repository.
func page(t *testing.T, name string) *readme {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../..", name))
	if err != nil {
		t.Fatal(err)
	}
	return &readme{text: string(b)}
}

func TestPagesHaveTheirExamples(t *testing.T) {
	for name, want := range pages {
		p := page(t, name)
		if y, q, s := len(p.blocks("yaml")), len(p.blocks("promql")), len(p.blocks("sh")); y < want.yaml || q < want.promql || s < want.sh {
			t.Errorf("%s has %d, %d and %d examples, want %+v", name, y, q, s, want)
		}
	}
}

// Every YAML example is what it says to be: a configuration of ours, of
// Prometheus, of Alertmanager, or of who may ask the exporter.
func TestPagesYAMLLoads(t *testing.T) {
	for name := range pages {
		for _, y := range page(t, name).blocks("yaml") {
			switch first, _, _ := strings.Cut(y, ":"); {
			case first == "modules" || first == "dnsbl_lists" || first == "round_trips":
				loads(t, name, y)
			case first == "contact" || first == "sites" || first == "domains" || first == "servers":
				if _, err := sd.Parse([]byte(y), "/etc/mx_sd"); err != nil {
					t.Errorf("%s: %v\n%s", name, err, y)
				}
			case first == "tls_server_config" || first == "basic_auth_users":
				webConfig(t, name, y)
			case strings.HasPrefix(y, "- targets"):
				strictly(t, name, y, &[]struct {
					Targets []string          `yaml:"targets"`
					Labels  map[string]string `yaml:"labels"`
				}{})
			case first == "route", first == "scrape_configs":
				// Read strictly where they ship: examples/alertmanager, examples/prometheus.
				strictly(t, name, y, &map[string]any{})
			case first == "apiVersion", first == "services":
				strictly(t, name, y, &map[string]any{})
			default:
				t.Errorf("%s: nothing reads this example:\n%s", name, y)
			}
		}
	}
}

func strictly(t *testing.T, name, text string, into any) {
	t.Helper()
	if err := yaml.UnmarshalWithOptions([]byte(text), into, yaml.Strict()); err != nil {
		t.Errorf("%s: %v", name, err)
	}
}

// loads reads a configuration beside the files that the examples name.
func loads(t *testing.T, name, text string) {
	t.Helper()
	if name == "config/README.md" {
		return // its own test has the files that it names
	}
	dir := beside(t)
	if _, err := probe.Loader().Parse([]byte(strings.ReplaceAll(text, "/run/secrets/", dir+"/")), dir); err != nil {
		t.Errorf("%s: %v\n%s", name, err, text)
	}
}

// beside is a folder with a zone that holds a key, and with certificates.
func beside(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "zen_zone"), []byte("abcdefghijklmnopqrstuvwxyz.zen.dq.example.net\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"probe_password", "token_key", "client_secret", "refresh_token"} {
		if err := os.WriteFile(filepath.Join(dir, secret), []byte("a secret of the example\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := httptest.NewTLSServer(http.NotFoundHandler())
	defer s.Close()
	writePair(t, dir, s)
	return dir
}

// webConfig reads a file for --web.config.file as the exporter does.
func webConfig(t *testing.T, name, text string) {
	t.Helper()
	dir := beside(t)
	file := filepath.Join(dir, "web.yml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := web.Validate(file); err != nil {
		t.Errorf("%s: %v\n%s", name, err, text)
	}
}

func TestPagesQueriesAskForWhatThereIs(t *testing.T) {
	known := promtest.Known(t)
	for _, r := range promtest.Rules(t, "../../examples/prometheus/rules/*.yml") {
		if r.Record != "" {
			known[r.Record] = known.Labels(t, r.Expr)
		}
	}
	for name := range pages {
		for _, b := range page(t, name).blocks("promql") {
			for line := range strings.Lines(b) {
				known.Check(t, name, strings.TrimSpace(line))
			}
		}
	}
}

// Commands of the README have a test of their own.
func TestPagesCommands(t *testing.T) {
	r := openReadme(t)
	for name := range pages {
		if name == "README.md" || name == "probe/dnsbl/README.md" { // whose command asks lists that the lab does not have
			continue
		}
		for _, b := range page(t, name).blocks("sh") {
			for line := range strings.Lines(b) {
				command, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
				switch command {
				case "./mx_exporter":
					r.run(t, strings.Fields(rest))
				case "curl":
					r.curl(t, rest)
				case "./mx_sd": // its own tests run them
				default:
					t.Errorf("%s: no test runs %q", name, command)
				}
			}
		}
	}
}

// heading is one of Markdown's, with what GitHub makes its anchor of.
var heading = regexp.MustCompile(`(?m)^#{1,6} (.+)$`)

func anchors(text []byte) map[string]bool {
	all := map[string]bool{}
	for _, h := range heading.FindAllSubmatch(text, -1) {
		a := strings.ToLower(string(h[1]))
		a = regexp.MustCompile(`[^a-z0-9 _-]`).ReplaceAllString(a, "")
		all[strings.ReplaceAll(a, " ", "-")] = true
	}
	return all
}

// Every link within the repository leads to a file, and to a heading in it.
func TestPagesLinksLeadSomewhere(t *testing.T) {
	for name := range pages {
		for _, m := range regexp.MustCompile(`\]\(([^)\s]+)\)`).FindAllStringSubmatch(page(t, name).text, -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			path, anchor, _ := strings.Cut(m[1], "#")
			file := filepath.Join("../..", filepath.Dir(name), path)
			if path == "" {
				file = filepath.Join("../..", name)
			}
			if _, err := os.Stat(file); err != nil {
				t.Errorf("%s: a link leads nowhere: %v", name, err)
				continue
			}
			if anchor == "" {
				continue
			}
			if b, err := os.ReadFile(file); err != nil || !anchors(bytes.ReplaceAll(b, []byte("\r"), nil))[anchor] {
				t.Errorf("%s: there is no heading %s in %s", name, anchor, path)
			}
		}
	}
}

// The way through the code names files that there are; a name without a folder
// is in the folder of the name before it.
func TestTheWayThroughTheCodeIsThere(t *testing.T) {
	_, way, _ := strings.Cut(page(t, "CONTRIBUTING.md").text, "## How a probe goes through the code")
	way, _, _ = strings.Cut(way, "## How to add a check")
	named := 0
	for line := range strings.Lines(way) {
		dir := ""
		for _, m := range regexp.MustCompile("`([a-z_*/]+(?:\\.go|/[a-z_]+))`|`(probe|collector|config|examples|cmd)`").FindAllStringSubmatch(line, -1) {
			name := m[1] + m[2]
			if !strings.Contains(name, "/") && dir != "" && m[2] == "" {
				name = dir + "/" + name
			}
			found, err := filepath.Glob(filepath.Join("../..", name))
			if err != nil || len(found) == 0 {
				t.Errorf("there is no %s (%v)", name, err)
			}
			if strings.HasSuffix(name, ".go") {
				dir = filepath.Dir(name)
			}
			named++
		}
	}
	if named < 25 {
		t.Errorf("only %d names were found", named)
	}
}
