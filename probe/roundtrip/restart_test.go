package roundtrip

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe/roundtrip/letter"
	"mx_exporter/probe/roundtrip/token"
	"mx_exporter/probe/smtp"
)

// I11: a process that ends in mid-trip and starts again neither loses nor
// double-counts.
func TestRestartNeitherLosesNorDoubleCounts(t *testing.T) {
	for _, tt := range []struct {
		name      string
		state     bool
		after     time.Duration // the message takes; 0: for ever
		pause     time.Duration // until the process is back
		outcome   Outcome
		estimated bool
		counted   uint64
	}{
		{"in time, with state", true, 30 * time.Second, 15 * time.Second, Arrived, false, 1},
		{"in time, without state", false, 30 * time.Second, 15 * time.Second, Arrived, false, 1},
		{"arrived while nobody looked, with state", true, 20 * time.Second, 30 * time.Minute, Arrived, true, 1},
		{"arrived while nobody looked, without state", false, 20 * time.Second, 30 * time.Minute, Arrived, true, 1},
		{"late while nobody looked, with state", true, 20 * time.Minute, 30 * time.Minute, Late, true, 1},
		{"late while nobody looked, without state", false, 20 * time.Minute, 30 * time.Minute, Late, true, 1},
		{"lost, with state", true, 0, 15 * time.Second, Lost, false, 1},
	} {
		inWorld(t, tt.name, func(t *testing.T, w *world) {
			w.post.route = func(n int, _ Parcel) []leg {
				switch {
				case n > 0:
					return []leg{{folder: "INBOX", after: time.Second}}
				case tt.after == 0:
					return nil
				}
				return []leg{{folder: "INBOX", after: tt.after}}
			}
			state := ""
			if tt.state {
				state = t.TempDir()
			}
			w.start(state)
			for w.post.letters() == 0 {
				time.Sleep(time.Second)
			}
			time.Sleep(10 * time.Second)
			w.stop()
			first := w.post.sent[0]
			before := w.status().Counts
			time.Sleep(tt.pause)
			w.start(state)
			defer w.stop()
			var found *Run
			for range 600 {
				time.Sleep(time.Second)
				for _, r := range w.status().Recent {
					if strings.Contains(string(first.Content), "."+r.ID) {
						found = r
					}
				}
			}
			if before.Runs != 0 || found == nil || found.Outcome != tt.outcome || found.Estimated != tt.estimated {
				t.Fatalf("before %+v, run %+v of %+v", before, found, w.status())
			}
			c := w.status().Counts
			if c.Outcomes[tt.outcome] < tt.counted || c.Runs != uint64(w.post.letters()) || len(w.post.left()) != 0 {
				t.Errorf("counts %+v of %d letters, left %d", c, w.post.letters(), len(w.post.left()))
			}
			if tt.state && tt.outcome != Arrived && c.Outcomes[tt.outcome] != 1 {
				t.Errorf("counts %+v", c)
			}
		})
	}
}

func TestStateKeepsCountersAndTheInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		state := t.TempDir()
		w.start(state)
		w.finished(3)
		w.stop()
		was := w.status()
		for range 20 { // a process that ends again and again
			w.start(state)
			time.Sleep(2 * time.Second)
			w.stop()
		}
		s := w.status()
		if s.Counts.Runs != was.Counts.Runs || s.Delivery.Sum != was.Delivery.Sum || !s.LastSuccess.Equal(was.LastSuccess) || len(s.Recent) != 3 || s.Last == nil {
			t.Errorf("status %+v, was %+v", s, was)
		}
		if n := w.post.letters(); n != 3 {
			t.Errorf("%d messages, want 3", n)
		}
	})
}

// A process that is killed while it sends does not know whether the message left.
func TestMessageOfAProcessThatWasKilledWhileSendingIsUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		state := t.TempDir()
		w.post.send = func(ctx context.Context, n int, _ Parcel) Sent {
			if n == 0 {
				<-ctx.Done()
				return Sent{Outcome: smtp.NotSent}
			}
			return Sent{Outcome: smtp.Taken}
		}
		w.start(state)
		for w.post.letters() == 0 {
			time.Sleep(time.Second)
		}
		w.stop()
		if w.status().Counts.Runs != 0 {
			t.Errorf("counts %+v", w.status().Counts)
		}
		w.start(state)
		defer w.stop()
		if r := w.finished(1); r.Outcome != Unknown || r.Failure.Reason != ReasonRestarted {
			t.Errorf("run %+v", r)
		}
	})
}

// I11: what is older than a day is swept, and what another process of the same
// name sends now is left to it.
func TestStaleMessagesAreSwept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		at := func(sent time.Time) []byte {
			return letter.Letter{Token: w.signer().New(sent), From: "a@example.net", To: "b@example.org"}.Message()
		}
		w.post.put("Junk", at(time.Now().Add(-25*time.Hour)))
		w.post.put("INBOX", at(time.Now().Add(-1000*time.Hour)))
		w.post.put("INBOX", at(time.Now().Add(10*time.Second)))
		w.start("")
		defer w.stop()
		w.finished(1)
		if s := w.status(); s.Counts.Swept != 2 || s.Counts.Runs != 1 || s.Foreign != 1 {
			t.Errorf("status %+v", s)
		}
		if left := w.post.left(); len(left) != 1 {
			t.Errorf("left %q", left)
		}
	})
}

