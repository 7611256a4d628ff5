package roundtrip_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mx_exporter/config"
	"mx_exporter/examples/maillab"
	"mx_exporter/examples/maillab/labtest"
	"mx_exporter/probe"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mailbox"
	"mx_exporter/probe/reply"
	"mx_exporter/probe/roundtrip"
	"mx_exporter/probe/roundtrip/arrival"
)

// office is a domain whose server files mail by its local part, and that users
// read by IMAP and by POP3.
const office = `title: Office
shows: An office.
domain: one.test
verdict: satisfactory

-- zone --
@     MX 10 mx1
mx1   A     192.0.2.25
imap  A     192.0.2.26
pop   A     192.0.2.27

-- server mx1 --
listen: 192.0.2.25:25
takes: on
auth: PLAIN LOGIN XOAUTH2
account: sender s3cret
add-header: X-Spam-Status: No, score=1.5 required=5.0 tests=NONE
add-header: Authentication-Results: mx1.one.test; spf=pass smtp.mailfrom=one.test; dkim=none
deliver: info box=imap/probe
deliver: junk box=imap/probe folder=Junk times=2
deliver: pop box=pop/probe
deliver: on forward=info@one.test
deliver: stripped box=imap/probe strip
deliver: full bounce=552 5.2.2 Mailbox full
deliver: later box=imap/probe after=3s
deliver: gone lose

-- imap imap --
listen: 192.0.2.26:993
implicit-tls: on
auth: PLAIN OAUTHBEARER
account: probe hunter2

-- pop3 pop --
listen: 192.0.2.27:995
implicit-tls: on
account: probe hunter2
`

type lab struct {
	t    *testing.T
	lab  *maillab.Lab
	dir  string
	ca   string
	env  *probe.Env
	trip config.RoundTrip
}

