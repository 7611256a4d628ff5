package draw

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// board has one panel of each kind that the shipped dashboards use.
const board = `{"title": "Board & more", "panels": [
 {"type": "row", "title": "A row", "gridPos": {"w": 24, "h": 1, "x": 0, "y": 0}},
 {"type": "timeseries", "title": "Lines", "gridPos": {"w": 12, "h": 8, "x": 0, "y": 1},
  "targets": [{"refId": "A", "expr": "a", "legendFormat": "{{host}} took"}],
  "fieldConfig": {"defaults": {"unit": "s", "custom": {"stacking": {"mode": "normal"}}}, "overrides": [
   {"matcher": {"options": "mx1 took"}, "properties": [{"id": "color", "value": {"fixedColor": "red"}}]}]}},
 {"type": "state-timeline", "title": "States", "gridPos": {"w": 12, "h": 8, "x": 12, "y": 1},
  "targets": [{"refId": "A", "expr": "a", "legendFormat": "{{host}}"}],
  "fieldConfig": {"defaults": {"mappings": [{"options": {"1": {"text": "up", "color": "green"}}}]}}},
 {"type": "stat", "title": "Number", "gridPos": {"w": 6, "h": 4, "x": 0, "y": 9},
  "targets": [{"refId": "A", "expr": "a", "legendFormat": "{{host}}"}],
  "fieldConfig": {"defaults": {"unit": "percentunit", "thresholds": {"steps": [{"color": "red"}, {"color": "green", "value": 0.5}]}}}},
 {"type": "bargauge", "title": "Bars", "gridPos": {"w": 6, "h": 4, "x": 6, "y": 9},
  "targets": [{"refId": "A", "expr": "a", "legendFormat": "bar of {{host}}"}], "fieldConfig": {"defaults": {"unit": "none"}}},
 {"type": "table", "title": "Table", "gridPos": {"w": 6, "h": 4, "x": 12, "y": 9},
  "targets": [{"refId": "A", "expr": "a"}, {"refId": "B", "expr": "b"}],
  "options": {"sortBy": [{"displayName": "Left", "desc": true}]},
  "transformations": [{"id": "organize", "options": {"excludeByName": {"job": true}, "indexByName": {"host": 0}, "renameByName": {"Value #A": "Up", "Value #B": "Left"}}}],
  "fieldConfig": {"defaults": {}, "overrides": [{"matcher": {"options": "Left"}, "properties": [{"id": "unit", "value": "s"}]}]}},
 {"type": "stat", "title": "Nothing", "gridPos": {"w": 6, "h": 4, "x": 18, "y": 9}, "targets": [{"refId": "A", "expr": "none"}]}
]}`

func series(host string, values ...float64) Series {
	s := Series{Labels: map[string]string{"host": host, "job": "mx"}}
	for i, v := range values {
		s.Points = append(s.Points, Point{float64(i), v})
	}
	return s
}

func TestEachKindOfPanelShowsItsSeries(t *testing.T) {
	file := filepath.Join(t.TempDir(), "board.json")
	if err := os.WriteFile(file, []byte(board), 0o600); err != nil {
		t.Fatal(err)
	}
	page := Page(Read(t, file), func(p Panel) (answers Answers) {
		for _, q := range p.Targets {
			switch q.Expr {
			case "a":
				answers = append(answers, []Series{series("mx1", 1, 1), series("mx2<b>", 0, .25)})
			case "b":
				answers = append(answers, []Series{series("mx1", 90), series("mx2<b>", 86400*3)})
			default:
				answers = append(answers, nil)
			}
		}
		return answers
	})
	for _, want := range []string{
		"Board &amp; more", `class=row style="grid-area:1/1/span 1/span 24"`,
		"mx1 took (1s)", "mx2&lt;b&gt; took (250ms)", `stroke="#f2495c"`, // a fixed colour
		`fill="#73bf69"><title>up`,
		`background:#73bf69">100 %<small>mx1`, `background:#f2495c">25 %`,
		"bar of mx1", "width:25%",
		"<th>host<th>Up<th>Left", "<td style=\"background:none\">3.0 days",
		"No data",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(page, "<b>") && strings.Contains(page, "mx2<b>") {
		t.Error("a label became markup")
	}
	if strings.Contains(page, "<th>job") {
		t.Error("a hidden column is shown")
	}
	if table := page[strings.Index(page, "<th>Left"):]; strings.Index(table, "mx2") > strings.Index(table, "mx1") {
		t.Error("the table is not sorted by its second value, the greatest first")
	}
}

func TestUnitsAreReadAsPeopleReadThem(t *testing.T) {
	for _, c := range []struct {
		unit  string
		value float64
		want  string
	}{
		{"s", .0123, "12.3ms"},
		{"s", 75, "1m15s"},
		{"s", -86400, "-1.0 days"},
		{"percentunit", .985, "98.5 %"},
		{"reqps", .05, "0.05 /s"},
		{"bytes", 3 << 20, "3 MiB"},
		{"none", 123456, "123456"},
	} {
		if got := (field{Unit: c.unit}).text(c.value); got != c.want {
			t.Errorf("%v %s is shown as %q, want %q", c.value, c.unit, got, c.want)
		}
	}
}
