package main

import (
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"mx_exporter/cmd/mx_exporter/web"
	"mx_exporter/probe/dnsq"
)

var update = flag.Bool("update", false, "write METRICS.md anew")

// ownMetric is a family of the exporter's own, as the reference shows it.
type ownMetric struct {
	kind, help string
	labels     []string
}

const metricsHead = `# The exporter's own metrics

What ` + "`/metrics`" + ` shows of the exporter itself, beside the metrics of the Go runtime and of the process (` + "`go_*`, `process_*`" + `) that all
Prometheus exporters in Go have. What a probe shows is in [collector/README.md](../../collector/README.md). This page is written from the
program by ` + "`make golden`" + `; a test compares the two. Absent is not zero: what is not known has no series.

| name | type | labels | meaning |
|---|---|---|---|
`

// Every metric of the exporter's own stands in METRICS.md, and nothing else does.
func TestOwnMetricsStandInTheirReference(t *testing.T) {
	all := shownMetrics(t)
	described(t, all)
	var b strings.Builder
	b.WriteString(metricsHead)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		m, labels := all[name], ""
		if len(m.labels) > 0 {
			labels = "`" + strings.Join(m.labels, "`, `") + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", name, m.kind, labels, m.help)
	}
	if *update {
		if err := os.WriteFile("METRICS.md", []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("METRICS.md")
	if err != nil || string(got) != b.String() {
		t.Errorf("METRICS.md is not what the program says (%v): make golden", err)
	}
}

// shownMetrics is what /metrics of a running exporter has.
func shownMetrics(t *testing.T) map[string]*ownMetric {
	t.Helper()
	e := serving(t)
	res, err := http.Get(e.url + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(res.Body)
	res.Body.Close()
	if code := e.end(); err != nil || code != exitOK {
		t.Fatal(err, code)
	}
	// It asked nobody, so what there is by type and outcome is added.
	text = append(text, exposed(t, web.DNSCollector(func() (dnsq.ClientStats, dnsq.CacheStats) {
		return dnsq.ClientStats{}, dnsq.CacheStats{Asked: map[dnsq.Asked]uint64{{Type: "MX", Outcome: dnsq.Answered}: 1}}
	}))...)
	all := map[string]*ownMetric{}
	for _, m := range regexp.MustCompile(`(?m)^# HELP (mx_exporter_\w+) (.*)\n# TYPE \w+ (\w+)$`).FindAllSubmatch(text, -1) {
		all[string(m[1])] = &ownMetric{kind: string(m[3]), help: string(m[2])}
	}
	for name, m := range all {
		series := regexp.MustCompile(`(?m)^` + name + `(?:_bucket)?\{(.*)\}`).FindSubmatch(text)
		if series == nil {
			continue
		}
		for _, l := range regexp.MustCompile(`(\w+)="`).FindAllSubmatch(series[1], -1) {
			if string(l[1]) != "le" {
				m.labels = append(m.labels, string(l[1]))
			}
		}
	}
	if len(all) < 20 {
		t.Fatalf("only %d metrics were found", len(all))
	}
	return all
}

// described adds those that have no series before something is known.
func described(t *testing.T, all map[string]*ownMetric) {
	t.Helper()
	desc := regexp.MustCompile(`fqName: "(\w+)", help: "(.*?)"(?:, unit: "[^"]*")?, constLabels: \{\}, variableLabels: \{(.*?)\}\}`)
	for _, f := range newSelfMetrics(nil, nil, nil).families {
		m := desc.FindStringSubmatch(f.desc.String())
		if m == nil {
			t.Fatalf("cannot read %s", f.desc)
		}
		own := &ownMetric{kind: "gauge", help: m[2]}
		if f.kind == prometheus.CounterValue {
			own.kind = "counter"
		}
		if m[3] != "" {
			own.labels = slices.Sorted(strings.SplitSeq(m[3], ","))
		}
		all[m[1]] = own
	}
}