// newLab loads a file with one round trip, as an operator would.
func newLab(t *testing.T, send, fetch, more string) *lab {
	t.Helper()
	l := &lab{t: t, lab: labtest.StartWith(t, office), dir: t.TempDir()}
	var err error
	if l.ca, err = l.lab.CAFile(l.dir); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"right": "hunter2", "sender": "s3cret", "wrong": "hunter3", "key": "a key of more than sixteen octets"} {
		if err := os.WriteFile(filepath.Join(l.dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text := fmt.Sprintf(`round_trips:
  office:
    interval: 1m
    window: 30s
    key_file: key
    dns: {servers: [%q]}
    allow_networks: [192.0.2.0/24]
    send: {%s, tls_config: {ca_file: %q}}
    fetch: {%s, poll: 1s, tls_config: {ca_file: %q}}
    %s
`, l.lab.DNSAddr(), send, l.ca, fetch, l.ca, more)
	file := filepath.Join(l.dir, "config.yml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := probe.Loader().Load(file)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	l.trip = c.RoundTrips["office"]
	l.trip.Fetch.Poll = config.Duration(50 * time.Millisecond)
	l.env = &probe.Env{Dial: l.lab.Net.DialContext, Hostname: "monitor.lab.test", Roots: l.lab.Roots(), OnPanic: func(p any, stack []byte) {
		t.Errorf("panic: %v\n%s", p, stack)
	}}
	t.Cleanup(l.env.Close)
	return l
}

func (l *lab) run() *roundtrip.Run {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(l.t.Context(), time.Minute)
	defer cancel()
	var steps []string
	r, err := roundtrip.New(roundtrip.Options{Env: l.env}).Once(ctx, "office", l.trip, func(e roundtrip.Event) { steps = append(steps, e.Text) })
	if err != nil {
		l.t.Fatalf("%v after %q", err, steps)
	}
	return r
}

const (
	imap = "protocol: imap, server: imap.one.test, username: probe, password_file: right"
	pop3 = "protocol: pop3, server: pop.one.test, username: probe, password_file: right"
	mx   = "via: mx, from: pop@one.test, to: "
)

// Four of the five ways of mission.md S2 in the lab; the local mail program has a
// test of its own.
func TestEachWayDelivers(t *testing.T) {
	for _, tt := range []struct{ name, send, fetch string }{
		{"to the MX, read by IMAP", mx + "info@one.test", imap},
		{"to the MX, read by POP3", mx + "pop@one.test", pop3},
		{"to the MX, each in turn", mx + "info@one.test, each_mx: true", imap},
		{"to a mailbox that forwards", mx + "on@one.test", imap},
		{"through a relay with a login", `via: smtp, from: pop@one.test, to: info@one.test, server: "mx1.one.test:25", username: sender, password_file: sender`, imap},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := newLab(t, tt.send, tt.fetch, "attachment: {size: 5000}")
			r := l.run()
			if r.Outcome != roundtrip.Arrived || r.Folder != mailbox.Inbox || r.Copies != 1 || !r.Deleted || r.Failure != nil {
				t.Fatalf("run %+v, failure %+v", r, r.Failure)
			}
			a := r.Arrival
			if a.MX != "mx1.one.test" || a.Attachment != arrival.Intact || a.Authentication.Of(arrival.MethodSPF) != arrival.Pass {
				t.Errorf("arrival %+v", a)
			}
			if len(a.Spam) != 1 || a.Spam[0].Filter != arrival.SpamAssassin || *a.Spam[0].Score != 1.5 {
				t.Errorf("spam %+v", a.Spam)
			}
			for _, box := range []*maillab.Box{l.lab.Server("imap.one.test").Box("probe"), l.lab.Server("pop.one.test").Box("probe")} {
				if n, err := box.Count(maillab.Inbox); n != 0 || err != nil {
					t.Errorf("%d messages are left, %v", n, err)
				}
			}
		})
	}
}

func TestLabsFaultsAreTold(t *testing.T) {
	const soon = config.Duration(1500 * time.Millisecond)
	wrong := strings.Replace(imap, "right", "wrong", 1)
	for _, tt := range []struct {
		name, send, fetch, more string
		window                  config.Duration
		outcome                 roundtrip.Outcome
		reason                  fact.Reason
		check                   func(r *roundtrip.Run) bool
	}{
		{"junked twice", mx + "junk@one.test", imap, "", 0, roundtrip.Arrived, "", func(r *roundtrip.Run) bool { return r.Folder == mailbox.Junk && r.Copies == 2 }},
		{"lost", mx + "gone@one.test", imap, "", soon, roundtrip.Lost, roundtrip.ReasonLost, nil},
		{"file stripped", mx + "stripped@one.test", imap, "attachment: {size: 500}", 0, roundtrip.Arrived, "", func(r *roundtrip.Run) bool { return r.Arrival.Attachment == arrival.Missing }},
		{"virus stripped", mx + "stripped@one.test", imap, "eicar: stripped", 0, roundtrip.Arrived, "", func(r *roundtrip.Run) bool { return r.EICAR.AsDeclared() }},
		{"virus delivered", mx + "info@one.test", imap, "eicar: stripped", 0, roundtrip.Arrived, "", func(r *roundtrip.Run) bool { return r.EICAR.Outcome == config.EICARDelivered }},
		{"bounced later", mx + "full@one.test", pop3, "", 0, roundtrip.Bounced, roundtrip.ReasonBounced, func(r *roundtrip.Run) bool { return r.Class == reply.MailboxFull && r.Bounce.Code == 552 }},
		{"wrong password", mx + "info@one.test", wrong, "", soon, roundtrip.Unread, fact.LoginFailed, nil},
		{"no such mailbox server", mx + "info@one.test", strings.Replace(imap, "imap.one", "nowhere.one", 1), "", soon, roundtrip.Unread, fact.DNSNXDomain, nil},
		{"no such domain", mx + "info@missing.one.test", imap, "", 0, roundtrip.Unsent, fact.DNSNXDomain, nil},
		{"relay refuses the password", `via: smtp, from: pop@one.test, to: info@one.test, server: "mx1.one.test:25", username: sender, password_file: wrong`, imap, "", 0, roundtrip.Refused, fact.AuthFailed, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := newLab(t, tt.send, tt.fetch, tt.more)
			if tt.window > 0 {
				l.trip.Window = tt.window
			}
			r := l.run()
			var reason fact.Reason
			if r.Failure != nil {
				reason = r.Failure.Reason
			}
			if r.Outcome != tt.outcome || reason != tt.reason {
				t.Errorf("%s, %q; want %s, %q: %+v, %+v", r.Outcome, reason, tt.outcome, tt.reason, r, r.Failure)
			} else if tt.check != nil && !tt.check(r) {
				t.Errorf("run %+v", r)
			}
		})
	}
}

// I5: a monitor with an old password does not lock the account.
func TestWrongPasswordIsNotSaidAgainAndAgain(t *testing.T) {
	l := newLab(t, mx+"info@one.test", strings.Replace(imap, "right", "wrong", 1), "")
	l.trip.Window = config.Duration(2 * time.Second)
	l.run()
	if n := l.lab.Server("imap.one.test").Logins("probe"); n != 3 {
		t.Errorf("the wrong password was said %d times, want 3", n)
	}
}

