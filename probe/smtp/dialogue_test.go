package smtp_test

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/sasl"
	"mx_exporter/probe/smtp"
	"mx_exporter/probe/talk/talktest"
)

// TestScripts holds a conversation with every server in testdata.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	on := newStage(t)
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txt"), func(t *testing.T) {
			s := talktest.Read(t, f)
			if len(s.Wants) == 0 {
				t.Fatal("the script wants nothing")
			}
			synctest.Test(t, func(t *testing.T) {
				d, took := perform(t, on, s, smtp.Run)
				noSecrets(t, d, secretsOf(s))
				for _, w := range s.Wants {
					if got := outcome(d, took, w); got != "" {
						t.Errorf("%v: %s", w, got)
					}
				}
				if t.Failed() {
					for _, l := range d.Transcript {
						t.Logf("%8.3fs %s: %q", l.At.Seconds(), l.From, l.Text)
					}
				}
			})
		})
	}
}

// perform runs a script inside a bubble of synthetic time.
func perform(t testing.TB, on stage, s talktest.Script, hold func(context.Context, net.Conn, smtp.Options) *smtp.Dialogue) (*smtp.Dialogue, time.Duration) {
	client, done := on.play(t, s)
	o, within := options(t, on, s.Options)
	ctx := context.Background()
	if within != 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, within)
		defer cancel()
	}
	start := time.Now()
	d := hold(ctx, client, o)
	took := time.Since(start)
	<-done
	return d, took
}

// options are those of a usual probe, changed by a script's OPTION lines.
func options(t testing.TB, on stage, changes []talktest.Step) (o smtp.Options, within time.Duration) {
	o = smtp.Options{
		Host:       "mx.example.test",
		Name:       "probe.test",
		MailFrom:   "postmaster@probe.test",
		Recipients: []string{"postmaster@example.test"},
		TLS:        &tls.Config{RootCAs: on.ca.Pool(), MinVersion: tls.VersionTLS12},
	}
	for _, c := range changes {
		name, value, _ := strings.Cut(c.Rest, " ")
		switch name {
		case "within":
			within = talktest.Duration(t, value)
		case "from":
			o.MailFrom = value
		case "nofrom":
			o.MailFrom = ""
		case "rcpt":
			o.Recipients = strings.Fields(value)
		case "starttls":
			o.StartTLS = smtp.StartTLS(value)
		case "implicit":
			o.ImplicitTLS = true
		case "relay":
			o.Relay = strings.Fields(value)
		case "unknown":
			o.Unknown = value
		case "pipelining":
			o.Pipelining = true
		case "host":
			o.Host = value
		case "password": // user password
			o.Auth = &smtp.Auth{Port: 587, Loopback: true}
			user, secret, _ := strings.Cut(value, " ")
			o.Auth.Credentials = sasl.Credentials{Username: user, Password: func() (string, error) { return secret, nil }}
		case "token": // user token
			o.Auth = &smtp.Auth{Port: 587}
			user, secret, _ := strings.Cut(value, " ")
			o.Auth.Credentials = sasl.Credentials{Username: user, Token: func(context.Context) (string, error) { return secret, nil }}
		case "nosecret":
			o.Auth = &smtp.Auth{Credentials: sasl.Credentials{Username: "probe", Password: func() (string, error) { return "", os.ErrNotExist }}}
		default:
			t.Fatalf("%v: unknown option", c)
		}
	}
	return o, within
}

// outcome compares one WANT line with what came of a script; it is empty when
// they agree.
func outcome(d *smtp.Dialogue, took time.Duration, w talktest.Step) string {
	name, want, _ := strings.Cut(w.Rest, " ")
	var got string
	switch name {
	case "failure":
		got = "none"
		if d.Failure != nil {
			got = fmt.Sprintf("%s %s", d.Failure.Stage, d.Failure.Reason)
		}
	case "detail":
		if d.Failure != nil && strings.Contains(d.Failure.Detail, want) {
			return ""
		}
		got = fmt.Sprint(d.Failure)
	case "stages":
		got = strings.Join(stageNames(d), " ")
	case "extensions":
		got = strings.Join(keywords(d.Extensions), " ")
	case "clear_extensions":
		got = strings.Join(keywords(d.ClearExtensions), " ")
	case "first_byte":
		got = "none"
		if d.FirstByte != nil {
			got = time.Duration(*d.FirstByte).String()
		}
	case "relay":
		got = recipients(d.Relay, want)
	case "unknown":
		got = "none"
		if d.Unknown != nil {
			got = strings.TrimSpace(recipients([]smtp.Recipient{*d.Unknown}, want))
		}
	case "auth":
		got = "none"
		if d.Auth != nil {
			got = strings.TrimSpace(fmt.Sprintf("%s %v %s", cmp.Or(d.Auth.Mechanism, "untried"), d.Auth.OK, d.Auth.Refusal))
		}
	case "offered":
		if d.Auth != nil {
			got = strings.Join(d.Auth.Offered, " ")
		}
	case "delivery":
		got = "none"
		if d.Delivery != nil {
			got = strings.TrimSpace(fmt.Sprintf("%s %s", d.Delivery.Outcome, d.Delivery.Queued))
		}
	case "recipient":
		got = recipients(d.Recipients, want)
	case "total":
		got = took.String()
	default:
		got = property(d, name, &want)
	}
	if got != want {
		return fmt.Sprintf("got %q", got)
	}
	return ""
}

// property reads a fact with a plain value, or one of a stage: "took ehlo 5s".
func property(d *smtp.Dialogue, name string, want *string) string {
	switch name {
	case "helo":
		return fmt.Sprint(d.HELO)
	case "tls_offered":
		return fmt.Sprint(d.TLSOffered)
	case "tls_established":
		return fmt.Sprint(d.TLSEstablished)
	case "verified":
		return fmt.Sprint(d.TLS != nil && d.TLS.PKIX.OK)
	case "quit_clean":
		return fmt.Sprint(d.QuitClean)
	case "max_size":
		n, ok := d.MaxSize()
		return fmt.Sprint(n, ok)
	case "quit_said":
		return fmt.Sprint(saidQuit(d))
	}
	of, value, _ := strings.Cut(*want, " ")
	*want = value
	for _, s := range d.Stages {
		if s.Stage != fact.Stage(of) {
			continue
		}
		switch {
		case name == "took":
			return time.Duration(s.Took).String()
		case s.Reply == nil:
			return "no reply"
		case name == "code":
			return fmt.Sprint(s.Reply.Code)
		case name == "enhanced":
			return s.Reply.Enhanced
		case name == "class":
			return string(s.Class)
		case name == "bare_lf":
			return fmt.Sprint(s.Reply.BareLF)
		case name == "text":
			return s.Reply.Text()
		}
		return "unknown property " + name
	}
	return "no stage " + of
}

func stageNames(d *smtp.Dialogue) (names []string) {
	for _, s := range d.Stages {
		names = append(names, string(s.Stage))
	}
	return names
}

func keywords(es []smtp.Extension) (words []string) {
	for _, e := range es {
		words = append(words, e.Keyword)
	}
	return words
}

func recipients(rs []smtp.Recipient, want string) string {
	address, _, _ := strings.Cut(want, " ")
	for _, r := range rs {
		if r.Address == address {
			return fmt.Sprintf("%s %d %s", r.Address, r.Reply.Code, r.Class)
		}
	}
	return "not asked"
}

func saidQuit(d *smtp.Dialogue) bool {
	for _, l := range d.Transcript {
		if l.From == smtp.Client && l.Text == "QUIT" {
			return true
		}
	}
	return false
}
