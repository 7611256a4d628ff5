//go:build linux

package server

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Exposition is what /probe answered: its series in the order of their lines.
//
// It is read here with two regular expressions rather than by Prometheus's own
// library, which reads it in the tests that ask the real Prometheus.
type Exposition []Series

// Series is one line of an exposition.
type Series struct {
	Name   string
	Labels map[string]string
	Value  float64
}

// ParseExposition reads Prometheus's text format.
func ParseExposition(t testing.TB, text string) Exposition {
	t.Helper()
	line := regexp.MustCompile(`^(\w+)(?:\{(.*)\})? (\S+)$`)
	label := regexp.MustCompile(`(\w+)="((?:[^"\\]|\\.)*)"`)
	var all Exposition
	for l := range strings.Lines(text) {
		l = strings.TrimSuffix(l, "\n")
		if l == "" || strings.HasPrefix(l, "#") {
			continue
		}
		m := line.FindStringSubmatch(l)
		if m == nil {
			t.Fatalf("not a line of an exposition: %q", l)
		}
		value, err := strconv.ParseFloat(m[3], 64)
		if err != nil {
			t.Fatalf("%q: %v", l, err)
		}
		s := Series{Name: m[1], Labels: map[string]string{}, Value: value}
		for _, pair := range label.FindAllStringSubmatch(m[2], -1) {
			s.Labels[pair[1]] = pair[2]
		}
		all = append(all, s)
	}
	return all
}

// Where gives the series of a name that carry all of the labels given.
func (e Exposition) Where(name string, labels map[string]string) Exposition {
	var found Exposition
	for _, s := range e {
		if s.Name == name && s.has(labels) {
			found = append(found, s)
		}
	}
	return found
}

func (s Series) has(labels map[string]string) bool {
	for k, v := range labels {
		if s.Labels[k] != v {
			return false
		}
	}
	return true
}

// String is the series as lines of text, labels sorted.
func (e Exposition) String() string {
	var b strings.Builder
	for _, s := range e {
		b.WriteString(s.Name + "{")
		for i, k := range slices.Sorted(maps.Keys(s.Labels)) {
			if i > 0 {
				b.WriteString(",")
			}
			b.WriteString(k + "=" + strconv.Quote(s.Labels[k]))
		}
		b.WriteString("} " + strconv.FormatFloat(s.Value, 'g', -1, 64) + "\n")
	}
	return b.String()
}
