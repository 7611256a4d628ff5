package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"mx_exporter/probe"
	"mx_exporter/probe/fact"
)

// Nagios writes the results of one check as the one line that monitoring-plugins
// use: a status word, a sentence for each target with the worst first, and
// performance data after a bar. The status is that of the worst target. The
// error is that of the writer.
//
// Performance data: seconds of the probe with the time allowed as its maximum,
// and how many hosts are up of how many. With several targets the labels begin
// with the target.
func Nagios(w io.Writer, results []*probe.Result) error {
	ordered := slices.Clone(results)
	slices.SortStableFunc(ordered, func(a, b *probe.Result) int { return Rank(b.Verdict) - Rank(a.Verdict) })
	var texts, perf []string
	for _, r := range ordered {
		texts = append(texts, sentence(r))
		perf = append(perf, perfdata(r, len(results) > 1)...)
	}
	worst := fact.Unknown
	if len(ordered) > 0 {
		worst = ordered[0].Verdict
	}
	_, err := fmt.Fprintf(w, "MX %s - %s|%s\n", nagiosWord(worst), strings.Join(texts, "; "), strings.Join(perf, " "))
	return err
}

// Rank orders verdicts by how much they are worth an alarm: what is broken for
// certain comes before what could not be told, that before what is merely
// impaired.
func Rank(v fact.Verdict) int {
	switch v {
	case fact.Satisfactory:
		return 0
	case fact.Impaired:
		return 1
	case fact.Compromised:
		return 3
	case fact.Unknown:
	}
	return 2
}

// nagiosWord is the status word of a verdict.
func nagiosWord(v fact.Verdict) string {
	switch v {
	case fact.Satisfactory:
		return "OK"
	case fact.Impaired:
		return "WARNING"
	case fact.Compromised:
		return "CRITICAL"
	case fact.Unknown:
	}
	return "UNKNOWN"
}

// sentence is a result in one line. A bar would begin the performance data.
func sentence(r *probe.Result) string {
	s := name(r.Target.String()) + " " + string(r.Verdict)
	if r.Why != "" {
		s += ": " + remark(r.Why)
	}
	return strings.ReplaceAll(s, "|", "/")
}

func perfdata(r *probe.Result, several bool) []string {
	prefix := ""
	if several {
		prefix = r.Target.String() + "_"
	}
	label := func(s string) string {
		return "'" + strings.NewReplacer("'", "", "=", "", "|", "").Replace(prefix+s) + "'"
	}
	up := 0
	for _, h := range r.Hosts {
		if h.State == probe.Up {
			up++
		}
	}
	return []string{
		fmt.Sprintf("%s=%.3fs;;;0;%.3f", label("time"), r.Duration.Seconds(), r.Timeout.Seconds()),
		fmt.Sprintf("%s=%d;;;0;%d", label("hosts_up"), up, len(r.Hosts)),
	}
}