// X13: a file of a newer program, too.
func TestFileThatCannotBeUsedIsToldAndSetAside(t *testing.T) {
	for name, content := range map[string]string{
		"empty": "", "half": `{"version": 1, "flig`, "of a newer program": `{"version": 99}`, "no object": `[]`,
		"an empty run": `{"version": 1, "recent": [null]}`, "a flight without a run": `{"version": 1, "flights": [{"token": "x"}]}`,
		"a histogram that does not add up": `{"version": 1, "delivery": {"count": 1, "buckets": [9]}}`,
		"a negative count":                 `{"version": 1, "turn": -1}`,
	} {
		inWorld(t, name, func(t *testing.T, w *world) {
			state := t.TempDir()
			path := filepath.Join(state, "roundtrip-office.json")
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			w.start(state)
			defer w.stop()
			if r := w.finished(1); r.Outcome != Arrived {
				t.Errorf("run %+v", r)
			}
			if len(w.told) != 1 || !strings.Contains(w.told[0], "set aside") {
				t.Errorf("told %q", w.told)
			}
			if kept, err := os.ReadFile(path + ".unusable"); err != nil || string(kept) != content {
				t.Errorf("kept %q, %v", kept, err)
			}
		})
	}
}

// X7: a disk that is full stops nothing.
func TestDirectoryThatCannotBeWrittenToIsToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.start(filepath.Join(t.TempDir(), "missing"))
		defer w.stop()
		w.finished(2)
		if len(w.told) != 1 || !strings.Contains(w.told[0], "cannot be written") {
			t.Errorf("told %q", w.told)
		}
	})
}

func TestStateIsSwappedWholeAndPrivate(t *testing.T) {
	dir := t.TempDir()
	s := newStore(dir, "office")
	if v, err := s.load(); v != nil || err != nil {
		t.Errorf("%v, %v of no file", v, err)
	}
	for i := range 3 {
		if err := s.save(&saved{Version: stateVersion, Turn: i}); err != nil {
			t.Fatal(err)
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		t.Fatalf("files %v, %v", files, err)
	}
	info, err := files[0].Info()
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if v, err := s.load(); err != nil || v.Turn != 2 {
		t.Errorf("%v, %v", v, err)
	}
	big := strings.Repeat(" ", maxState+1)
	if err := os.WriteFile(s.path, []byte(big), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.load(); err == nil || errors.Is(err, errVersion) {
		t.Errorf("a file without bounds: %v", err)
	}
	if p := newStore(dir, "../../etc/passwd").path; filepath.Dir(p) == "/etc" {
		t.Errorf("path %s", p)
	}
}

func TestReloadKeepsMessagesAndCounters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.post.route = func(int, Parcel) []leg { return []leg{{folder: "INBOX", after: time.Minute}} }
		w.start("")
		defer w.stop()
		w.finished(1)
		for w.status().Pending == 0 {
			time.Sleep(time.Second)
		}
		time.Sleep(5 * time.Second)
		w.trip.Fetch.Poll = config.Duration(7 * time.Second)
		w.r.Apply(map[string]config.RoundTrip{"office": w.trip, "branch": w.trip})
		if n := len(w.r.Snapshot()); n != 2 {
			t.Fatalf("%d trips", n)
		}
		for range 70 {
			time.Sleep(time.Second)
		}
		s := w.r.Snapshot()[1]
		if s.Name != "office" || s.Counts.Outcomes[Arrived] != 2 {
			t.Errorf("status %+v", s)
		}
		w.r.Apply(nil)
		if n := len(w.r.Snapshot()); n != 0 {
			t.Errorf("%d trips", n)
		}
	})
}

// The issue: a hung IMAP server delays nothing else, and the process stops within
// its grace time.
func TestServerThatHangsDelaysNothingElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		hung := newPost()
		hung.hang = true
		w.r = New(Options{Env: w.env, Parts: func(c config.RoundTrip) (Sender, Mailbox, error) {
			if c.Fetch.Username == "hung" {
				return hung, hung, nil
			}
			return w.post, w.post, nil
		}})
		other := w.trip
		other.Fetch.Username = "hung"
		w.r.Start(t.Context(), map[string]config.RoundTrip{"a": other, "b": w.trip})
		for range 20 * 60 {
			time.Sleep(time.Second)
		}
		s := w.r.Snapshot()
		if s[1].Counts.Outcomes[Arrived] < 3 || s[0].Pending == 0 {
			t.Errorf("hung %+v, other %+v", s[0].Counts, s[1].Counts)
		}
		began := time.Now()
		w.stop()
		if took := time.Since(began); took > StopTime {
			t.Errorf("it took %v to stop", took)
		}
		close(hung.released)
		synctest.Wait()
	})
}

