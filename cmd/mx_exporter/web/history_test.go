package web

import (
	"fmt"
	"strings"
	"testing"

	"mx_exporter/probe"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/smtp"
)

func past(target string, v fact.Verdict) *probe.Result {
	return &probe.Result{Target: probe.Target{Domain: target}, Module: "mx", Verdict: v}
}

func targets(es []*Entry) string {
	var ts []string
	for _, e := range es {
		ts = append(ts, e.Result.Target.Domain)
	}
	return strings.Join(ts, " ")
}

func TestHistoryListsTheNewestFirst(t *testing.T) {
	h := NewHistory(3)
	for i := range 5 {
		h.Add(past(fmt.Sprint(i), fact.Satisfactory))
	}
	if got := targets(h.Recent(0)); got != "4 3 2" {
		t.Errorf("recent: %s, want 4 3 2", got)
	}
	if got := targets(h.Recent(2)); got != "4 3" {
		t.Errorf("recent two: %s, want 4 3", got)
	}
}

func TestHistoryKeepsFailuresLonger(t *testing.T) {
	h := NewHistory(2)
	h.Add(past("bad1", fact.Compromised))
	h.Add(past("bad2", fact.Impaired))
	h.Add(past("bad3", fact.Unknown))
	for i := range 10 {
		h.Add(past(fmt.Sprint(i), fact.Satisfactory))
	}
	if got := targets(h.Recent(0)); got != "9 8 bad3 bad2" {
		t.Errorf("recent: %s, want the last two and the last two failures", got)
	}
}

func TestHistoryFindsByTargetAndByID(t *testing.T) {
	h := NewHistory(10)
	first, other, second := h.Add(past("a", fact.Satisfactory)), h.Add(past("b", fact.Satisfactory)), h.Add(past("a", fact.Compromised))
	if es := h.ByTarget("a", "mx"); len(es) != 2 || es[0] != second || es[1] != first {
		t.Errorf("by target: %v, want the second probe and then the first", es)
	}
	if es := h.ByTarget("a", "smtp"); len(es) != 0 {
		t.Errorf("by another module: %v", es)
	}
	if e, ok := h.ByID(other.ID); !ok || e != other {
		t.Errorf("by id: %v", e)
	}
	if _, ok := h.ByID(""); ok || first.ID == second.ID || len(first.ID) < 13 {
		t.Errorf("ids are %q and %q", first.ID, second.ID)
	}
}

// X11
func TestHistoryIsBoundedInBytes(t *testing.T) {
	h := NewHistory(1000)
	heavy := func(v fact.Verdict) *probe.Result {
		r := past("heavy", v)
		d := &smtp.Dialogue{Transcript: []smtp.Line{{Text: strings.Repeat("x", 1<<20)}}}
		r.Hosts = []probe.Host{{Addresses: []probe.Address{{Dialogue: d}}}}
		return r
	}
	for range 100 {
		h.Add(heavy(fact.Satisfactory))
		h.Add(heavy(fact.Compromised))
	}
	if n := len(h.Recent(0)); n == 0 || n > maxHistoryBytes>>20 {
		t.Errorf("%d entries of a mebibyte each are kept, want some and at most %d", n, maxHistoryBytes>>20)
	}
	left := 0
	for _, e := range h.Recent(0) {
		left += e.weight
	}
	if left != h.weight {
		t.Errorf("the history says that it weighs %d, its entries weigh %d", h.weight, left)
	}
}
