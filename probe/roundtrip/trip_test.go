package roundtrip

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe/bounce"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mailbox"
	"mx_exporter/probe/reply"
	"mx_exporter/probe/roundtrip/letter"
	"mx_exporter/probe/roundtrip/token"
	"mx_exporter/probe/smtp"
)

func inWorld(t *testing.T, name string, f func(t *testing.T, w *world)) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) { f(t, newWorld(t)) })
	})
}

func TestMessageThatArrivesIsMeasuredAndDeleted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.start("")
		defer w.stop()
		r := w.finished(1)
		if r.Outcome != Arrived || !r.Success() || r.Folder != mailbox.Inbox || !r.Deleted || r.Copies != 1 || r.Failure != nil {
			t.Errorf("run %+v", r)
		}
		if d := r.Delivery.Seconds(); d < 3 || d > 8 || r.Precision.Seconds() > 5 {
			t.Errorf("took %v, ± %v", d, r.Precision.Seconds())
		}
		if r.Host != "mx1.example.org" || r.Arrival.MX != "mx1.example.org" {
			t.Errorf("given to %q, taken by %q", r.Host, r.Arrival.MX)
		}
		var stages []Stage
		for _, s := range r.Stages {
			stages = append(stages, s.Stage)
		}
		if len(stages) != 4 || stages[0] != StageSend || stages[3] != StageDelete {
			t.Errorf("stages %v", stages)
		}
		if left := w.post.left(); len(left) != 0 {
			t.Errorf("left in the mailbox: %q", left)
		}
		s := w.status()
		if s.Counts.Runs != 1 || s.Counts.Lost != 0 || s.Delivery.Count != 1 || s.LastSuccess.IsZero() || s.Pending != 0 {
			t.Errorf("status %+v", s)
		}
	})
}

// The issue: nothing is left in the mailbox after a hundred round trips, and a
// message that is not ours is untouched. I7.
func TestAHundredRoundTripsLeaveNothingBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		theirs := []string{
			"Subject: a letter to somebody",
			token.Header + ": " + token.Prefix("monitor.example.net") + "1.x.y",
			token.Header + ": " + token.NewSigner(token.RandomKey(), "monitor.example.net", "office").New(time.Now()).String(),
			token.Header + ": " + token.NewSigner(token.RandomKey(), "another", "office").New(time.Now()).String(),
		}
		for _, f := range theirs {
			w.post.put("INBOX", mail(f))
			w.post.put("Junk", mail(f))
		}
		w.start("")
		defer w.stop()
		w.finished(100)
		if left := w.post.left(); len(left) != 2*len(theirs) {
			t.Errorf("%d messages are left, want %d: %q", len(left), 2*len(theirs), left)
		}
		if s := w.status(); s.Counts.Outcomes[Arrived] != 100 || s.Foreign == 0 {
			t.Errorf("counts %+v, foreign %d", s.Counts, s.Foreign)
		}
	})
}

