//go:build real

package alerts

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"mx_exporter/examples/realservers/browser"
	"mx_exporter/examples/realservers/draw"
)

// withoutData are queries that can have no data in a lab that is some minutes
// old, and why. One that has data all the same fails the test.
var withoutData = map[string]string{
	"offset 7d": "there is no week before",
}

// drawn are the dashboards, and the domains that are chosen in a picture of
// each; none is all of them.
var drawn = map[string][]string{
	"fleet.json":      {""},
	"domain.json":     {"good.test", "dnsbl-listed.test", "backup-takes-everything.test"},
	"blocklists.json": {""},
	"exporter.json":   {""},
	"roundtrips.json": {""},
}

// elsewhere is the dashboard of which the queries are asked where mx_sd runs:
// ../discovery.
const elsewhere = "../../grafana/discovery.json"

// dashboardsHaveData asks Prometheus for every query of every dashboard, with
// all values for each variable, and draws them.
func dashboardsHaveData(t *testing.T, w *world) {
	files, err := filepath.Glob("../../grafana/*.json")
	files = slices.DeleteFunc(files, func(f string) bool { return f == elsewhere })
	if err != nil || len(files) != len(drawn) {
		t.Fatalf("%d dashboards, want %d: %v", len(files), len(drawn), err)
	}
	b, asked := browser.Start(t), 0
	for _, f := range files {
		d, name := draw.Read(t, f), filepath.Base(f)
		for _, v := range d.Templating.List {
			if m := regexp.MustCompile(`^label_values\((.*), \w+\)$`).FindStringSubmatch(v.Definition); m != nil {
				hasData(t, w, name+", variable", m[1])
			}
		}
		for _, p := range d.Panels {
			for _, q := range p.Targets {
				asked++
				hasData(t, w, name+", "+p.Title, q.Expr)
			}
		}
		for _, domain := range drawn[name] {
			picture(t, w, b, d, strings.TrimSuffix(name, ".json"), domain)
		}
	}
	t.Logf("%d queries", asked)
}

// chosen puts the values of variables into a query: a domain, and all of what is
// not given.
func chosen(expression, domain string) string {
	if domain != "" {
		expression = strings.ReplaceAll(expression, `$instance"`, domain+`"`)
	}
	expression = regexp.MustCompile(`=~?"\$\w+"`).ReplaceAllString(expression, `=~".+"`)
	return strings.ReplaceAll(expression, "$__rate_interval", "1m")
}

func hasData(t *testing.T, w *world, where, expression string) {
	t.Helper()
	expression = chosen(expression, "")
	reason := ""
	for part, why := range withoutData {
		if strings.Contains(expression, part) {
			reason = why
		}
	}
	found := w.prometheus.Ask(t, expression)
	if len(found) == 0 && reason == "" {
		t.Errorf("%s: no data for %s", where, expression)
	}
	if len(found) > 0 && reason != "" {
		t.Errorf("%s has data, although %s: %s", where, reason, expression)
	}
}

// picture draws a dashboard from the answers to its queries, for people to look
// at, with the browser's own eyes: go test -artifacts keeps it.
func picture(t *testing.T, w *world, b *browser.Browser, d draw.Dashboard, name, domain string) {
	t.Helper()
	page := draw.Page(d, func(p draw.Panel) (answers draw.Answers) {
		for _, q := range p.Targets {
			answers = append(answers, answer(t, w, chosen(q.Expr, domain), q.Instant))
		}
		return answers
	})
	file := filepath.Join(t.ArtifactDir(), strings.Trim(name+"-"+domain, "-")+".html")
	if err := os.WriteFile(file, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	b.Screen(t, draw.Width, 1000, "light")
	b.Open(t, "file://"+file)
	b.Picture(t, strings.TrimSuffix(file, ".html")+".png", 0)
}

// answer is what Prometheus says now, in its order, or said since the world
// began.
func answer(t *testing.T, w *world, expression string, now bool) (all []draw.Series) {
	t.Helper()
	if now {
		for _, s := range w.prometheus.Ask(t, expression) {
			all = append(all, draw.Series{Labels: s.Labels, Points: []draw.Point{{Value: s.Value}}})
		}
		return all
	}
	for _, s := range w.prometheus.Range(t, expression, w.started, time.Second) {
		series := draw.Series{Labels: s.Metric}
		for _, v := range s.Values {
			series.Points = append(series.Points, draw.Point(v))
		}
		all = append(all, series)
	}
	return all
}
