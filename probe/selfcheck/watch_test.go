package selfcheck

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/dnsq/dnsqtest"
)

func subjects(x dnsq.Exchanger, names ...string) func() Subjects {
	s := Subjects{Resolvers: []Subject{{"dns", x}}}
	for _, n := range names {
		s.Names = append(s.Names, Announced{n, "dns"})
	}
	return func() Subjects { return s }
}

// running lets a watch run until the function returned is called.
func running(t *testing.T, w *Watch) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); w.Run(ctx, nil) }()
	return func() { cancel(); <-ended }
}

func TestTheWatchLooksAtEachIntervalAndWhenAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		z := dnsqtest.New(t, honest)
		w := NewWatch(Options{Subjects: subjects(z)})
		if w.State() != nil {
			t.Error("there is a state before the first look")
		}
		stop := running(t, w)
		defer stop()
		looks := func() int { return z.Count(". NS") }
		synctest.Wait()
		if looks() != 1 || w.State() == nil {
			t.Fatalf("%d looks at the start", looks())
		}
		time.Sleep(DefaultInterval * 11 / 10)
		synctest.Wait()
		if looks() != 2 {
			t.Errorf("%d looks after one interval", looks())
		}
		w.Again()
		w.Again()
		synctest.Wait()
		if n := looks(); n != 3 && n != 4 {
			t.Errorf("%d looks when asked for one", n)
		}
	})
}

// X12: exporters that were started together do not stay together.
func TestIntervalsDiffer(t *testing.T) {
	seen := map[time.Duration]bool{}
	for range 100 {
		d := jitter(time.Minute)
		if d < 54*time.Second || d > 66*time.Second {
			t.Fatalf("%v", d)
		}
		seen[d] = true
	}
	if len(seen) < 50 {
		t.Errorf("%d different intervals of 100", len(seen))
	}
}

func TestWaitingForTheFirstLookHasAnEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := NewWatch(Options{Subjects: subjects(dnsqtest.New(t, honest))})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if s := w.Wait(ctx); s != nil || s.Resolver("dns").Lies.Told {
			t.Errorf("%+v", s)
		}
		w.Look(t.Context())
		if s := w.Wait(t.Context()); s == nil || !s.Resolver("dns").Up {
			t.Errorf("%+v", s)
		}
	})
}

// A look that the end of the process cut short says nothing.
func TestALookCutShortIsThrownAway(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := NewWatch(Options{Subjects: subjects(silent{})})
	w.Look(ctx)
	if w.State() != nil {
		t.Errorf("%+v", w.State())
	}
}

// C5
func TestAnnouncedNamesAreLookedUp(t *testing.T) {
	z := dnsqtest.New(t, honest+`
four.test. A 192.0.2.1
six.test. AAAA 2001:db8::1
bare.test. TXT nothing
broken.test. A 192.0.2.2
`)
	z.Rcode["broken.test. *"] = 2
	w := NewWatch(Options{Subjects: subjects(z, "four.test", "six.test", "bare.test", "none.test", "broken.test")})
	w.Look(t.Context())
	for i, want := range []Name{
		{"four.test", true, true}, {"six.test", true, true}, {"bare.test", false, true}, {"none.test", false, true}, {"broken.test", false, false},
	} {
		if got := w.State().Names[i]; got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
	liar := NewWatch(Options{Subjects: subjects(dnsqtest.New(t, lying), "none.test")})
	liar.Look(t.Context())
	if n := liar.State().Names[0]; n.Known {
		t.Errorf("on the word of a liar: %+v", n)
	}
}

// X6, L5
func TestTheClockIsSuspect(t *testing.T) {
	start := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	at := func(wall, mono time.Duration) Reading { return Reading{start.Add(wall), mono} }
	for _, c := range []struct {
		name     string
		stamp    time.Time
		readings []Reading
		suspect  bool
	}{
		{"in step", start.AddDate(0, -1, 0), []Reading{at(5*time.Minute, 5*time.Minute), at(10*time.Minute, 10*time.Minute)}, false},
		{"corrected slowly", start, []Reading{at(5*time.Minute+time.Second, 5*time.Minute)}, false},
		{"before the program was built", start.AddDate(0, 1, 0), []Reading{at(time.Second, time.Second)}, true},
		{"before it was built, and set right", start.Add(time.Hour), []Reading{at(2*time.Hour, 2*time.Hour)}, false},
		{"a day forward", start, []Reading{at(24*time.Hour, time.Minute)}, true},
		{"a day back", start.AddDate(0, -1, 0), []Reading{at(-24*time.Hour, time.Minute)}, true},
		{"a step long ago", start, []Reading{at(24*time.Hour, time.Minute), at(24*time.Hour+20*time.Minute, 21*time.Minute)}, false},
		{"a step some minutes ago", start, []Reading{at(24*time.Hour, time.Minute), at(24*time.Hour+5*time.Minute, 6*time.Minute)}, true},
	} {
		clock := newClock(at(0, 0), []time.Time{c.stamp.AddDate(-1, 0, 0), c.stamp})
		var got Clock
		for _, r := range c.readings {
			got = clock.look(r)
		}
		if got.Suspect != c.suspect || (got.Detail != "") != c.suspect {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// X6: the reading of the real clock parts wall and monotonic time.
func TestReadingsArePairs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		read := reader()
		first := read()
		time.Sleep(time.Hour)
		second := read()
		if second.Mono-first.Mono != time.Hour || second.Wall.Sub(first.Wall) != time.Hour {
			t.Errorf("%+v, %+v", first, second)
		}
	})
}