// I8: two trips on one mailbox take turns.
func TestTripsOnOneMailboxTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		other := w.trip
		other.Instance = "another"
		w.r = New(Options{Env: w.env, Parts: func(config.RoundTrip) (Sender, Mailbox, error) { return w.post, w.post, nil }})
		w.post.route = func(int, Parcel) []leg { return []leg{{folder: "INBOX", after: 90 * time.Second}} }
		w.r.Start(t.Context(), map[string]config.RoundTrip{"a": w.trip, "b": other})
		defer w.stop()
		for range 30 * 60 {
			time.Sleep(time.Second)
		}
		for _, s := range w.r.Snapshot() {
			if s.Counts.Outcomes[Arrived] < 5 || s.Counts.Outcomes[Arrived] != s.Counts.Runs {
				t.Errorf("%s: %+v", s.Name, s.Counts)
			}
		}
		if w.post.most != 1 {
			t.Errorf("%d sessions at once", w.post.most)
		}
	})
}

func TestTripsBeginAtDifferentTimes(t *testing.T) {
	seen := map[time.Duration]bool{}
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		j := jitter(name, "i", 5*time.Minute)
		if j < 0 || j >= spread || j != jitter(name, "i", 5*time.Minute) {
			t.Errorf("jitter %v", j)
		}
		seen[j/time.Second] = true
	}
	if len(seen) < 5 {
		t.Errorf("eight trips begin in %d different seconds", len(seen))
	}
}

func TestTripThatCannotRunSaysWhy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.trip.KeyFile = "/nonexistent/key"
		w.start("")
		defer w.stop()
		time.Sleep(10 * time.Minute)
		if s := w.status(); !strings.Contains(s.Problem, "/nonexistent/key") || s.Counts.Runs != 0 || w.post.letters() != 0 {
			t.Errorf("status %+v", s)
		}
		if len(w.told) != 1 {
			t.Errorf("told %q", w.told)
		}
	})
}

func TestRunByHandTellsEachStepAndTouchesNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		theirs := letter.Letter{Token: w.signer().New(time.Now()), From: "a@example.net", To: "b@example.org"}
		w.post.put("INBOX", theirs.Message())
		r := New(Options{Env: w.env, Parts: func(config.RoundTrip) (Sender, Mailbox, error) { return w.post, w.post, nil }})
		var steps []string
		run, err := r.Once(t.Context(), "office", w.trip, func(e Event) { steps = append(steps, e.Text) })
		if err != nil || run.Outcome != Arrived || len(steps) < 2 || len(w.post.left()) != 1 {
			t.Errorf("run %+v, %v, steps %q, left %d", run, err, steps, len(w.post.left()))
		}
		w.post.route = func(int, Parcel) []leg { return nil }
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if _, err := r.Once(ctx, "office", w.trip, func(Event) {}); err == nil {
			t.Error("a run that was called off has a result")
		}
	})
}

func TestInstanceOfRunsByHandIsAnother(t *testing.T) {
	for _, name := range []string{"a", "", strings.Repeat("x", 100)} {
		if p := token.Prefix(byHand(name)); strings.HasPrefix(p, token.Prefix(name)) || byHand(name) != token.Instance(byHand(name)) {
			t.Errorf("%q: %s", name, p)
		}
	}
}

// A reload while a server hangs holds nobody up who asks how things stand, and the
// trip that hangs spoils nothing when it comes back.
func TestReloadWithAHungServerHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.post.hang = true
		w.start(t.TempDir())
		for w.post.letters() == 0 {
			time.Sleep(time.Second)
		}
		time.Sleep(5 * time.Second)
		w.trip.Window = config.Duration(3 * time.Minute)
		applied := make(chan struct{})
		go func() {
			defer close(applied)
			w.r.Apply(map[string]config.RoundTrip{"office": w.trip})
		}()
		time.Sleep(time.Millisecond)
		began := time.Now()
		if s := w.status(); s.Name != "office" || time.Since(began) != 0 {
			t.Errorf("status %+v after %v", s, time.Since(began))
		}
		<-applied
		w.post.mu.Lock()
		w.post.hang = false
		w.post.mu.Unlock()
		close(w.post.released)
		defer w.stop()
		if r := w.finished(1); r.Outcome != Arrived && r.Outcome != Late {
			t.Errorf("run %+v, %+v", r, r.Failure)
		}
	})
}

// A password file that is missing at the start is told, and no fault of the
// process: there is state to restore.
func TestStateWithoutAKeyIsNoFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		state := t.TempDir()
		w.post.route = func(int, Parcel) []leg { return nil }
		w.start(state)
		for w.post.letters() == 0 {
			time.Sleep(time.Second)
		}
		time.Sleep(time.Second)
		w.stop()
		panics := 0
		w.env.OnPanic = func(any, []byte) { panics++ }
		key := w.trip.KeyFile
		w.trip.KeyFile = "/nonexistent/key"
		w.start(state)
		defer w.stop()
		if r := w.finished(1); r.Outcome != Lost || panics != 0 || w.status().Problem == "" {
			t.Errorf("run %+v, %d panics, problem %q", r, panics, w.status().Problem)
		}
		w.trip.KeyFile = key
	})
}
