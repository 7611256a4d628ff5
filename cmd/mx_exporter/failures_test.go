package main_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"mx_exporter/examples/prometheus/promtest"
)

// quotedWord is a word of a table between backticks.
var quotedWord = regexp.MustCompile("`([^`]+)`")

// The page of things that go wrong has all thirty-one, and names for each metrics,
// alerts and tests that there are.
func TestEachFailurePointHasItsMetricItsAlertAndItsTest(t *testing.T) {
	b, err := os.ReadFile("FAILURES.md")
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]func(string) bool{"metric": metricIn(t), "alert": alertIn(t), "test": testIn(t)}
	points := 0
	for line := range strings.Lines(string(b)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		if len(cells) != 5 || strings.Contains(cells[0], "#") {
			continue
		}
		points++
		if got := strings.TrimSpace(cells[0]); got != strconv.Itoa(points) {
			t.Errorf("point %q stands where %d should", got, points)
		}
		for i, kind := range []string{"metric", "alert", "test"} {
			named := quotedWord.FindAllStringSubmatch(cells[i+2], -1)
			if len(named) == 0 {
				t.Errorf("point %d names no %s", points, kind)
			}
			for _, n := range named {
				if !there[kind](n[1]) {
					t.Errorf("point %d: there is no %s %s", points, kind, n[1])
				}
			}
		}
	}
	if points != 31 {
		t.Errorf("%d points, want 31", points)
	}
}

func metricIn(t *testing.T) func(string) bool {
	known := promtest.Known(t)
	return func(name string) bool { _, ok := known[name]; return ok }
}

func alertIn(t *testing.T) func(string) bool {
	known := map[string]bool{}
	for _, r := range promtest.Rules(t, "../../examples/prometheus/rules/*.yml") {
		known[r.Alert] = r.Alert != ""
	}
	return func(name string) bool { return known[name] }
}

// testIn knows tests by their names, and scenarios of the lab, each of which a
// test of package probe looks at.
func testIn(t *testing.T) func(string) bool {
	known := map[string]bool{}
	for _, tests := range testsByDir(t) {
		for name := range tests {
			known[name] = true
		}
	}
	return func(name string) bool {
		if strings.HasPrefix(name, "Test") {
			return known[name]
		}
		_, err := os.Stat(filepath.Join("../../examples/maillab/scenarios", name+".txt"))
		return err == nil
	}
}
