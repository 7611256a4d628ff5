package report

import (
	"slices"
	"strconv"
	"time"

	"mx_exporter/probe"
	"mx_exporter/probe/fact"
)

// headView is the top of a page.
type headView struct {
	Verdict fact.Verdict
	Target  string
	Why     string
	Meaning string
	Gravest *findingView // nil where nothing has to be done
	More    int          // further findings that ask for something
	Since   string
	Module  string
	Took    string
	At      stamp
	Again   string
	Self    string
}

// stamp is a time for people and for machines.
type stamp struct{ Machine, People string }

func stampOf(t time.Time) stamp {
	t = t.UTC()
	return stamp{t.Format(time.RFC3339), t.Format(time.DateTime) + " UTC"}
}

func headOf(r *probe.Result, o HTMLOptions) headView {
	h := headView{
		Verdict: r.Verdict, Target: name(r.Target.String()), Why: remark(r.Why), Meaning: meaning(r),
		Since: sinceWords(r.Verdict, o.Since), Module: remark(r.Module),
		Took: ms(r.Duration) + " of " + ms(r.Timeout), At: stampOf(r.Started), Again: o.Again, Self: o.Self,
	}
	if f, more, ok := foremost(r); ok {
		v := viewOf(f)
		h.Gravest, h.More = &v, more
	}
	return h
}

// foremost is the finding that a reader has to know first, and how many others
// ask for something too: the gravest, or, where nothing can be told of the
// domain, the first that is about us.
func foremost(r *probe.Result) (first fact.Finding, more int, ok bool) {
	fs := ordered(r.Findings)
	fs = slices.DeleteFunc(fs, func(f fact.Finding) bool { return f.Severity == fact.Info })
	if len(fs) == 0 {
		return first, 0, false
	}
	at := 0
	if r.Verdict == fact.Unknown {
		at = max(slices.IndexFunc(fs, aboutUs), 0)
	}
	return fs[at], len(fs) - 1, true
}

// aboutUs reports a finding that says nothing about what others meet.
func aboutUs(f fact.Finding) bool {
	switch f.Code {
	case probe.BlockedUs, probe.RateLimitedUs, probe.RefusesOurMail:
		return true
	}
	return f.Check == probe.CheckExporter
}

func sinceWords(v fact.Verdict, s Since) string {
	if s.Probes < 2 {
		return ""
	}
	return "The last " + strconv.Itoa(s.Probes) + " probes found it " + string(v) + ", since " + stampOf(s.At).People + "."
}
