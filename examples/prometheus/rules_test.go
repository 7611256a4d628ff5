package prometheus_test

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"
	"time"

	"mx_exporter/examples/prometheus/promtest"
	"mx_exporter/probe"
	"mx_exporter/probe/fact"
)

// world is every metric there is, with those that the rules record.
func world(t *testing.T) (m promtest.Metrics, alerts []promtest.Rule) {
	t.Helper()
	m = promtest.Known(t)
	for _, r := range promtest.Rules(t, "rules/*.yml") {
		if r.Record != "" {
			m.Check(t, r.Record, r.Expr)
			m[r.Record] = m.Labels(t, r.Expr)
		} else {
			alerts = append(alerts, r)
		}
	}
	if len(alerts) < 40 {
		t.Fatalf("only %d alerts were found", len(alerts))
	}
	return m, alerts
}

func TestAlertsAskForWhatThereIs(t *testing.T) {
	m, alerts := world(t)
	for _, a := range alerts {
		m.Check(t, a.Alert, a.Expr)
	}
}

func TestAlertsAreNamedOnceAndSorted(t *testing.T) {
	_, alerts := world(t)
	seen := map[string]bool{}
	for _, a := range alerts {
		if seen[a.Alert] || !strings.HasPrefix(a.Alert, "MX") {
			t.Errorf("%s: there is another, or its name does not begin with MX", a.Alert)
		}
		seen[a.Alert] = true
		if !slices.Contains([]string{"critical", "warning", "info"}, a.Labels["severity"]) {
			t.Errorf("%s: severity %q", a.Alert, a.Labels["severity"])
		}
		if !slices.Contains([]string{"mail", "lists", "exporter"}, a.Labels["area"]) {
			t.Errorf("%s: area %q", a.Alert, a.Labels["area"])
		}
	}
}

// The scrape interval may be two minutes: a window holds several looks of it.
func TestWindowsHoldFiveLooks(t *testing.T) {
	const least = 5 * 2 * time.Minute
	_, alerts := world(t)
	for _, a := range append(alerts, promtest.Rules(t, "rules/recording.yml")...) {
		for _, w := range regexp.MustCompile(`\[(\w+)\]`).FindAllStringSubmatch(a.Expr, -1) {
			d, err := time.ParseDuration(strings.Replace(strings.Replace(w[1], "1d", "24h", 1), "2d", "48h", 1))
			if err != nil || d < least {
				t.Errorf("%s%s: the window %s is shorter than %v (%v)", a.Alert, a.Record, w[1], least, err)
			}
		}
	}
}

func TestAnnotationsAreWholeAndNameLabelsThatThereAre(t *testing.T) {
	m, alerts := world(t)
	for _, a := range alerts {
		for _, key := range []string{"summary", "description", "runbook"} {
			if a.Annotations[key] == "" {
				t.Errorf("%s has no %s", a.Alert, key)
			}
		}
		if a.Annotations["report"] == "" && a.Alert != "MXNoProbes" { // which has no labels, and so no exporter
			t.Errorf("%s has no report", a.Alert)
		}
		have := append(m.Labels(t, a.Expr), "severity", "area")
		for key, text := range a.Annotations {
			expand(t, a.Alert+", "+key, text)
			for _, l := range regexp.MustCompile(`\$labels\.(\w+)`).FindAllStringSubmatch(text, -1) {
				if !slices.Contains(have, l[1]) {
					t.Errorf("%s: the %s shows the label %s, which the alert does not have", a.Alert, key, l[1])
				}
			}
			for _, q := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(text, -1) {
				m.Check(t, a.Alert+", "+key, strings.ReplaceAll(q[1], "%q", `"x"`))
			}
		}
	}
}

