package smtp_test

import (
	"net"
	"strings"
	"testing"
	"testing/synctest"

	"mx_exporter/probe/smtp"
	"mx_exporter/probe/talk/talktest"
)

// What comes after RSET is for the caller, and does not mix with the stages of
// the first transaction.
func TestRoundsAfterReset(t *testing.T) {
	on := newStage(t)
	s := talktest.Parse(t, `
S: 220 mx
C: EHLO probe.test
S: 250 mx
C: MAIL FROM:<a@probe.test>
S: 250 ok
C: RCPT TO:<b@example.test>
S: 250 ok
C: RSET
S: 250 ok
C: MAIL FROM:<a@probe.test>
S: 250 ok
C: RCPT TO:<c@elsewhere.test>
S: 554 5.7.1 Relay access denied
C: QUIT
S: 221 bye
`)
	synctest.Test(t, func(t *testing.T) {
		client, done := on.play(t, s)
		c, f := smtp.Open(t.Context(), client, smtp.Options{Name: "probe.test"})
		if f != nil {
			t.Fatal(f)
		}
		_, m := c.Mail("a@probe.test")
		_, r := c.Rcpt("b@example.test")
		again := c.Reset()
		_, m2 := c.Mail("a@probe.test")
		if m != nil || r != nil || again != nil || m2 != nil {
			t.Errorf("MAIL %v, RCPT %v, RSET %v, MAIL %v", m, r, again, m2)
		}
		relay, f := c.Rcpt("c@elsewhere.test")
		d := c.Close(nil)
		<-done
		if relay.Code != 554 || f == nil {
			t.Errorf("reply %d, failure %v", relay.Code, f)
		}
		if got := strings.Join(stageNames(d), " "); got != "banner ehlo mail rcpt quit" {
			t.Errorf("stages %s", got)
		}
		if d.Stages[3].Reply.Code != 250 || !d.QuitClean || d.Failure != nil {
			t.Errorf("rcpt %d, quit %v, failure %v", d.Stages[3].Reply.Code, d.QuitClean, d.Failure)
		}
	})
}

// A wrong option is found before anything is said.
func TestWrongOptionIsNotSaid(t *testing.T) {
	client, server := net.Pipe()
	go func() { _ = server.Close() }()
	d := smtp.Run(t.Context(), client, smtp.Options{Name: "probe.test", MailFrom: "a@b\r\nRSET"})
	if d.Failure == nil || !d.Failure.Reason.Local() || len(d.Stages) != 0 || len(d.Transcript) != 0 {
		t.Errorf("failure %v, stages %v, transcript %v", d.Failure, d.Stages, d.Transcript)
	}
}
