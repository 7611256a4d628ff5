package maillab

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"net"
	"net/mail"
	"net/smtp" //nolint:depguard // a client that somebody else wrote, to judge the fake by
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// office is a scenario with a door for messages and two for mailboxes.
func office(submission, imap string) string {
	return `title: Office
shows: An office.
domain: one.test
verdict: satisfactory

-- zone --
@    MX 10 mx1
mx1  A     192.0.2.25

-- server mx1 --
listen: 192.0.2.25:25
takes: on
auth: PLAIN LOGIN
account: sender s3cret
add-header: X-Spam-Score: 1.5
deliver: info box=imap/probe
deliver: junk box=imap/probe folder=Junk times=2
deliver: pop box=pop/probe
deliver: on forward=info@one.test
deliver: stripped box=pop/probe strip
deliver: full bounce=552 5.2.2 Mailbox full
deliver: later box=imap/probe after=1ms
deliver: gone lose
` + submission + `
-- imap imap --
listen: 192.0.2.26:993
implicit-tls: on
account: probe hunter2
` + imap + `
-- pop3 pop --
listen: 192.0.2.27:110
account: probe hunter2
`
}

func (l *Lab) tls(name string) *tls.Config {
	return &tls.Config{ServerName: name, RootCAs: l.Roots(), MinVersion: tls.VersionTLS12}
}

const letter = "From: <pop@one.test>\r\nTo: <info@one.test>\r\nDate: Mon, 02 Jan 2006 15:04:05 +0000\r\nMessage-ID: <1@one.test>\r\n"

// submit sends one message as a client of the standard library does.
func submit(t *testing.T, l *Lab, auth smtp.Auth, to, message string) error {
	t.Helper()
	c, err := smtp.NewClient(dialWire(t, l).Conn, "mx1.one.test")
	if err != nil {
		t.Fatal(err)
	}
	steps := []func() error{
		func() error { return c.Hello("monitor.lab.test") },
		func() error { return c.StartTLS(l.tls("mx1.one.test")) },
		func() error {
			if auth == nil {
				return nil
			}
			return c.Auth(auth)
		},
		func() error { return c.Mail("pop@one.test") },
		func() error { return c.Rcpt(to) },
		func() error {
			w, err := c.Data()
			if err != nil {
				return err
			}
			_, err = w.Write([]byte(message))
			if e := w.Close(); err == nil {
				err = e
			}
			return err
		},
	}
	for _, step := range steps {
		if err := step(); err != nil {
			_ = c.Quit()
			return err
		}
	}
	return c.Quit()
}

// settle waits until a folder of the box holds so many messages.
func settle(t *testing.T, b *Box, folder string, want int) {
	t.Helper()
	l, n := time.Now().Add(10*time.Second), 0
	for ; time.Now().Before(l); time.Sleep(time.Millisecond) {
		var err error
		if n, err = b.Count(folder); err != nil {
			t.Fatal(err)
		}
		if n == want {
			return
		}
	}
	t.Fatalf("%s holds %d messages, want %d", folder, n, want)
}

func TestMessagesGoWhereTheScenarioSays(t *testing.T) {
	for _, c := range []struct {
		to, server, folder string
		want               int
	}{
		{"info@one.test", "imap.one.test", Inbox, 1},
		{"info+detail@one.test", "imap.one.test", Inbox, 1},
		{"junk@one.test", "imap.one.test", Junk, 2},
		{"pop@one.test", "pop.one.test", Inbox, 1},
		{"on@one.test", "imap.one.test", Inbox, 1},
		{"later@one.test", "imap.one.test", Inbox, 1},
		{"full@one.test", "pop.one.test", Inbox, 1}, // the bounce
	} {
		t.Run(c.to, func(t *testing.T) {
			l := lab(t, office("", ""))
			if err := submit(t, l, nil, c.to, letter+"\r\n.dot\r\n"); err != nil {
				t.Fatal(err)
			}
			settle(t, l.Server(c.server).Box("probe"), c.folder, c.want)
			wantViolations(t, l)
		})
	}
}

