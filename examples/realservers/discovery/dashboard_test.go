//go:build real

package discovery

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"mx_exporter/examples/realservers/browser"
	"mx_exporter/examples/realservers/draw"
	"mx_exporter/examples/realservers/server"
)

// dashboardHasData asks Prometheus for every query of the dashboard on mx_sd, with
// all values for its variable, and draws it: go test -artifacts keeps the picture.
func dashboardHasData(t *testing.T, p *server.Prometheus, began time.Time) {
	t.Helper()
	d := draw.Read(t, "../../grafana/discovery.json")
	all := func(expression string) string {
		return regexp.MustCompile(`=~"\$\w+"`).ReplaceAllString(expression, `=~".+"`)
	}
	asked := 0
	for _, panel := range d.Panels {
		for _, q := range panel.Targets {
			asked++
			if len(p.Ask(t, all(q.Expr))) == 0 {
				t.Errorf("%s: no data for %s", panel.Title, q.Expr)
			}
		}
	}
	if asked < 20 {
		t.Errorf("only %d queries were found", asked)
	}
	page := draw.Page(d, func(panel draw.Panel) (answers draw.Answers) {
		for _, q := range panel.Targets {
			answers = append(answers, answer(t, p, all(q.Expr), q.Instant, began))
		}
		return answers
	})
	file := filepath.Join(t.ArtifactDir(), "discovery.html")
	if err := os.WriteFile(file, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	b := browser.Start(t)
	b.Screen(t, draw.Width, 1000, "light")
	b.Open(t, "file://"+file)
	b.Picture(t, strings.TrimSuffix(file, ".html")+".png", 0)
}

// answer is what Prometheus says now, in its order, or said since a time.
func answer(t *testing.T, p *server.Prometheus, expression string, now bool, since time.Time) (all []draw.Series) {
	t.Helper()
	if now {
		for _, s := range p.Ask(t, expression) {
			all = append(all, draw.Series{Labels: s.Labels, Points: []draw.Point{{Value: s.Value}}})
		}
		return all
	}
	for _, s := range p.Range(t, expression, since, time.Second) {
		series := draw.Series{Labels: s.Metric}
		for _, v := range s.Values {
			series.Points = append(series.Points, draw.Point(v))
		}
		all = append(all, series)
	}
	return all
}
