package probe_test

import (
	"strings"
	"testing"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/fact"
)

const twoDoors = "-- zone --\nmail A 192.0.2.10\nmail A 192.0.2.11\n" +
	"-- imap mail --\nlisten: 192.0.2.10:993 192.0.2.11:993\nimplicit-tls: on\naccount: probe secret\n"

// tries counts the logins that a probe made.
func tries(r *probe.Result) (n int) {
	for i := range r.Hosts {
		for j := range r.Hosts[i].Addresses {
			if _, tried := r.Hosts[i].Addresses[j].LoggedIn(); tried {
				n++
			}
		}
	}
	return n
}

// Faults I5: a wrong password is said once in a probe, three times in all, and
// then seldom; meanwhile the verdict stays what the login made it.
func TestRefusedLoginsAreSpacedOut(t *testing.T) {
	w := newService(t, "prober: imap\nlogin: mail probe wrong", twoDoors)
	for i := range 6 {
		r := w.probe(t, w.target())
		want := 1
		if i >= 3 {
			want = 0
		}
		if n := tries(r); n != want || r.Verdict != fact.Compromised {
			t.Errorf("I5: probe %d made %d logins, want %d; %s: %s", i+1, n, want, r.Verdict, r.Why)
		}
		backedOff := strings.Contains(codes(r), "login-backed-off")
		if backedOff != (i >= 3 || len(r.Hosts[0].Addresses) > 1) {
			t.Errorf("probe %d: %s", i+1, codes(r))
		}
	}
	w.module.Password = config.NewSecret("secret")
	w.module.PasswordFile = ""
	if r := w.probe(t, w.target()); tries(r) != 2 || r.Verdict != fact.Satisfactory {
		t.Errorf("I5: after the password was mended: %d logins, %s", tries(r), r.Why)
	}
	if r := w.probe(t, w.target()); tries(r) != 2 || r.Verdict != fact.Satisfactory {
		t.Errorf("I5: a login that is known to be right is made at every address: %d logins, %s", tries(r), r.Why)
	}
}

// What the server cannot decide now is not held against the password.
func TestLoginThatCannotBeDecidedDoesNotWait(t *testing.T) {
	w := newService(t, "prober: imap\nlogin: mail probe secret", twoDoors+"reply: LOGIN NO [UNAVAILABLE] try later\nreply: AUTHENTICATE NO [UNAVAILABLE] try later\n")
	for i := range 5 {
		if r := w.probe(t, w.target()); tries(r) != 2 || r.Verdict != fact.Compromised {
			t.Errorf("probe %d: %d logins, %s: %s", i+1, tries(r), r.Verdict, r.Why)
		}
	}
}

// Promise 2: a login that hangs at one address keeps nobody from the others.
func TestALoginThatHangsHidesNoOtherAddress(t *testing.T) {
	w := newService(t, "prober: imap\nlogin: mail probe secret", "-- zone --\nmail A 192.0.2.10\nmail A 192.0.2.11\n"+
		"-- imap mail --\nlisten: 192.0.2.10:993\nimplicit-tls: on\naccount: probe secret\nhang: login\n"+
		"-- imap new --\nnames: mail\nlisten: 192.0.2.11:993\nimplicit-tls: on\naccount: probe secret\n")
	w.module.Timeout = config.Duration(2 * time.Second)
	for range 2 {
		r := w.probe(t, w.target())
		if tries(r) == 0 || r.Hosts[0].State != probe.Up {
			t.Errorf("%s: %s", r.Verdict, r.Why)
		}
	}
}
