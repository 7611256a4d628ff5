package draw

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
)

// Dashboard is what this package knows of a dashboard file.
type Dashboard struct {
	Title      string
	Panels     []Panel
	Templating struct {
		List []Variable
	}
}

// Variable is a choice that the queries of a dashboard depend on.
type Variable struct{ Name, Definition string }

// Panel is one panel, or the heading of a row.
type Panel struct {
	Type, Title string
	GridPos     struct{ W, H, X, Y int }
	Targets     []Target
	FieldConfig struct {
		Defaults  field
		Overrides []struct {
			Matcher    struct{ Options string }
			Properties []struct {
				ID    string
				Value json.RawMessage
			}
		}
	}
	Options struct {
		TextMode string
		SortBy   []struct {
			DisplayName string
			Desc        bool
		}
	}
	Transformations []struct {
		ID      string
		Options struct {
			ExcludeByName map[string]bool
			IndexByName   map[string]int
			RenameByName  map[string]string
		}
	}
}

// Target is one query of a panel.
type Target struct {
	RefID, Expr, LegendFormat string
	Instant                   bool
}

type field struct {
	Unit, NoValue, DisplayName string
	Mappings                   []mapping
	Thresholds                 struct {
		Steps []struct {
			Color string
			Value *float64
		}
	}
	Color  struct{ FixedColor string }
	Custom struct {
		Stacking struct{ Mode string }
	}
}

type mapping struct {
	Options map[string]struct{ Text, Color string }
}

// Read reads a dashboard file.
func Read(t testing.TB, file string) Dashboard {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var d Dashboard
	if err := json.Unmarshal(b, &d); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return d
}

// Series is one line of a panel: its labels and its values over time, of which
// the last is that of now.
type Series struct {
	Labels map[string]string
	Points []Point
}

// Point is a value at a time, in Unix seconds.
type Point struct{ At, Value float64 }

// Now is the last value.
func (s Series) Now() float64 { return s.Points[len(s.Points)-1].Value }

// Answers are the series that each target of a panel was answered with.
type Answers [][]Series

var placeholder = regexp.MustCompile(`\{\{\s*(\w+)\s*\}\}`)

// legend is what Grafana calls a series.
func (t Target) legend(s Series) string {
	if t.LegendFormat == "" {
		return s.Labels["__name__"]
	}
	return placeholder.ReplaceAllStringFunc(t.LegendFormat, func(p string) string {
		return s.Labels[strings.Trim(p, "{} ")]
	})
}

// named is a series with its name in the legend.
type named struct {
	Series
	name string
}

func (p Panel) named(answers Answers) (all []named) {
	for i, t := range p.Targets {
		for _, s := range answers[i] {
			all = append(all, named{s, t.legend(s)})
		}
	}
	return all
}