func TestSubmissionWantsAGoodPassword(t *testing.T) {
	l := lab(t, office("auth-required: on\nlockout: 2\n", ""))
	good, bad := smtp.PlainAuth("", "sender", "s3cret", "mx1.one.test"), smtp.PlainAuth("", "sender", "guess", "mx1.one.test")
	for _, c := range []struct {
		auth smtp.Auth
		want string
	}{
		{nil, "530"},
		{good, ""},
		{bad, "535"},
		{bad, "535"},
		{good, "454"},
	} {
		err := submit(t, l, c.auth, "info@one.test", letter+"\r\nHello.\r\n")
		if (err == nil) != (c.want == "") || err != nil && !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
	// The standard library's client cancels also where it was refused already.
	const cancel = `unknown command: "*"`
	wantViolations(t, l, cancel, cancel, cancel)
}

func TestMessagesThatBreakTheRulesAreReported(t *testing.T) {
	for name, c := range map[string]struct{ message, want string }{
		"no date":      {"From: <a@one.test>\r\n\r\nx\r\n", "fields Date"},
		"long line":    {letter + "\r\n" + strings.Repeat("x", 1000) + "\r\n", "more than 1000 octets"},
		"beyond ascii": {letter + "\r\n\u00fc\r\n", "beyond ASCII"},
		"no header":    {"hello\r\n", "header cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			l := lab(t, strings.Replace(office("", ""), "auth: PLAIN LOGIN\n", "auth: PLAIN LOGIN\nextensions: none\n", 1))
			if err := submit(t, l, nil, "info@one.test", c.message); err == nil {
				t.Error("the message was taken")
			}
			wantViolations(t, l, c.want)
		})
	}
}

func imapClient(t *testing.T, l *Lab) *imapclient.Client {
	t.Helper()
	c, err := l.Net.DialContext(t.Context(), "tcp", "192.0.2.26:993")
	if err != nil {
		t.Fatal(err)
	}
	client := imapclient.New(tls.Client(c, l.tls("imap.one.test")), nil)
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func TestGoIMAPClientIsServed(t *testing.T) {
	l := lab(t, office("", "quota: 900 1000\nwithout: IDLE\n"))
	if err := l.Server("imap.one.test").Box("probe").Put(Inbox, []byte(letter+"\r\nHello.\r\n"), time.Now()); err != nil {
		t.Fatal(err)
	}
	c := imapClient(t, l)
	if err := c.Login("probe", "hunter2").Wait(); err != nil {
		t.Fatal(err)
	}
	caps := c.Caps()
	if !caps.Has(imap.CapQuota) || caps.Has(imap.CapIdle) || !caps.Has(imap.CapUIDPlus) {
		t.Errorf("capabilities %v", caps)
	}
	quota, err := c.GetQuotaRoot("INBOX").Wait()
	if err != nil || len(quota) != 1 || quota[0].Resources[imap.QuotaResourceStorage].Usage != 900 {
		t.Errorf("quota %+v, %v", quota, err)
	}
	folders, err := c.List("", "*", &imap.ListOptions{ReturnSpecialUse: true}).Collect()
	if err != nil || len(folders) != 3 {
		t.Errorf("folders %+v, %v", folders, err)
	}
	if _, err := c.Select("INBOX", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	found, err := c.UIDSearch(&imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: "Message-ID", Value: "<1@one.test>"}}}, nil).Wait()
	if err != nil || len(found.AllUIDs()) != 1 {
		t.Fatalf("found %+v, %v", found, err)
	}
	uids := imap.UIDSetNum(found.AllUIDs()...)
	if err := c.Store(uids, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close(); err != nil {
		t.Fatal(err)
	}
	if err := c.UIDExpunge(uids).Close(); err != nil {
		t.Fatal(err)
	}
	if err := c.Logout().Wait(); err != nil {
		t.Fatal(err)
	}
	settle(t, l.Server("imap.one.test").Box("probe"), Inbox, 0)
	wantViolations(t, l)
}

func TestIMAPServerDoesWhatTheScenarioSays(t *testing.T) {
	for name, c := range map[string]struct{ lines, want string }{
		"own reply":  {"reply: LOGIN NO [CONTACTADMIN] Closed\n", "Closed"},
		"raw answer": {"reply: LOGIN \"* BYE gone\\r\\n\"\n", "EOF"},
		"closes":     {"close: login\n", "EOF"},
		"greeting":   {"banner: * BYE overloaded\n", "EOF"},
		"locked":     {"lockout: 1\n", "come back later"},
	} {
		t.Run(name, func(t *testing.T) {
			l := lab(t, office("", c.lines))
			if name == "locked" {
				if err := imapClient(t, l).Login("probe", "guess").Wait(); err == nil {
					t.Fatal("a guess was taken")
				}
			}
			if err := imapClient(t, l).Login("probe", "hunter2").Wait(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q in it", err, c.want)
			}
			wantViolations(t, l)
		})
	}
}

func TestIMAPTakesNoPasswordInClear(t *testing.T) {
	l := lab(t, strings.Replace(office("", ""), "implicit-tls: on\n", "", 1))
	c, err := l.Net.DialContext(t.Context(), "tcp", "192.0.2.26:993")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{t, c, bufio.NewReader(c)}
	w.talk(`
		S: * OK imap.one.test ready
		C: a CAPABILITY
		S: * CAPABILITY IMAP4rev1 LOGINDISABLED STARTTLS
		S: a OK
		C: b LOGIN probe hunter2
		S: b NO [PRIVACYREQUIRED]
		C: c LOGOUT
		S: * BYE
		S: c OK
		S: EOF`)
	wantViolations(t, l, "sent credentials in clear")
}