func TestWhatBecomesOfAMessageIsTold(t *testing.T) {
	refuse := func(class reply.Class, temporary bool) func(context.Context, int, Parcel) Sent {
		return func(context.Context, int, Parcel) Sent {
			return Sent{Outcome: smtp.NotSent, Class: class, Temporary: temporary, Failure: &fact.Failure{Stage: fact.Rcpt, Reason: fact.Rcpt5xx}}
		}
	}
	fail := func(r fact.Reason) func(context.Context, int, Parcel) Sent {
		return func(context.Context, int, Parcel) Sent {
			return Sent{Outcome: smtp.NotSent, Temporary: true, Failure: &fact.Failure{Stage: fact.Connect, Reason: r}}
		}
	}
	to := func(folder string, after time.Duration) func(int, Parcel) []leg {
		return func(int, Parcel) []leg { return []leg{{folder: folder, after: after}} }
	}
	nowhere := func(int, Parcel) []leg { return nil }
	broken := func(r fact.Reason) func() *fact.Failure {
		return func() *fact.Failure { return &fact.Failure{Reason: r} }
	}
	for _, tt := range []struct {
		name    string
		set     func(p *post)
		outcome Outcome
		reason  fact.Reason
		folder  mailbox.Kind
		lost    uint64
	}{
		{"junked", func(p *post) { p.route = to("Junk", time.Second) }, Arrived, "", mailbox.Junk, 0},
		{"moved by a rule", func(p *post) { p.route = to("Archive", time.Second) }, Arrived, "", mailbox.Other, 0},
		{"lost", func(p *post) { p.route = nowhere }, Lost, ReasonLost, "", 1},
		{"refused", func(p *post) { p.send = refuse(reply.MailboxNotFound, false) }, Refused, fact.Rcpt5xx, "", 0},
		{"greylisted until the end", func(p *post) { p.send = refuse(reply.Greylisted, true) }, Refused, fact.Rcpt5xx, "", 0},
		{"no server", func(p *post) { p.send = fail(fact.ConnectTimeout) }, Unsent, fact.ConnectTimeout, "", 0},
		{"no descriptor of ours", func(p *post) { p.send = fail(fact.LocalFD) }, Unknown, fact.LocalFD, "", 0},
		{"no resolver of ours", func(p *post) { p.send = fail(fact.LocalResolver) }, Unknown, fact.LocalResolver, "", 0},
		{"mailbox down", func(p *post) { p.fault = broken(fact.Refused) }, Unread, fact.Refused, "", 0},
		{"login refused", func(p *post) { p.fault = broken(fact.LoginFailed) }, Unread, fact.LoginFailed, "", 0},
		{"login held back", func(p *post) { p.fault = broken(fact.LoginBackoff) }, Unread, fact.LoginBackoff, "", 0},
		{"no route of ours to the mailbox", func(p *post) { p.fault = broken(fact.LocalNetwork) }, Unknown, fact.LocalNetwork, "", 0},
		{"no password file", func(p *post) { p.fault = broken(fact.SecretMissing) }, Unread, fact.SecretMissing, "", 0},
		{"no password to send with", func(p *post) { p.send = fail(fact.SecretMissing) }, Unsent, fact.SecretMissing, "", 0},
		{"sending held back", func(p *post) {
			p.send = func(context.Context, int, Parcel) Sent {
				return withheld(&fact.Failure{Stage: fact.Login, Reason: fact.LoginBackoff})
			}
		}, Refused, fact.LoginBackoff, "", 0},
		{"not confirmed and not there", func(p *post) {
			p.send = func(context.Context, int, Parcel) Sent {
				return Sent{Outcome: smtp.Unknown, Failure: &fact.Failure{Stage: fact.Data, Reason: fact.DataUnknown}}
			}
		}, Unsent, ReasonUnconfirmed, "", 0},
		{"not deleted", func(p *post) { p.keep = true }, Arrived, ReasonNotDeleted, mailbox.Inbox, 0},
	} {
		inWorld(t, tt.name, func(t *testing.T, w *world) {
			tt.set(w.post)
			w.start("")
			defer w.stop()
			r := w.finished(1)
			var reason fact.Reason
			if r.Failure != nil {
				reason = r.Failure.Reason
			}
			if r.Outcome != tt.outcome || reason != tt.reason || r.Folder != tt.folder {
				t.Errorf("%s, reason %q, folder %q; want %s, %q, %q", r.Outcome, reason, r.Folder, tt.outcome, tt.reason, tt.folder)
			}
			if c := w.status().Counts; c.Lost != tt.lost || c.Runs != 1 {
				t.Errorf("counts %+v", c)
			}
			// Only the last look goes through all folders, and cannot know since when
			// the message was there.
			if r.Estimated != (r.Folder == mailbox.Other) {
				t.Errorf("estimated %v in the folder %s", r.Estimated, r.Folder)
			}
			if r.Success() != (tt.outcome == Arrived) {
				t.Errorf("success %v", r.Success())
			}
		})
	}
}

