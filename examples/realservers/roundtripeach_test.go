//go:build real

package realservers

import (
	"fmt"
	"testing"
	"time"

	"mx_exporter/config"
	"mx_exporter/examples/realservers/server"
	"mx_exporter/probe/roundtrip"
)

// eachServerHasItsTurn has a domain whose backup takes mail and delivers it to
// another mailbox, which no probe from outside can see.
func eachServerHasItsTurn(t *testing.T, l *mailboxLab) {
	r := runner(t, map[string]config.RoundTrip{"direct": l.direct(t, "each", func(r *config.RoundTrip) {
		r.Interval, r.Window = seconds(4), seconds(3)
		r.Send.To, r.Send.EachMX = "each@pair.test", true
	})})
	want := map[string]roundtrip.Outcome{"mail.home.test": roundtrip.Arrived, "mail.outside.test": roundtrip.Lost}
	server.Eventually(t, 30*time.Second, fmt.Sprint(want), func() (bool, string) {
		got := map[string]roundtrip.Outcome{}
		for _, h := range status(r).Hosts {
			got[h.Host] = h.Run.Outcome
		}
		return fmt.Sprint(got) == fmt.Sprint(want), fmt.Sprint(got)
	})
}

// refusedLoginWaits: a mailbox that refuses the password is asked three times, and
// not at each look, lest the account be locked. Faults I5.
func refusedLoginWaits(t *testing.T, l *mailboxLab) {
	r := runner(t, map[string]config.RoundTrip{"direct": l.direct(t, "refused", func(r *config.RoundTrip) {
		r.Interval, r.Window, r.Fetch.Poll = seconds(1), seconds(60), seconds(0.1)
		r.Fetch.Password, r.Fetch.PasswordFile = config.NewSecret("guessed"), ""
	})})
	server.Eventually(t, 20*time.Second, "the login waits", func() (bool, string) {
		b := status(r).Backoff
		return b != nil && b.Failures == 3 && time.Until(b.Until) > time.Minute, fmt.Sprintf("%+v", b)
	})
	tried := l.refusals(t, "refused@home.test")
	arrived := func() (bool, string) { n := len(l.dovecot.Holds(t, "refused")); return n == 1, fmt.Sprint(n) }
	server.Eventually(t, 10*time.Second, "the message is there, and looked for", arrived)
	r.Stop(roundtrip.StopTime)
	if now := l.refusals(t, "refused@home.test"); now != 3 || tried != 3 {
		t.Errorf("Dovecot has refused %d logins, and then %d", tried, now)
	}
}
