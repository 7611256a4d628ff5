package promtest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMetricsAndLabelsAreFound(t *testing.T) {
	for _, c := range []struct {
		in   string
		want Expr
	}{
		{`mx_verdict{verdict="compromised"} == 1`, Expr{Selectors: []Selector{{"mx_verdict", map[string]string{"verdict": "compromised"}}}}},
		{`a > 0.9 * b`, Expr{Selectors: []Selector{{Name: "a"}, {Name: "b"}}}},
		{"a # no metric: c\nunless on (x, y) b", Expr{Selectors: []Selector{{Name: "a"}, {Name: "b"}}, Grouping: []string{"x", "y"}}},
		{`sum by (job) (increase(a_total{code="503", reason!~"x|y"}[10m])) > 0`, Expr{
			Selectors: []Selector{{"a_total", map[string]string{"code": "503", "reason": "x|y"}}},
			Grouping:  []string{"job"}, Aggregated: []string{"job"},
		}},
		{`a and on (h) max by (h) (b:c:avg1d)`, Expr{Selectors: []Selector{{Name: "a"}, {Name: "b:c:avg1d"}}, Grouping: []string{"h", "h"}}},
		{`quantile_over_time(0.5, a[1d] offset 1h)`, Expr{Selectors: []Selector{{Name: "a"}}}},
		{`a{b="{c}\"d"} * on (i) group_left (r) e`, Expr{Selectors: []Selector{{"a", map[string]string{"b": `{c}\"d`}}, {Name: "e"}}, Grouping: []string{"i", "r"}}},
		{`topk(3, a)`, Expr{Selectors: []Selector{{Name: "a"}}}},
		{`rate(a[$__rate_interval])`, Expr{Selectors: []Selector{{Name: "a"}}}},
	} {
		got, err := Parse(c.in)
		if d := cmp.Diff(c.want, got); err != nil || d != "" {
			t.Errorf("%s: %v\n%s", c.in, err, d)
		}
	}
}

func TestWhatCannotBeReadIsAnError(t *testing.T) {
	for _, in := range []string{"", "1 + 1", `{a="b"}`, `a{b=c}`, `a{b="c}`, `a[5m`, `a{="b"}`} {
		if got, err := Parse(in); err == nil {
			t.Errorf("%q is taken for %v", in, got)
		}
	}
}
