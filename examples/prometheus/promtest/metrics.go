package promtest

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"mx_exporter/cmd/mx_exporter/web"
	"mx_exporter/collector"
	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/fact"
)

// Metrics are the metrics there are, each with its labels.
type Metrics map[string][]string

// ambient are labels that Prometheus adds, and those of the shipped files.
func ambient() []string {
	return []string{"job", "instance", "exporter", "module", "team", "maintenance"}
}

// Known is what the exporter shows on /probe and on /metrics, what mx_sd shows,
// and what Prometheus makes itself.
func Known(t testing.TB) Metrics {
	t.Helper()
	m := Metrics{
		"up":                      nil,
		"scrape_duration_seconds": nil,
		"ALERTS":                  {"alertname", "alertstate", "severity", "area", "host", "address", "list", "role", "roundtrip"},
	}
	for _, f := range collector.Reference() {
		m[f.Name] = f.Labels
	}
	for _, f := range collector.RoundTripReference() {
		m[f.Name] = f.Labels
		if f.Type == "histogram" {
			m[f.Name+"_bucket"] = append(slices.Clone(f.Labels), "le")
			m[f.Name+"_sum"], m[f.Name+"_count"] = f.Labels, f.Labels
		}
	}
	m.shown(t)
	m.written(t)
	m.discovery(t)
	return m
}

// shown adds what package web shows on /metrics.
func (m Metrics) shown(t testing.TB) {
	t.Helper()
	stats := func() (dnsq.ClientStats, dnsq.CacheStats) {
		return dnsq.ClientStats{}, dnsq.CacheStats{Asked: map[dnsq.Asked]uint64{{Type: "MX", Outcome: dnsq.Answered}: 1}}
	}
	store, err := config.NewStore("")
	if err != nil {
		t.Fatal(err)
	}
	h, err := web.New(web.Options{
		Prober: web.ProberFunc(func(context.Context, probe.Target, config.Module) (*probe.Result, error) {
			return &probe.Result{Verdict: fact.Unknown}, nil
		}),
		Config: store, Collectors: []prometheus.Collector{web.DNSCollector(stats)},
	})
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	label := regexp.MustCompile(`([a-z_]+)="`)
	for line := range strings.Lines(w.Body.String()) {
		name, rest, _ := strings.Cut(line, " ")
		name, labels, _ := strings.Cut(name, "{")
		if name == "#" {
			continue
		}
		for _, l := range label.FindAllStringSubmatch(labels+rest, -1) {
			if !slices.Contains(m[name], l[1]) {
				m[name] = append(m[name], l[1])
			}
		}
		if _, ok := m[name]; !ok {
			m[name] = nil
		}
	}
}

// written adds the self-checks. They are made in a program, which cannot be
// imported, so their table is read from its source.
func (m Metrics) written(t testing.TB) {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	file := filepath.Join(filepath.Dir(here), "../../../cmd/mx_exporter/selfmetrics.go")
	tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	ast.Inspect(tree, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) != 5 {
			return true
		}
		if f, ok := call.Fun.(*ast.Ident); ok && f.Name == "family" {
			m["mx_exporter_"+text(call.Args[1])] = texts(call.Args[3])
			found++
		}
		return true
	})
	if found < 5 {
		t.Fatalf("only %d self-checks found in %s", found, file)
	}
}

func text(e ast.Expr) string {
	if l, ok := e.(*ast.BasicLit); ok && l.Kind == token.STRING {
		s, _ := strconv.Unquote(l.Value)
		return s
	}
	return ""
}

func texts(e ast.Expr) (all []string) {
	if l, ok := e.(*ast.CompositeLit); ok {
		for _, x := range l.Elts {
			all = append(all, text(x))
		}
	}
	return all
}

// Check reports what an expression asks for that there is not: metrics, labels,
// and codes of findings.
func (m Metrics) Check(t testing.TB, where, expression string) {
	t.Helper()
	e, err := Parse(expression)
	if err != nil {
		t.Errorf("%s: %v", where, err)
		return
	}
	have := ambient()
	for _, s := range e.Selectors {
		labels, ok := m[s.Name]
		if !ok {
			t.Errorf("%s: there is no metric %s", where, s.Name)
			continue
		}
		have = append(have, labels...)
		for l, value := range s.Matchers {
			if !slices.Contains(labels, l) && !slices.Contains(ambient(), l) {
				t.Errorf("%s: %s has no label %s", where, s.Name, l)
			}
			if l == "code" && s.Name == "mx_finding" {
				codes(t, where, value)
			}
		}
	}
	for _, l := range e.Grouping {
		if !slices.Contains(have, l) {
			t.Errorf("%s: no metric here has the label %s", where, l)
		}
	}
}

func codes(t testing.TB, where, pattern string) {
	t.Helper()
	for c := range strings.SplitSeq(pattern, "|") {
		if _, ok := probe.Explain(fact.Code(c)); !ok {
			t.Errorf("%s: there is no finding %q", where, c)
		}
	}
}

// Labels are those that the result of an expression may have.
func (m Metrics) Labels(t testing.TB, expression string) []string {
	t.Helper()
	e, err := Parse(expression)
	if err != nil {
		t.Fatal(err)
	}
	if e.Aggregated != nil {
		return e.Aggregated
	}
	return append(ambient(), m[e.Selectors[0].Name]...)
}
