package mailbox_test

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mx_exporter/probe/cert/certtest"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mailbox"
	"mx_exporter/probe/sasl"
	"mx_exporter/probe/talk"
	"mx_exporter/probe/talk/talktest"
)

// serverName is what the certificate of every script is for.
const serverName = "mail.example.test"

// password is in no transcript, failure or JSON of any test.
const password = "correct-horse-battery"

// house is one identity for all scripts: making keys is slow.
type house struct {
	ca   *certtest.CA
	cert tls.Certificate
}

func newHouse(t testing.TB) house {
	ca := certtest.NewCA(t)
	return house{ca: ca, cert: ca.Issue(t, []string{serverName})}
}

func (h house) options() mailbox.Options {
	return mailbox.Options{
		Protocol: mailbox.IMAP, Host: serverName, Security: mailbox.StartTLS,
		TLS: &tls.Config{RootCAs: h.ca.Pool(), MinVersion: tls.VersionTLS12},
	}
}

func user() *sasl.Credentials {
	return &sasl.Credentials{Username: "anna", Password: func() (string, error) { return password, nil }}
}

// TestScripts holds a conversation with every server in testdata.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	at := newHouse(t)
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txt"), func(t *testing.T) {
			s := talktest.Read(t, f)
			if len(s.Wants) == 0 {
				t.Fatal("the script wants nothing")
			}
			synctest.Test(t, func(t *testing.T) {
				d, took := probe(t, at, s)
				for _, w := range s.Wants {
					name, want := w.Split()
					if got := outcome(t, d, took, name, &want); got != want {
						t.Errorf("%v: got %q", w, got)
					}
				}
				check(t, d)
			})
		})
	}
}

// probe plays a script inside a bubble of synthetic time.
func probe(t testing.TB, at house, s talktest.Script) (*mailbox.Dialogue, time.Duration) {
	conn, done := talktest.Play(t, s, at.cert)
	o, within, near := options(t, at, s.Options)
	ctx := context.Background()
	if within != 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, within)
		defer cancel()
	}
	if near {
		conn = onLoopback{conn}
	}
	start := time.Now()
	d := mailbox.Probe(ctx, conn, o)
	took := time.Since(start)
	<-done
	return d, took
}

// onLoopback is a connection with a peer on this machine.
type onLoopback struct{ net.Conn }

func (onLoopback) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 143} }

// options are those of a probe that changes to TLS and does not log in, changed by
// a script's OPTION lines.
func options(t testing.TB, at house, changes []talktest.Step) (o mailbox.Options, within time.Duration, near bool) {
	o = at.options()
	for _, c := range changes {
		switch name, value := c.Split(); name {
		case "protocol":
			o.Protocol = mailbox.Protocol(value)
		case "security":
			o.Security = mailbox.Security(value)
		case "within":
			within = talktest.Duration(t, value)
		case "host":
			o.Host = value
		case "login":
			o.Login = user()
			o.Login.Username = cmp.Or(value, o.Login.Username)
		case "token":
			o.Login = &sasl.Credentials{Username: "anna", Token: func(context.Context) (string, error) { return password, nil }}
		case "secret":
			o.Login = &sasl.Credentials{Username: "anna", Password: func() (string, error) { return value, nil }}
		case "no_secret":
			o.Login.Password = func() (string, error) { return "", os.ErrNotExist }
		case "loopback":
			o.Loopback, near = true, true
		case "near":
			near = true
		case "allow_loopback":
			o.Loopback = true
		default:
			t.Fatalf("%v: unknown option", c)
		}
	}
	return o, within, near
}

// outcome is what came of a script, as one WANT line asks for it.
func outcome(t testing.TB, d *mailbox.Dialogue, took time.Duration, name string, want *string) string {
	switch name {
	case "failure":
		if d.Failure == nil {
			return "none"
		}
		return fmt.Sprintf("%s %s", d.Failure.Stage, d.Failure.Reason)
	case "detail":
		if d.Failure != nil && strings.Contains(d.Failure.Detail, *want) {
			return *want
		}
		return fmt.Sprint(d.Failure)
	case "stages":
		return strings.Join(stages(d), " ")
	case "capabilities":
		return strings.Join(d.Capabilities, " ")
	case "mechanisms":
		return strings.Join(d.Mechanisms, " ")
	case "login":
		if d.Login == nil {
			return "none"
		}
		return strings.TrimSpace(fmt.Sprint(d.Login.OK, " ", d.Login.Mechanism, " ", d.Login.ReplyCode))
	case "quota":
		return quota(d.Quota)
	case "messages":
		return amount(d.Messages) + " " + amount(d.Unseen)
	case "total":
		return took.String()
	case "quit_clean":
		return fmt.Sprint(d.QuitClean)
	case "tls_offered":
		return fmt.Sprint(d.TLSOffered)
	case "said":
		for _, l := range d.Transcript {
			if l.Text == *want {
				return *want
			}
		}
		return "nothing like that"
	case "took":
		of, value, _ := strings.Cut(*want, " ")
		*want = value
		for _, s := range d.Stages {
			if s.Stage == fact.Stage(of) {
				return time.Duration(s.Took).String()
			}
		}
		return "no such stage"
	}
	t.Fatalf("unknown WANT %q", name)
	return ""
}

func stages(d *mailbox.Dialogue) (names []string) {
	for _, s := range d.Stages {
		names = append(names, string(s.Stage))
	}
	return names
}

func quota(q *mailbox.Quota) string {
	if q == nil {
		return "none"
	}
	return amount(q.UsedBytes) + "/" + amount(q.LimitBytes) + " " + amount(q.UsedMessages) + "/" + amount(q.LimitMessages)
}

func amount(n *int64) string {
	if n == nil {
		return "-"
	}
	return fmt.Sprint(*n)
}

var errLeak = errors.New("a secret is in it")

// leak looks for the password in what a dialogue shows.
func leak(text string) error {
	for _, secret := range []string{password, "Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5", "AGFubmEAY29ycmVjdC"} {
		if strings.Contains(text, secret) {
			return fmt.Errorf("%w: %q", errLeak, text)
		}
	}
	return nil
}

func show(t testing.TB, lines []talk.Line) {
	for _, l := range lines {
		t.Logf("%8.3fs %s: %q", l.At.Seconds(), l.From, l.Text)
	}
}
