//go:build real

package alerts

import (
	"os"
	"path/filepath"
	"regexp"
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

// drawn are the dashboards, with what is chosen in the picture of each. In what
// is asked for data alone, all values are chosen.
var drawn = map[string]map[string]string{
	"fleet.json":      nil,
	"domain.json":     {"instance": "good.test"},
	"blocklists.json": nil,
	"exporter.json":   nil,
}

// dashboardsHaveData asks Prometheus for every query of every dashboard, with
// all values for each variable, and draws them.
func dashboardsHaveData(t *testing.T, w *world) {
	files, err := filepath.Glob("../../grafana/*.json")
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
		picture(t, w, b, d, name)
	}
	t.Logf("%d queries", asked)
}

// chosen puts the values of variables into a query; those that are not given
// are all.
func chosen(expression string, values map[string]string) string {
	for name, v := range values {
		expression = strings.ReplaceAll(expression, "$"+name+`"`, v+`"`)
	}
	expression = regexp.MustCompile(`=~?"\$\w+"`).ReplaceAllString(expression, `=~".+"`)
	return strings.ReplaceAll(expression, "$__rate_interval", "1m")
}

func hasData(t *testing.T, w *world, where, expression string) {
	t.Helper()
	expression = chosen(expression, nil)
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
func picture(t *testing.T, w *world, b *browser.Browser, d draw.Dashboard, name string) {
	t.Helper()
	page := draw.Page(d, func(p draw.Panel) (answers draw.Answers) {
		for _, q := range p.Targets {
			answers = append(answers, answer(t, w, chosen(q.Expr, drawn[name]), q.Instant))
		}
		return answers
	})
	file := filepath.Join(t.ArtifactDir(), strings.TrimSuffix(name, ".json")+".html")
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