// I10: a message that comes after its window was lost, and is late besides, each
// counted once.
func TestLateMessageIsCountedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.post.route = func(n int, _ Parcel) []leg {
			if n == 0 {
				return []leg{{folder: "INBOX", after: 3 * time.Minute}}
			}
			return []leg{{folder: "INBOX", after: time.Second}}
		}
		w.start("")
		defer w.stop()
		if r := w.finished(1); r.Outcome != Lost {
			t.Fatalf("run %+v", r)
		}
		time.Sleep(90 * time.Second)
		s := w.status()
		if s.Counts.Late != 1 || s.Counts.Lost != 1 || s.Counts.Runs != 1 || s.Last.Outcome != Late {
			t.Errorf("counts %+v, last %+v", s.Counts, s.Last)
		}
		if d := s.Last.Delivery.Seconds(); d < 180 || d > 186 {
			t.Errorf("it took %v", d)
		}
		w.finished(3)
		if s := w.status(); s.Counts.Late != 1 || s.Counts.Lost != 1 || len(w.post.left()) != 0 {
			t.Errorf("counts %+v, left %q", s.Counts, w.post.left())
		}
	})
}

// A session that never ends, because something is always awaited, still finds what
// comes very late.
func TestVeryLateMessageIsFoundInASessionThatGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.post.route = func(int, Parcel) []leg {
			return []leg{{folder: "INBOX", after: 16 * time.Minute}}
		}
		w.trip.Window = w.trip.Interval * 4 / 5
		w.start("")
		defer w.stop()
		w.finished(8)
		if c := w.status().Counts; c.Late == 0 || c.Lost < c.Late {
			t.Errorf("counts %+v", c)
		}
	})
}

// I6: copies of one message are one message.
func TestDuplicatesAreCountedOnceAndDeleted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.post.route = func(int, Parcel) []leg {
			return []leg{{folder: "INBOX", after: time.Second}, {folder: "INBOX", after: time.Second}, {folder: "Junk", after: 20 * time.Second}}
		}
		w.start("")
		defer w.stop()
		if r := w.finished(1); r.Copies != 2 {
			t.Errorf("%d copies", r.Copies)
		}
		w.finished(2)
		time.Sleep(6 * time.Minute)
		if c := w.status().Counts; c.Outcomes[Arrived] != c.Runs || c.Duplicate == 0 {
			t.Errorf("counts %+v", c)
		}
	})
}

func TestGreylistedMessageIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.post.send = func(_ context.Context, n int, _ Parcel) Sent {
			if n < 2 {
				return Sent{Outcome: smtp.NotSent, Class: reply.Greylisted, Temporary: true, Failure: &fact.Failure{Stage: fact.Rcpt, Reason: fact.Rcpt4xx}}
			}
			return Sent{Outcome: smtp.Taken}
		}
		w.start("")
		defer w.stop()
		r := w.finished(1)
		if r.Outcome != Arrived || r.Attempts != 3 || r.Class != reply.Greylisted || r.Delivery.Seconds() < 93 {
			t.Errorf("run %+v", r)
		}
		if string(w.post.sent[0].Content) != string(w.post.sent[2].Content) || w.post.sent[0].From != w.post.sent[2].From {
			t.Error("another message was tried again")
		}
	})
}

// I13, I14: a bounce counts when it quotes a token of ours that was not counted.
func TestBounceEndsTheRun(t *testing.T) {
	for name, change := range map[string]func([]byte) []byte{
		"as it is":      func(raw []byte) []byte { return raw },
		"in upper case": func(raw []byte) []byte { return []byte(strings.ToUpper(string(raw))) },
		"subject alone": only("Subject"),
		"id alone":      only("Message-ID"),
	} {
		inWorld(t, name, func(t *testing.T, w *world) {
			w.post.route = func(_ int, p Parcel) []leg {
				return []leg{{folder: "INBOX", after: 7 * time.Second, change: func([]byte) []byte {
					return bounceOf(change(p.Content), "5.2.2", "552 5.2.2 Mailbox full")
				}}}
			}
			w.start("")
			defer w.stop()
			r := w.finished(1)
			if r.Outcome != Bounced || r.Class != reply.MailboxFull || r.Bounce == nil || r.Bounce.Code != 552 || r.Bounce.Advice == "" {
				t.Errorf("run %+v, bounce %+v", r, r.Bounce)
			}
			if r.Finished.Sub(r.Sent) > 15*time.Second {
				t.Errorf("it took %v to see the bounce", r.Finished.Sub(r.Sent))
			}
			if left := w.post.left(); len(left) != 0 {
				t.Errorf("left %q", left)
			}
		})
	}
}

