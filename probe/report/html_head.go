package report

import (
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
		Verdict: r.Verdict, Target: name(r.Target.String()), Why: remark(r.Why), Meaning: meaning(r.Verdict),
		Since: sinceWords(r.Verdict, o.Since), Module: remark(r.Module),
		Took: ms(r.Duration) + " of " + ms(r.Timeout), At: stampOf(r.Started), Again: o.Again, Self: o.Self,
	}
	for _, f := range ordered(r.Findings) {
		switch {
		case f.Severity == fact.Info:
		case h.Gravest == nil:
			v := viewOf(f)
			h.Gravest = &v
		default:
			h.More++
		}
	}
	return h
}

func sinceWords(v fact.Verdict, s Since) string {
	if s.Probes < 2 {
		return ""
	}
	return "The last " + strconv.Itoa(s.Probes) + " probes found it " + string(v) + ", since " + stampOf(s.At).People + "."
}
