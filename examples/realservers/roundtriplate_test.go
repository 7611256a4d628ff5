//go:build real

package realservers

import (
	"testing"
	"time"

	"mx_exporter/config"
	"mx_exporter/examples/realservers/server"
	"mx_exporter/probe/reply"
	"mx_exporter/probe/roundtrip"
)

func seconds(n float64) config.Duration { return config.Duration(n * float64(time.Second)) }

// greyDelay is how long postgrey puts a stranger off; we come back after 30 s.
const greyDelay = 10 * time.Second

// greylistedArrivesLater: the first attempt is put off, and the second one taken.
func greylistedArrivesLater(t *testing.T, l *mailboxLab) {
	run := once(t, l.direct(t, "grey", func(r *config.RoundTrip) { r.Window = seconds(120) }))
	if run.Outcome != roundtrip.Arrived || run.Attempts != 2 || run.Class != reply.Greylisted {
		t.Fatalf("%s after %d attempts, %q: %+v", run.Outcome, run.Attempts, run.Class, run.Failure)
	}
	if took := run.Delivery.Seconds(); took < 30 || took > 55 {
		t.Errorf("it took %v s, though we come back after 30 s", took)
	}
	l.empty(t, "grey")
}

// heldIsLate: Postfix holds the message until its window is over. It is lost, and
// late once it comes, with the seconds that it really took.
func heldIsLate(t *testing.T, l *mailboxLab) {
	const window = 3
	r := runner(t, map[string]config.RoundTrip{"direct": l.direct(t, "late", func(r *config.RoundTrip) {
		r.Interval, r.Window, r.Instance = seconds(60), seconds(window), early("direct")
	})})
	var first *roundtrip.Run
	server.Eventually(t, 30*time.Second, "the message is lost", func() (bool, string) {
		s := status(r)
		first = s.Last
		return s.Counts.Lost == 1, brief(s)
	})
	if first.Outcome != roundtrip.Lost {
		t.Fatalf("the first message is %s", first.Outcome)
	}
	released := time.Now()
	l.home.Release(t, l.home.Held(t, "late@home.test")...)
	var late *roundtrip.Run
	server.Eventually(t, 10*time.Second, "it is late", func() (bool, string) {
		s := status(r)
		for _, run := range s.Recent {
			if run.ID == first.ID {
				late = run
			}
		}
		return s.Counts.Late == 1, brief(s)
	})
	held := released.Sub(first.Sent).Seconds()
	if late.Outcome != roundtrip.Late || late.Delivery == nil {
		t.Fatalf("the message that came is %s, after %v", late.Outcome, late.Delivery)
	}
	if took := late.Delivery.Seconds(); took < held || took > held+3 {
		t.Errorf("it took %v s, and was held for %v s", took, held)
	}
	if s := status(r); s.Counts.Lost != 1 || s.Counts.Outcomes[roundtrip.Arrived] != 0 {
		t.Errorf("it was counted as %s", brief(s))
	}
}