// only keeps one field of a header.
func only(name string) func([]byte) []byte {
	return func(raw []byte) []byte {
		var kept []string
		keep := false
		for line := range strings.SplitSeq(string(raw), "\r\n") {
			if line == "" {
				break
			}
			if line[0] != ' ' {
				keep = strings.HasPrefix(line, name+":")
			}
			if keep {
				kept = append(kept, line)
			}
		}
		return []byte(strings.Join(kept, "\r\n") + "\r\n\r\n")
	}
}

// I14: a bounce of a message that we never sent, or one that is played again,
// changes nothing; the first is not touched.
func TestForgedAndRepeatedBouncesChangeNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		forged := letter.Letter{
			Token: token.NewSigner(token.RandomKey(), "monitor.example.net", "office").New(time.Now()),
			From:  "probe@monitor.example.net", To: "test@example.org",
		}
		w.post.put("INBOX", bounceOf(forged.Message(), "5.1.1", "550 5.1.1 User unknown"))
		w.post.put("INBOX", bounceOf([]byte("Subject: a letter\r\n\r\n"), "5.1.1", "550 5.1.1 User unknown"))
		var first []byte
		w.post.route = func(n int, p Parcel) []leg {
			if n == 0 {
				first = p.Content
				return []leg{{folder: "INBOX", after: time.Second}}
			}
			return []leg{{folder: "INBOX", after: 20 * time.Second}, {folder: "INBOX", after: 2 * time.Second, change: func([]byte) []byte {
				return bounceOf(first, "5.1.1", "550 5.1.1 User unknown")
			}}}
		}
		w.start("")
		defer w.stop()
		w.finished(2)
		if c := w.status().Counts; c.Outcomes[Arrived] != 2 {
			t.Errorf("counts %+v", c)
		}
		if left := w.post.left(); len(left) != 2 {
			t.Errorf("%d messages are left, want both foreign bounces: %q", len(left), left)
		}
	})
}

func TestNoticeOfADelayIsNoBounce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.post.route = func(_ int, p Parcel) []leg {
			return []leg{{folder: "INBOX", after: 60 * time.Second}, {folder: "INBOX", after: 5 * time.Second, change: func([]byte) []byte {
				return bounceOf(p.Content, "4.4.1", "connection timed out")
			}}}
		}
		w.start("")
		defer w.stop()
		r := w.finished(1)
		if r.Outcome != Arrived || r.Bounce == nil || r.Bounce.Action != bounce.Delayed || len(w.post.left()) != 0 {
			t.Errorf("run %+v, bounce %+v, left %q", r, r.Bounce, w.post.left())
		}
	})
}

func TestBounceToItsOwnAddressNeedsNoToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.trip.Send.From = "probe+rt@monitor.example.net"
		w.post.route = func(_ int, p Parcel) []leg {
			return []leg{{folder: "INBOX", after: 5 * time.Second, change: func([]byte) []byte {
				raw := bounceOf([]byte("Subject: nothing is left\r\n\r\n"), "5.1.1", "550 5.1.1 User unknown")
				return []byte(strings.Replace(string(raw), "To: probe@monitor.example.net", "To: <"+p.From+">", 1))
			}}}
		}
		w.start("")
		defer w.stop()
		if r := w.finished(1); r.Outcome != Bounced || r.Class != reply.MailboxNotFound {
			t.Errorf("run %+v", r)
		}
	})
}

// I12: at most one message in an interval.
func TestAtMostOneMessageIsSentInAnInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.start("")
		defer w.stop()
		time.Sleep(time.Hour)
		if n := w.post.letters(); n < 11 || n > 12 {
			t.Errorf("%d messages in an hour of intervals of five minutes", n)
		}
	})
}

