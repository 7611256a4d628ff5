//go:build real

package alerts

import (
	"encoding/json"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// withoutData are queries that can have no data in a lab that is some minutes
// old, and why. One that has data all the same fails the test.
var withoutData = map[string]string{
	"offset 7d": "there is no week before",
}

// dashboardsHaveData asks Prometheus for every query of every dashboard, with
// all values for each variable.
func dashboardsHaveData(t *testing.T, w *world) {
	files, err := filepath.Glob("../../grafana/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no dashboards: %v", err)
	}
	asked := 0
	for _, f := range files {
		var d struct {
			Panels []struct {
				Title   string
				Targets []struct{ Expr string }
			}
			Templating struct{ List []struct{ Definition string } }
		}
		if err := json.Unmarshal(read(t, f), &d); err != nil {
			t.Fatal(err)
		}
		for _, v := range d.Templating.List {
			if m := regexp.MustCompile(`^label_values\((.*), \w+\)$`).FindStringSubmatch(v.Definition); m != nil {
				hasData(t, w, filepath.Base(f)+", variable", m[1])
			}
		}
		for _, p := range d.Panels {
			for _, q := range p.Targets {
				asked++
				hasData(t, w, filepath.Base(f)+", "+p.Title, q.Expr)
			}
		}
	}
	t.Logf("%d queries", asked)
}

func hasData(t *testing.T, w *world, where, expression string) {
	t.Helper()
	expression = regexp.MustCompile(`=~?"\$\w+"`).ReplaceAllString(expression, `=~".+"`)
	expression = strings.ReplaceAll(expression, "$__rate_interval", "1m")
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
