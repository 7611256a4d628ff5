package smtp_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/smtp"
	"mx_exporter/probe/talk/talktest"
)

const opening = "S: 220 mx.example.test ESMTP\nC: EHLO probe.test\nS: 250-mx.example.test\nS: 250 PIPELINING\n"

// shared plays a script to a conversation that use is given, closes it, and waits
// for the script's end.
func shared(t *testing.T, script string, o smtp.Options, use func(t *testing.T, s *smtp.Shared)) {
	t.Helper()
	on := newStage(t)
	synctest.Test(t, func(t *testing.T) {
		conn, done := on.play(t, talktest.Parse(t, script))
		o.Name = "probe.test"
		s := smtp.OpenShared(t.Context(), conn, o)
		use(t, s)
		s.Close()
		<-done
	})
}

// answer is the failure and the code that came of asking about one recipient.
func answer(s *smtp.Shared, to ...string) string {
	a := s.Ask(context.Background(), to, 0)
	switch {
	case a == nil:
		return "none"
	case a.Dialogue.Failure != nil:
		return fmt.Sprintf("%s %s", a.Dialogue.Failure.Stage, a.Dialogue.Failure.Reason)
	}
	return fmt.Sprint(a.Dialogue.Recipients[len(a.Dialogue.Recipients)-1].Reply.Code)
}

func TestEachOfASharedConversationIsAnsweredForItself(t *testing.T) {
	for name, c := range map[string]struct {
		script string
		want   []string // for a@example.test and so on
		more   bool
	}{
		"refusal": {`
C: RCPT TO:<a@example.test>
S: 550 5.1.1 no
C: RSET
S: 250 ok
C: MAIL FROM:<x@probe.test>
S: 250 ok
C: RCPT TO:<b@example.test>
S: 250 ok
C: QUIT
S: 221 bye
`, []string{"rcpt rcpt_5xx", "250"}, true},
		"421 where another asked before": {`
C: RCPT TO:<a@example.test>
S: 250 ok
C: RSET
S: 250 ok
C: MAIL FROM:<x@probe.test>
S: 250 ok
C: RCPT TO:<b@example.test>
S: 421 4.7.0 enough
C: QUIT
S: 221 bye
`, []string{"250", "none"}, false},
		"421 to the first": {`
C: RCPT TO:<a@example.test>
S: 421 4.7.0 not you
C: QUIT
S: 221 bye
`, []string{"rcpt rcpt_4xx"}, false},
		"no second transaction": {`
C: RCPT TO:<a@example.test>
S: 250 ok
C: RSET
S: 250 ok
C: MAIL FROM:<x@probe.test>
S: 452 4.5.3 one is enough
C: QUIT
S: 221 bye
`, []string{"250", "none"}, false},
		"RSET unknown": {`
C: RCPT TO:<a@example.test>
S: 250 ok
C: RSET
S: 500 what
C: QUIT
S: 221 bye
`, []string{"250", "none"}, false},
		"gone between": {`
C: RCPT TO:<a@example.test>
S: 250 ok
CLOSE:
`, []string{"250", "none"}, false},
		"leaves between": {`
C: RCPT TO:<a@example.test>
S: 250 ok
C: RSET
S: 421 4.4.2 idle for too long
C: QUIT
S: 221 bye
`, []string{"250", "none"}, false},
		"out of step": {`
C: RCPT TO:<a@example.test>
S: 220 what
C: QUIT
S: 221 bye
`, []string{"rcpt reply_invalid"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			o := smtp.Options{MailFrom: "x@probe.test"}
			shared(t, opening+"C: MAIL FROM:<x@probe.test>\nS: 250 ok"+c.script, o, func(t *testing.T, s *smtp.Shared) {
				for i, want := range c.want {
					if got := answer(s, string(rune('a'+i))+"@example.test"); got != want {
						t.Errorf("transaction %d: %s, want %s", i+1, got, want)
					}
				}
				if s.More() != c.more {
					t.Errorf("more: %t", s.More())
				}
			})
		})
	}
}

// A sender whom the server takes nothing from is told so each time, and no
// connection is made anew for it.
func TestRefusedSenderIsRefusedForAll(t *testing.T) {
	script := opening
	for i := range 3 {
		if i > 0 {
			script += "C: RSET\nS: 250 ok\n"
		}
		script += "C: MAIL FROM:<x@probe.test>\nS: 553 5.1.8 not you\n"
	}
	shared(t, script+"C: QUIT\nS: 221 bye\n", smtp.Options{MailFrom: "x@probe.test"}, func(t *testing.T, s *smtp.Shared) {
		for range 3 {
			if got := answer(s, "a@example.test"); got != "mail mail_5xx" {
				t.Error(got)
			}
		}
	})
}

