package report

import (
	"slices"
	"strings"

	"mx_exporter/probe"
	"mx_exporter/probe/fact"
)

// ordered is the findings with the worst first; those of one severity stay in
// the order in which they were made.
func ordered(fs []fact.Finding) []fact.Finding {
	severities := fact.Severities()
	fs = slices.Clone(fs)
	slices.SortStableFunc(fs, func(a, b fact.Finding) int {
		return slices.Index(severities, b.Severity) - slices.Index(severities, a.Severity)
	})
	return fs
}

// findingView is one finding as every view words it.
type findingView struct {
	Severity fact.Severity
	Name     string // check and code
	At       string // host and address, "" for the whole domain
	Detail   string
	Advice   []advice
}

// advice is one thing that the catalog says of a finding.
type advice struct{ Heading, Text string }

func viewOf(f fact.Finding) findingView {
	v := findingView{
		Severity: f.Severity, Name: string(f.Check) + "/" + string(f.Code),
		At: strings.TrimSpace(name(f.Host) + " " + f.Address), Detail: remark(f.Detail),
	}
	if d, ok := probe.Explain(f.Code); ok {
		v.Advice = []advice{{asMeaning, d.Meaning}, {asEffect, d.Effect}, {asMend, d.Mend}}
	}
	return v
}

// nothingFound stands where there are no findings.
const nothingFound = "Nothing was found that is worth saying."

// findingsOf is the section of the findings. That there are none is worth
// saying.
func findingsOf(s *subject) any {
	views := []findingView{}
	for _, f := range ordered(s.Findings) {
		views = append(views, viewOf(f))
	}
	return views
}
