package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mx_exporter/examples/prometheus/promtest"
)

var update = flag.Bool("update", false, "write the dashboards anew")

func TestDashboardsAreThoseOfTheGenerator(t *testing.T) {
	if *update {
		if code := run([]string{".."}, os.Stderr); code != 0 {
			t.Fatal(code)
		}
	}
	for name, d := range dashboards() {
		want, err := encode(d)
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join("..", name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what the generator writes (%v); run go test ./examples/grafana/generate -update", name, err)
		}
	}
}

// world is every metric there is, with those that the rules record.
func world(t *testing.T) promtest.Metrics {
	t.Helper()
	m := promtest.Known(t)
	for _, r := range promtest.Rules(t, "../../prometheus/rules/*.yml") {
		if r.Record != "" {
			m[r.Record] = m.Labels(t, r.Expr)
		}
	}
	return m
}

func TestQueriesAskForWhatThereIs(t *testing.T) {
	m := world(t)
	for name, d := range dashboards() {
		for _, p := range d.Panels {
			for _, q := range p.Targets {
				m.Check(t, name+", "+p.Title, q.Expr)
			}
		}
		for _, v := range d.Templating.List {
			inner := regexp.MustCompile(`^label_values\((.*), (\w+)\)$`).FindStringSubmatch(v.Definition)
			if v.Type != "query" {
				continue
			}
			m.Check(t, name+", "+v.Name, inner[1])
			if !slices.Contains(m.Labels(t, inner[1]), inner[2]) {
				t.Errorf("%s: %s has no label %s", name, inner[1], inner[2])
			}
		}
		for _, a := range d.Annotations.List {
			m.Check(t, name+", annotations", a.Expr)
		}
	}
}

// What a legend or a column names is a label that the query has.
func TestLegendsNameLabelsThatThereAre(t *testing.T) {
	m := world(t)
	for name, d := range dashboards() {
		for _, p := range d.Panels {
			for _, q := range p.Targets {
				have := m.Labels(t, q.Expr)
				for _, l := range regexp.MustCompile(`{{(\w+)}}`).FindAllStringSubmatch(q.LegendFormat, -1) {
					if !slices.Contains(have, l[1]) && !aggregates(q.Expr) {
						t.Errorf("%s, %s: the legend shows %s, which is no label of %s", name, p.Title, l[1], q.Expr)
					}
				}
			}
		}
	}
}

// aggregates says that the labels stand further inside: topk keeps them.
func aggregates(expr string) bool {
	return regexp.MustCompile(`^(top|bottom)k|^sort`).MatchString(expr)
}

func TestPanelsDoNotOverlapAndSayWhatTheyAre(t *testing.T) {
	uids := map[string]bool{}
	for name, d := range dashboards() {
		if uids[d.UID] || d.UID == "" || d.Description == "" {
			t.Errorf("%s: its uid %q is taken or empty, or it has no description", name, d.UID)
		}
		uids[d.UID] = true
		ids, taken := map[int]bool{}, map[[2]int]string{}
		for _, p := range d.Panels {
			if ids[p.ID] || p.ID == 0 {
				t.Errorf("%s, %s: the id %d is taken", name, p.Title, p.ID)
			}
			ids[p.ID] = true
			occupy(t, name, p, taken)
			if p.Type == "row" {
				continue
			}
			if !strings.HasSuffix(p.Description, ".") || p.FieldConfig.Defaults.Unit == "" || len(p.Targets) == 0 || p.Datasource.UID != "${datasource}" {
				t.Errorf("%s, %s: a panel has a description, a unit, a query and the data source of the variable", name, p.Title)
			}
		}
	}
}

func occupy(t *testing.T, name string, p panel, taken map[[2]int]string) {
	t.Helper()
	g := p.GridPos
	if g.X < 0 || g.X+g.W > 24 || g.H <= 0 {
		t.Errorf("%s, %s: %+v is outside of the grid", name, p.Title, g)
	}
	for x := g.X; x < g.X+g.W; x++ {
		for y := g.Y; y < g.Y+g.H; y++ {
			if other, ok := taken[[2]int{x, y}]; ok {
				t.Fatalf("%s: %s lies on %s", name, p.Title, other)
			}
			taken[[2]int{x, y}] = p.Title
		}
	}
}

func TestLinksLeadToDashboardsThatThereAre(t *testing.T) {
	uids := map[string]bool{}
	for _, d := range dashboards() {
		uids[d.UID] = true
	}
	for name, d := range dashboards() {
		b, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`/d/([a-z-]+)`).FindAllSubmatch(b, -1) {
			if !uids[string(m[1])] {
				t.Errorf("%s leads to the dashboard %s, and there is none", name, m[1])
			}
		}
		if !bytes.Contains(b, []byte("${exporter_url}")) {
			t.Errorf("%s does not lead to the exporter", name)
		}
		variables := map[string]bool{}
		for _, v := range d.Templating.List {
			variables[v.Name] = true
			if v.Description == "" {
				t.Errorf("%s: the variable %s has no description", name, v.Name)
			}
		}
		for _, m := range regexp.MustCompile(`\$\{?([a-z_]+)`).FindAllSubmatch(b, -1) {
			if v := string(m[1]); !variables[v] && !strings.HasPrefix(v, "__") {
				t.Errorf("%s uses the variable %s, and there is none", name, v)
			}
		}
	}
}

func TestRunWantsAFolder(t *testing.T) {
	var said bytes.Buffer
	if code := run(nil, &said); code != 2 || !strings.Contains(said.String(), "folder") {
		t.Errorf("code %d, %q", code, &said)
	}
	if code := run([]string{filepath.Join(t.TempDir(), "none")}, &said); code != 1 {
		t.Errorf("code %d for a folder that does not exist", code)
	}
}