func TestNextMessageWaitsUnlessTheyMayOverlap(t *testing.T) {
	for _, overlap := range []bool{false, true} {
		inWorld(t, map[bool]string{false: "one after the other", true: "overlapping"}[overlap], func(t *testing.T, w *world) {
			w.trip.Overlap, w.trip.Window = overlap, config.Duration(12*time.Minute)
			w.post.route = func(int, Parcel) []leg { return []leg{{folder: "INBOX", after: 11 * time.Minute}} }
			w.start("")
			defer w.stop()
			time.Sleep(12 * time.Minute)
			pending, want := w.status().Pending, 1
			if overlap {
				want = 2
			}
			if pending > want || overlap && pending != want {
				t.Errorf("%d messages are awaited, want %d", pending, want)
			}
			if r := w.finished(1); r.Outcome != Arrived {
				t.Errorf("run %+v", r)
			}
		})
	}
}

func TestVirusScannerIsHeldToWhatIsDeclared(t *testing.T) {
	strip := func(raw []byte) []byte {
		return []byte(strings.Split(string(raw), "\r\nContent-Type: application/octet-stream")[0])
	}
	for _, tt := range []struct {
		declared, outcome config.EICAR
		set               func(p *post)
		success           bool
	}{
		{config.EICARDelivered, config.EICARDelivered, func(*post) {}, true},
		{config.EICARStripped, config.EICARDelivered, func(*post) {}, true},
		{config.EICARStripped, config.EICARStripped, func(p *post) {
			p.route = func(int, Parcel) []leg { return []leg{{folder: "INBOX", after: time.Second, change: strip}} }
		}, true},
		{config.EICARRefused, config.EICARRefused, func(p *post) {
			p.send = func(context.Context, int, Parcel) Sent {
				return Sent{Outcome: smtp.Refused, Class: reply.ContentRejected, Failure: &fact.Failure{Stage: fact.Data, Reason: fact.Data5xx}}
			}
		}, true},
		{config.EICARRefused, config.EICARRefused, func(p *post) { p.route = func(int, Parcel) []leg { return nil } }, true},
		{config.EICARStripped, config.EICARRefused, func(p *post) { p.route = func(int, Parcel) []leg { return nil } }, false},
		{config.EICARRefused, config.EICARRefused, func(p *post) {
			p.route = func(_ int, c Parcel) []leg {
				return []leg{{folder: "INBOX", after: time.Second, change: func([]byte) []byte { return bounceOf(c.Content, "5.7.1", "554 5.7.1 virus found") }}}
			}
		}, true},
	} {
		inWorld(t, string(tt.declared+" "+tt.outcome), func(t *testing.T, w *world) {
			w.trip.EICAR = tt.declared
			tt.set(w.post)
			w.start("")
			defer w.stop()
			r := w.finished(1)
			if r.EICAR == nil || r.EICAR.Declared != tt.declared || r.EICAR.Outcome != tt.outcome || r.Success() != tt.success {
				t.Errorf("run %+v, EICAR %+v, success %v", r, r.EICAR, r.Success())
			}
		})
	}
}

func TestFaultInTheProgramEndsOneRunAndNotTheTrip(t *testing.T) {
	for name, set := range map[string]func(w *world, broken *bool){
		"while sending": func(w *world, broken *bool) {
			w.post.send = func(context.Context, int, Parcel) Sent {
				if *broken {
					panic("sending")
				}
				return Sent{Outcome: smtp.Taken}
			}
		},
		"while looking": func(w *world, broken *bool) {
			w.post.fault = func() *fact.Failure {
				if *broken {
					panic("looking")
				}
				return nil
			}
		},
	} {
		inWorld(t, name, func(t *testing.T, w *world) {
			broken, panics := true, 0
			w.env.OnPanic = func(any, []byte) { panics++ }
			set(w, &broken)
			w.start("")
			defer w.stop()
			r := w.finished(1)
			if r.Outcome != Unknown || r.Failure.Reason != fact.LocalPanic || panics == 0 {
				t.Errorf("run %+v, %d panics", r, panics)
			}
			broken = false
			if r := w.finished(2); r.Outcome != Arrived {
				t.Errorf("run %+v", r)
			}
		})
	}
}