// expand runs a template with what Prometheus gives it.
func expand(t *testing.T, where, text string) {
	t.Helper()
	const head = `{{ $labels := .Labels }}{{ $externalLabels := .ExternalLabels }}{{ $value := .Value }}`
	found := []struct {
		Labels map[string]string
		Value  float64
	}{{map[string]string{"code": "c", "reason": "r"}, 1}}
	tmpl, err := template.New(where).Option("missingkey=zero").Funcs(template.FuncMap{
		"query":              func(string) any { return found },
		"humanize":           fmt.Sprint,
		"humanizeDuration":   fmt.Sprint,
		"humanizePercentage": fmt.Sprint,
	}).Parse(head + text)
	if err == nil {
		err = tmpl.Execute(io.Discard, map[string]any{"Labels": map[string]string{}, "ExternalLabels": map[string]string{}, "Value": 1.5})
	}
	if err != nil {
		t.Errorf("%s: %v", where, err)
	}
}

// What an alert advises is what the finding behind it advises.
func TestAdviceIsThatOfTheFinding(t *testing.T) {
	_, alerts := world(t)
	for _, a := range alerts {
		said := strings.Join(strings.Fields(a.Annotations["description"]), " ")
		if !strings.Contains(said, " What to do: ") {
			t.Errorf("%s does not say what to do", a.Alert)
		}
		code, ok := a.Annotations["finding"]
		if !ok {
			continue
		}
		doc, ok := probe.Explain(fact.Code(code))
		if !ok || !strings.HasSuffix(said, "What to do: "+strings.Join(strings.Fields(doc.Mend), " ")) {
			t.Errorf("%s does not advise what the finding %s advises: %s", a.Alert, code, doc.Mend)
		}
	}
}

func TestEachAlertHasATestThatFiresAndOneThatDoesNot(t *testing.T) {
	m, alerts := world(t)
	m["ALERTS"] = append(m["ALERTS"], "code")
	fires, quiet := map[string]bool{}, map[string]bool{}
	for _, c := range promtest.Tests(t, "rules/tests/*.yml") {
		alert, rest, _ := strings.Cut(c.Name, " ")
		for _, s := range c.InputSeries {
			m.Check(t, c.Name, s.Series)
		}
		for _, e := range c.Expressions {
			if !strings.Contains(e.Expr, `alertname="`+alert+`", alertstate="firing"`) {
				t.Errorf("%s asks for another alert: %s", c.Name, e.Expr)
			}
			wantsIt := len(e.Samples) == 1 && e.Samples[0].Value >= 1
			fires[alert] = fires[alert] || rest == "fires" && wantsIt
			quiet[alert] = quiet[alert] || strings.HasPrefix(rest, "stays quiet") && len(e.Samples) == 0
		}
	}
	for _, a := range alerts {
		if !fires[a.Alert] || !quiet[a.Alert] {
			t.Errorf("%s: a test that makes it fire: %v, one that keeps it quiet: %v", a.Alert, fires[a.Alert], quiet[a.Alert])
		}
	}
	if len(fires) != len(alerts) {
		t.Errorf("%d alerts are tested, and there are %d", len(fires), len(alerts))
	}
}

func TestEachAlertHasItsParagraph(t *testing.T) {
	b, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, alerts := world(t)
	paragraph := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^#### (MX\w+)\n\n((?:.+\n)+)`).FindAllStringSubmatch(string(b), -1) {
		paragraph[m[1]] = m[2]
	}
	for _, a := range alerts {
		text, when := strings.ToLower(paragraph[a.Alert]), "after "+a.For+"."
		if a.For == "" {
			when = "at once."
		}
		if !strings.HasPrefix(text, "**"+a.Labels["severity"]+"**, "+when) {
			t.Errorf("the paragraph of %s does not begin with its severity and its time (%s)", a.Alert, when)
		}
		if f := a.Annotations["finding"]; f != "" && !strings.Contains(text, "findings.md#"+f) {
			t.Errorf("the paragraph of %s does not lead to the finding %s", a.Alert, f)
		}
		if !strings.HasSuffix(a.Annotations["runbook"], "examples/prometheus/README.md#"+strings.ToLower(a.Alert)) {
			t.Errorf("%s: its runbook is %s", a.Alert, a.Annotations["runbook"])
		}
		delete(paragraph, a.Alert)
	}
	for name := range paragraph {
		t.Errorf("there is a paragraph on %s and no such alert", name)
	}
}