// I7, POP3 too: what is not ours stays.
func TestForeignMailStays(t *testing.T) {
	for _, fetch := range []string{imap, pop3} {
		to := "info@one.test"
		server := "imap.one.test"
		if fetch == pop3 {
			to, server = "pop@one.test", "pop.one.test"
		}
		l := newLab(t, mx+to, fetch, "")
		box := l.lab.Server(server).Box("probe")
		for i := range 5 {
			theirs := fmt.Sprintf("From: <a@one.test>\r\nSubject: letter %d\r\nX-MX-Exporter-Token: v1.monitor-lab-test-hand.%d.x.y\r\n\r\nHello\r\n", i, i)
			if err := box.Put(maillab.Inbox, []byte(theirs), time.Now()); err != nil {
				t.Fatal(err)
			}
		}
		if r := l.run(); r.Outcome != roundtrip.Arrived {
			t.Errorf("run %+v, %+v", r, r.Failure)
		}
		if n, err := box.Count(maillab.Inbox); n != 5 || err != nil {
			t.Errorf("%d of five letters are left, %v", n, err)
		}
	}
}

// I5: a password that is refused at the relay is not said a fourth time, and what
// holds the trip back is shown as of the mailbox.
func TestSendingIsHeldBackInTheOpen(t *testing.T) {
	l := newLab(t, `via: smtp, from: pop@one.test, to: info@one.test, server: "mx1.one.test:25", username: sender, password_file: wrong`, imap, "")
	for n, want := range []fact.Reason{fact.AuthFailed, fact.AuthFailed, fact.AuthFailed, fact.LoginBackoff} {
		r := l.run()
		if r.Outcome != roundtrip.Refused || r.Failure.Reason != want || r.Class != reply.AuthRequired || r.Success() || !r.Told() {
			t.Errorf("run %d: %s, %+v, class %s", n+1, r.Outcome, r.Failure, r.Class)
		}
	}
	b := l.env.LoginRefused("mx1.one.test:25", "sender")
	if b == nil || b.Failures != 3 || b.Until.IsZero() {
		t.Errorf("held back %+v", b)
	}
}

// A secret that is gone, or a token endpoint that refuses us, is the operator's to
// mend: it is no passing fault that nobody hears of.
func TestCredentialThatCannotBeHadIsTold(t *testing.T) {
	no := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"error":"invalid_client"}`)
	}))
	defer no.Close()
	oauth2 := fmt.Sprintf("oauth2: {token_url: %q, client_id: me, client_secret_file: right}", no.URL)
	relay := `via: smtp, from: pop@one.test, to: info@one.test, server: "mx1.one.test:25", username: sender, `
	for _, tt := range []struct {
		name, send, fetch string
		gone, twoLines    string
		outcome           roundtrip.Outcome
	}{
		{"mailbox, no token", mx + "info@one.test", strings.Replace(imap, "password_file: right", oauth2, 1), "", "", roundtrip.Unread},
		{"mailbox, file deleted", mx + "info@one.test", imap, "right", "", roundtrip.Unread},
		{"mailbox, two lines", mx + "info@one.test", imap, "", "right", roundtrip.Unread},
		{"relay, no token", relay + oauth2, imap, "", "", roundtrip.Unsent},
		{"relay, file deleted", relay + "password_file: sender", imap, "sender", "", roundtrip.Unsent},
		{"relay, two lines", relay + "password_file: sender", imap, "", "sender", roundtrip.Unsent},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := newLab(t, tt.send, tt.fetch, "")
			l.trip.Window = config.Duration(1500 * time.Millisecond)
			l.env.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
				if address == no.Listener.Addr().String() {
					return new(net.Dialer).DialContext(ctx, network, address)
				}
				return l.lab.Net.DialContext(ctx, network, address)
			}
			if tt.gone != "" {
				if err := os.Remove(filepath.Join(l.dir, tt.gone)); err != nil {
					t.Fatal(err)
				}
			}
			if tt.twoLines != "" {
				if err := os.WriteFile(filepath.Join(l.dir, tt.twoLines), []byte("one\ntwo\n"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if r := l.run(); r.Outcome != tt.outcome || r.Failure.Reason != fact.SecretMissing || r.Success() || !r.Told() {
				t.Errorf("%s, %+v", r.Outcome, r.Failure)
			}
		})
	}
}