func TestIMAPStartTLSIsServed(t *testing.T) {
	l := lab(t, strings.Replace(office("", ""), "implicit-tls: on\n", "", 1))
	conn, err := l.Net.DialContext(t.Context(), "tcp", "192.0.2.26:993")
	if err != nil {
		t.Fatal(err)
	}
	c, err := imapclient.NewStartTLS(conn, &imapclient.Options{TLSConfig: l.tls("imap.one.test")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if err := c.Login("probe", "hunter2").Wait(); err != nil {
		t.Error(err)
	}
	if err := c.Logout().Wait(); err != nil {
		t.Error(err)
	}
	wantViolations(t, l)
}

func dialPOP3(t *testing.T, l *Lab) *wire {
	t.Helper()
	c, err := l.Net.DialContext(t.Context(), "tcp", "192.0.2.27:110")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return &wire{t, c, bufio.NewReader(c)}
}

func (w *wire) startTLS(l *Lab, name string) *wire {
	c := tls.Client(w.Conn, l.tls(name))
	return &wire{w.t, c, bufio.NewReader(c)}
}

func TestPOP3ServesAMailbox(t *testing.T) {
	l := lab(t, office("", ""))
	box := l.Server("pop.one.test").Box("probe")
	for i := range 2 {
		if err := box.Put(Inbox, fmt.Appendf(nil, "Subject: %d\r\n\r\n.one\r\ntwo\r\n", i+1), time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	w := dialPOP3(t, l)
	w.talk(`
		S: +OK pop.one.test ready
		C: CAPA
		S: +OK
		S: TOP
		S: UIDL
		S: RESP-CODES
		S: AUTH-RESP-CODE
		S: STLS
		S: .
		C: STLS
		S: +OK`)
	w = w.startTLS(l, "pop.one.test")
	w.talk(`
		C: USER probe
		S: +OK
		C: PASS guess
		S: -ERR [AUTH]
		C: USER probe
		S: +OK
		C: PASS hunter2
		S: +OK
		C: STAT
		S: +OK 2 50
		C: UIDL
		S: +OK
		S: 1 lab1
		S: 2 lab2
		S: .
		C: TOP 1 1
		S: +OK
		S: Subject: 1
		S: \r\n
		S: ..one
		S: .
		C: DELE 1
		S: +OK
		C: RETR 1
		S: -ERR
		C: RETR 2
		S: +OK
		S: Subject: 2
		S: \r\n
		S: ..one
		S: two
		S: .
		C: QUIT
		S: +OK`)
	settle(t, box, Inbox, 1)
	wantViolations(t, l)
}

func TestPOP3DeletesNothingWithoutQuit(t *testing.T) {
	l := lab(t, office("", ""))
	box := l.Server("pop.one.test").Box("probe")
	if err := box.Put(Inbox, []byte("Subject: 1\r\n\r\n"), time.Now()); err != nil {
		t.Fatal(err)
	}
	w := dialPOP3(t, l)
	w.talk("S: +OK\nC: STLS\nS: +OK")
	w = w.startTLS(l, "pop.one.test")
	w.talk("C: AUTH PLAIN AHByb2JlAGh1bnRlcjI=\nS: +OK\nC: DELE 1\nS: +OK\nC: NOOP\nS: +OK")
	_ = w.Close()
	settle(t, box, Inbox, 1)
	wantViolations(t, l)
}

func TestAttachmentsAreReplacedAndBouncesAreReports(t *testing.T) {
	message := letter + "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" +
		"--b\r\nContent-Type: text/plain\r\n\r\nHello.\r\n" +
		"--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=x.bin\r\n\r\nsecret octets\r\n--b--\r\n"
	out, err := stripped([]byte(message))
	if err != nil || strings.Contains(string(out), "secret octets") || !strings.Contains(string(out), "Hello.") || !strings.Contains(string(out), "was removed") {
		t.Errorf("%v: %s", err, out)
	}
	bounce := bounceOf("mx1.one.test", "pop@one.test", "full@one.test", "552 5.2.2 Mailbox full", []byte(message))
	m, err := mail.ReadMessage(strings.NewReader(string(bounce)))
	if err != nil || !strings.HasPrefix(m.Header.Get("Content-Type"), "multipart/report") || !strings.Contains(string(bounce), "Status: 5.2.2\r\n") {
		t.Errorf("%v: %s", err, bounce)
	}
}

var _ net.Conn = (*imapTap)(nil)
