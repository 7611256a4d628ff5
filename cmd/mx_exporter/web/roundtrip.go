package web

import (
	"bytes"
	"net/http"
	"net/url"
	"time"

	"github.com/go-kit/log/level"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/report"
	"mx_exporter/probe/roundtrip"
)

// tripLine is a round trip in one line of the first page.
type tripLine struct {
	Link, Name, Age, At, Why string
	Outcome                  string
	Verdict                  fact.Verdict
}

// roundTrips lists how each round trip stands. A page never makes one run: that
// sends mail.
func (l *landing) roundTrips(now time.Time) (lines []tripLine) {
	if l.options.RoundTrips == nil {
		return nil
	}
	for _, s := range l.options.RoundTrips() {
		t := tripLine{
			Link: l.paths.external + "/report?" + url.Values{"roundtrip": {s.Name}}.Encode(), Name: s.Name,
			Outcome: "no run yet", Verdict: fact.Unknown, Why: "No message has made the round yet.",
		}
		if r := s.Last; r != nil {
			t.Outcome, t.Verdict, t.Why = string(r.Outcome), report.RunVerdict(r), report.RunWhy(r)
			t.Age, t.At = ago(now.Sub(r.Finished)), r.Finished.UTC().Format(time.RFC3339)
		}
		if s.Problem != "" {
			t.Why = report.Remark(s.Problem)
		}
		lines = append(lines, t)
	}
	return lines
}

// handleTrip answers /report?roundtrip=NAME.
func (l *landing) handleTrip(w http.ResponseWriter, r *http.Request) {
	q, refused := parameters(r.URL.RawQuery, "roundtrip")
	if refused != nil {
		l.refusePage(w, r, refused)
		return
	}
	s, ok := l.tripOf(q.Get("roundtrip"))
	if !ok {
		l.refusePage(w, r, bad(badTarget, "round trip %s is not in the configuration; want one of round_trips", echo(q.Get("roundtrip"))))
		return
	}
	var b bytes.Buffer
	if err := report.RoundTrip(&b, &s, time.Now(), report.HTMLOptions{Home: l.paths.external + "/", Style: l.styleURL}); err != nil {
		level.Error(l.logger).Log("msg", "the page of a round trip could not be written", "err", err)
		l.plain(w, http.StatusInternalServerError, "the page could not be written\n")
		return
	}
	l.compressed(w, r, "text/html; charset=utf-8", b.Bytes())
}

func (l *landing) tripOf(name string) (roundtrip.Status, bool) {
	if l.options.RoundTrips == nil {
		return roundtrip.Status{}, false
	}
	for _, s := range l.options.RoundTrips() {
		if s.Name == name {
			return s, true
		}
	}
	return roundtrip.Status{}, false
}