func TestSharedTransactionsGoInOneFlightWhereTheOptionsSaySo(t *testing.T) {
	script := opening + `
C: MAIL FROM:<x@probe.test>
C: RCPT TO:<a@example.test>
S: 250 ok
S: 250 ok
C: RSET
S: 250 ok
C: MAIL FROM:<x@probe.test>
C: RCPT TO:<b@example.test>
S: 250 ok
S: 251 elsewhere
C: QUIT
S: 221 bye
`
	shared(t, script, smtp.Options{MailFrom: "x@probe.test", Pipelining: true}, func(t *testing.T, s *smtp.Shared) {
		if a, b := answer(s, "a@example.test"), answer(s, "b@example.test"); a != "250" || b != "251" {
			t.Errorf("%s, %s", a, b)
		}
	})
}

// What cannot be said costs nobody else anything.
func TestRecipientThatCannotBeSaidIsNotSaid(t *testing.T) {
	script := opening + "C: MAIL FROM:<x@probe.test>\nS: 250 ok\nC: RCPT TO:<b@example.test>\nS: 250 ok\nC: QUIT\nS: 221 bye\n"
	shared(t, script, smtp.Options{MailFrom: "x@probe.test"}, func(t *testing.T, s *smtp.Shared) {
		if got := answer(s, "a>b@example.test"); got != "rcpt not_tested" {
			t.Error(got)
		}
		if got := answer(s, "b@example.test"); got != "250" {
			t.Error(got)
		}
	})
}

// The time of each is its own: one that is over by the time that its turn comes
// says nothing of the server, and takes the conversation with it.
func TestEndOfOnesTimeIsNotTheServersFault(t *testing.T) {
	script := opening + "C: MAIL FROM:<x@probe.test>\nS: 250 ok\nC: RCPT TO:<a@example.test>\nS: 250 ok\nC: RSET\nC: QUIT\nHANG:\n"
	shared(t, script, smtp.Options{MailFrom: "x@probe.test"}, func(t *testing.T, s *smtp.Shared) {
		if got := answer(s, "a@example.test"); got != "250" {
			t.Error(got)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		a := s.Ask(ctx, []string{"b@example.test"}, 0)
		if a == nil || a.Dialogue.Failure.Reason != fact.ProbeTimeout || time.Since(began) != time.Second || s.More() {
			t.Errorf("%+v after %s", a, time.Since(began))
		}
	})
}

// The end of the time of one that has been answered reaches nobody else.
func TestEndOfAnothersTimeIsNotFelt(t *testing.T) {
	script := opening + "C: MAIL FROM:<x@probe.test>\nS: 250 ok\nC: RCPT TO:<a@example.test>\nS: 250 ok\nC: RSET\nWAIT: 2s\nS: 250 ok\n" +
		"C: MAIL FROM:<x@probe.test>\nS: 250 ok\nC: RCPT TO:<b@example.test>\nS: 250 ok\nC: QUIT\nS: 221 bye\n"
	shared(t, script, smtp.Options{MailFrom: "x@probe.test"}, func(t *testing.T, s *smtp.Shared) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		first := s.Ask(ctx, []string{"a@example.test"}, 0)
		s.Leave()
		second := s.Ask(t.Context(), []string{"b@example.test"}, 0)
		if second == nil || second.Dialogue.Failure != nil || second.Reset != 2*time.Second {
			t.Fatalf("%+v", second)
		}
		for i, d := range []*smtp.Dialogue{first.Dialogue, second.Dialogue} {
			if len(d.Stages) != 4 || len(d.Recipients) != 1 || !strings.HasPrefix(d.Recipients[0].Address, string(rune('a'+i))) {
				t.Errorf("%+v", d)
			}
		}
		last := first.Dialogue.Transcript[len(first.Dialogue.Transcript)-1]
		if last.Text != "250 ok" || first.Dialogue.Received >= second.Dialogue.Received {
			t.Errorf("what others said is told of the first: %+v", first.Dialogue)
		}
	})
}

func TestSharedConversationIsBounded(t *testing.T) {
	ask := "C: MAIL FROM:<x@probe.test>\nS: 250 ok\nC: RCPT TO:<a@example.test>\nS: %s\n"
	turns := func(n int, reply string) string {
		script := opening
		for i := range n {
			if i > 0 {
				script += "C: RSET\nS: 250 ok\n"
			}
			script += fmt.Sprintf(ask, reply)
		}
		return script + "C: QUIT\nS: 221 bye\n"
	}
	for name, c := range map[string]struct {
		reply string
		pause time.Duration
		want  int
	}{
		"transactions": {"250 ok", 0, smtp.MaxTransactions},
		"refusals":     {"550 no", 0, smtp.MaxRefusals},
		"time":         {"250 ok", smtp.MaxShared / 4, 4},
		"octets":       {"250 " + strings.Repeat("x", 1000), 0, 33},
	} {
		t.Run(name, func(t *testing.T) {
			shared(t, turns(c.want, c.reply), smtp.Options{MailFrom: "x@probe.test"}, func(t *testing.T, s *smtp.Shared) {
				n := 0
				for ; s.More(); n++ {
					if answer(s, "a@example.test") == "none" {
						t.Fatal("no answer")
					}
					time.Sleep(c.pause)
				}
				if n != c.want {
					t.Errorf("%d transactions, want %d", n, c.want)
				}
			})
		})
	}
}
