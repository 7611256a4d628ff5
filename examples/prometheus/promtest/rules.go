package promtest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/goccy/go-yaml"
)

// Rule is a recording rule or an alert, as Prometheus 2.42 knows them.
type Rule struct {
	Record        string            `yaml:"record"`
	Alert         string            `yaml:"alert"`
	Expr          string            `yaml:"expr"`
	For           string            `yaml:"for"`
	KeepFiringFor string            `yaml:"keep_firing_for"`
	Labels        map[string]string `yaml:"labels"`
	Annotations   map[string]string `yaml:"annotations"`
}

// Test is one group of a file for promtool test rules, as far as the shipped
// ones use them.
type Test struct {
	Name        string `yaml:"name"`
	Interval    string `yaml:"interval"`
	InputSeries []struct {
		Series string `yaml:"series"`
		Values string `yaml:"values"`
	} `yaml:"input_series"`
	Expressions []struct {
		Expr     string `yaml:"expr"`
		EvalTime string `yaml:"eval_time"`
		Samples  []struct {
			Labels string  `yaml:"labels"`
			Value  float64 `yaml:"value"`
		} `yaml:"exp_samples"`
	} `yaml:"promql_expr_test"`
	// Alerts is what people read; only promtool looks at it.
	Alerts []any `yaml:"alert_rule_test"`
}

// Rules reads every rule of the files that fit a pattern. A key that Prometheus
// does not know ends the test.
func Rules(t testing.TB, pattern string) (all []Rule) {
	t.Helper()
	for _, f := range files(t, pattern) {
		var file struct {
			Groups []struct {
				Name     string `yaml:"name"`
				Interval string `yaml:"interval"`
				Rules    []Rule `yaml:"rules"`
			} `yaml:"groups"`
		}
		Read(t, f, &file)
		for _, g := range file.Groups {
			all = append(all, g.Rules...)
		}
	}
	return all
}

// Tests reads every test of the files that fit a pattern.
func Tests(t testing.TB, pattern string) (all []Test) {
	t.Helper()
	for _, f := range files(t, pattern) {
		var file struct {
			RuleFiles []string `yaml:"rule_files"`
			Interval  string   `yaml:"evaluation_interval"`
			Tests     []Test   `yaml:"tests"`
		}
		Read(t, f, &file)
		all = append(all, file.Tests...)
	}
	return all
}

func files(t testing.TB, pattern string) []string {
	t.Helper()
	found, err := filepath.Glob(pattern)
	if err != nil || len(found) == 0 {
		t.Fatalf("%s: no files (%v)", pattern, err)
	}
	return found
}

// Read decodes a YAML file strictly.
func Read(t testing.TB, file string, into any) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalWithOptions(b, into, yaml.Strict()); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}
