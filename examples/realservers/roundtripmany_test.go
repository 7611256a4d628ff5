//go:build real

package realservers

import (
	"slices"
	"strings"
	"testing"
	"time"

	"mx_exporter/config"
	"mx_exporter/examples/realservers/server"
	"mx_exporter/probe/roundtrip"
)

// Mail that is nobody's business: a letter, and one that pretends to be a message
// of ours.
const (
	foreignLetter = "From: someone@outside.test\r\nSubject: hello\r\n\r\nnot yours\r\n"
	forgedMessage = "From: someone@outside.test\r\nSubject: mx_exporter round trip test\r\n" +
		"X-MX-Exporter-Token: v1.monitor.1700000000000.AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n\r\nforged\r\n"
)

// hundredLeaveNothing makes a hundred round trips in a row. Faults I6 and I11.
func hundredLeaveNothing(t *testing.T, l *mailboxLab) {
	foreign := map[string][]string{"INBOX": {foreignLetter, forgedMessage}, "Archive": {foreignLetter}}
	for folder, messages := range foreign {
		for _, m := range messages {
			l.dovecot.Put(t, "hundred", folder, m)
		}
	}
	before := l.dovecot.Holds(t, "hundred")
	c := l.direct(t, "hundred", func(r *config.RoundTrip) {
		r.Interval, r.Window, r.Instance = seconds(0.05), seconds(8), "monitor"
		r.Fetch.Poll = seconds(0.05)
	})
	r := runner(t, map[string]config.RoundTrip{"direct": c})
	server.Eventually(t, 3*time.Minute, "a hundred runs", func() (bool, string) {
		s := status(r)
		return s.Counts.Runs >= 100, brief(s)
	})
	c.Interval = config.Duration(time.Hour) // no further ones; the one that was being sent may have been called off
	r.Apply(map[string]config.RoundTrip{"direct": c})
	server.Eventually(t, 30*time.Second, "nothing is awaited", func() (bool, string) {
		s := status(r)
		return s.Pending == 0 && s.Counts.Runs >= 100, brief(s)
	})
	r.Stop(roundtrip.StopTime)
	s := status(r)
	arrived, calledOff := s.Counts.Outcomes[roundtrip.Arrived], s.Counts.Outcomes[roundtrip.Unknown]
	if arrived+calledOff != s.Counts.Runs || arrived < 99 || calledOff > 1 || s.Delivery.Count != arrived {
		t.Errorf("%s; %d delivery times", brief(s), s.Delivery.Count)
	}
	after := l.dovecot.Holds(t, "hundred")
	slices.Sort(before)
	slices.Sort(after)
	if !slices.Equal(before, after) || len(before) != 3 {
		t.Errorf("there were %d messages of others, and now there are %d:\n%s", len(before), len(after), strings.Join(after, "\n---\n"))
	}
	if s.Foreign != 1 {
		t.Errorf("%d messages are told to pretend", s.Foreign)
	}
}
