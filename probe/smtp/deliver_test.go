package smtp_test

import (
	"context"
	"errors"
	"io"
	"net"
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

// letter is the message of the scripts.
func letter() smtp.Message {
	return smtp.Message{
		From: "probe@probe.test", To: "box@example.test",
		Content: []byte("Subject: x\r\n\r\n.begins with a dot\r\n.\r\nend\r\n"),
	}
}

// What the options say of senders and recipients, and of pipelining, counts for
// nothing.
func deliver(ctx context.Context, conn net.Conn, o smtp.Options) *smtp.Dialogue {
	o.MailFrom, o.Recipients, o.Relay, o.Unknown, o.Pipelining = "no@body.test", []string{"no@one.test"}, []string{"a@b.test"}, "u@v.test", true
	return smtp.Deliver(ctx, conn, o, letter())
}

func TestDeliveries(t *testing.T) {
	files, err := filepath.Glob("testdata/deliver/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	on := newStage(t)
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txt"), func(t *testing.T) {
			s := talktest.Read(t, f)
			synctest.Test(t, func(t *testing.T) {
				d, took := perform(t, on, s, deliver)
				for _, w := range s.Wants {
					if got := outcome(d, took, w); got != "" {
						t.Errorf("%v: %s", w, got)
					}
				}
				for _, l := range d.Transcript {
					if strings.Contains(l.Text, "begins with a dot") {
						t.Errorf("the message is in the transcript: %q", l.Text)
					}
					if t.Failed() {
						t.Logf("%8.3fs %s: %q", l.At.Seconds(), l.From, l.Text)
					}
				}
			})
		})
	}
}

// Data takes what go-smtp makes of a message, its dots undone.
func (a account) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err == nil && a.got != nil {
		a.got <- string(b)
	}
	return err
}

// S29: what arrives at a server that was written elsewhere is what was given to
// us, octet by octet, and is one message.
func TestAMessageArrivesAsItIs(t *testing.T) {
	on := newStage(t)
	big := strings.Repeat(strings.Repeat("x", smtp.MaxLine)+"\r\n"+".\r\n..\r\n\r\n", 100)
	for name, content := range map[string]string{
		"dots":               ".\r\n..\r\n.x\r\nx.\r\n\r\n.\r\n",
		"ends in a dot":      "x\r\n.\r\n",
		"longest lines":      big,
		"eight bits":         "Subject: x\r\n\r\nä\xff\r\n",
		"commands":           "\r\n.\r\nMAIL FROM:<a@b>\r\nQUIT\r\n",
		"an empty line only": "\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			got := make(chan string, 2)
			o, _ := options(t, on, nil)
			o.Auth = byPassword(secret)
			d := smtp.Deliver(t.Context(), submission(t, on, sasl.Plain, true, got), implicit(o),
				smtp.Message{To: "box@example.test", Content: []byte(content)})
			if d.Failure != nil || d.Delivery.Outcome != smtp.Taken || d.Delivery.Size != len(content) || !d.QuitClean {
				t.Fatalf("failure %v, delivery %+v, quit %v", d.Failure, d.Delivery, d.QuitClean)
			}
			if one := <-got; one != content || len(got) != 0 {
				t.Errorf("arrived as %q", one)
			}
			noSecrets(t, d, []string{secret})
		})
	}
}

func implicit(o smtp.Options) smtp.Options {
	o.ImplicitTLS = true
	return o
}

// S29: a message whose lines servers do not agree on is not sent, and nothing is
// said to the server at all.
func TestAMessageThatCouldBeTwoIsNotSent(t *testing.T) {
	for name, c := range map[string]struct {
		content string
		want    smtp.MessageError
	}{
		"empty":                  {"", smtp.MessageError{Line: 1, Problem: smtp.EmptyMessage}},
		"LF alone":               {"a\r\nb\nc\r\n", smtp.MessageError{Line: 2, Problem: smtp.BareLF}},
		"CR alone":               {"a\r\nb\rc\r\n", smtp.MessageError{Line: 2, Problem: smtp.BareCR}},
		"CR CR LF":               {"a\r\r\n", smtp.MessageError{Line: 1, Problem: smtp.BareCR}},
		"LF dot LF":              {"a\n.\nMAIL FROM:<x@y>\r\n", smtp.MessageError{Line: 1, Problem: smtp.BareLF}},
		"LF dot CRLF":            {"a\r\n\n.\r\nb\r\n", smtp.MessageError{Line: 2, Problem: smtp.BareLF}},
		"CR dot CR":              {"a\r\n\r.\rb\r\n", smtp.MessageError{Line: 2, Problem: smtp.BareCR}},
		"NUL":                    {"a\x00b\r\n", smtp.MessageError{Line: 1, Problem: smtp.HasNUL}},
		"a line too long":        {"a\r\n" + strings.Repeat("x", 999) + "\r\n", smtp.MessageError{Line: 2, Problem: smtp.LongLine}},
		"no line end at the end": {"a\r\nb", smtp.MessageError{Line: 2, Problem: smtp.NoLineEnd}},
		"CR at the end":          {"a\r\nb\r", smtp.MessageError{Line: 2, Problem: smtp.BareCR}},
	} {
		t.Run("S29 "+name, func(t *testing.T) {
			m := smtp.Message{To: "box@example.test", Content: []byte(c.content)}
			var wrong *smtp.MessageError
			if err := m.Check(); !errors.As(err, &wrong) || *wrong != c.want {
				t.Errorf("%v, want %v", err, c.want)
			}
			client, peer := net.Pipe()
			heard := make(chan int)
			go func() {
				b, _ := io.ReadAll(peer)
				heard <- len(b)
			}()
			d := smtp.Deliver(t.Context(), client, smtp.Options{Name: "probe.test"}, m)
			if n := <-heard; n != 0 {
				t.Errorf("%d octets were said", n)
			}
			if d.Failure == nil || !d.Failure.Reason.Local() || d.Delivery.Outcome != smtp.NotSent {
				t.Errorf("failure %v, delivery %+v", d.Failure, d.Delivery)
			}
		})
	}
	if err := (smtp.Message{Content: []byte(strings.Repeat("x", 998) + "\r\n")}).Check(); err != nil {
		t.Errorf("the longest line that there may be: %v", err)
	}
}

// S29: an envelope cannot smuggle a command in either.
func TestAnEnvelopeThatCannotBeSaidIsNotSaid(t *testing.T) {
	for name, m := range map[string]smtp.Message{
		"recipient": {To: "a@b.test>\r\nRCPT TO:<c@d.test", Content: []byte("x\r\n")},
		"sender":    {From: "a@b.test> SIZE=1", To: "box@example.test", Content: []byte("x\r\n")},
		"no one":    {Content: []byte("x\r\n")},
	} {
		client, peer := net.Pipe()
		_ = peer.Close()
		d := smtp.Deliver(t.Context(), client, smtp.Options{Name: "probe.test"}, m)
		if d.Failure == nil || !d.Failure.Reason.Local() || len(d.Transcript) != 0 || d.Delivery.Outcome != smtp.NotSent {
			t.Errorf("%s: failure %v, transcript %v", name, d.Failure, d.Transcript)
		}
	}
}

// RFC 6152 section 3: octets over 127 only to servers that announce to take them.
func TestEightBitsNeedTheServersWord(t *testing.T) {
	m := letter()
	m.Content = []byte("Subject: x\r\n\r\n\xc3\xa4\r\n")
	d := smtp.Deliver(t.Context(), loopback(t, func(conn net.Conn) {
		answers(conn, "220 mx\r\n", "250 mx\r\n", "221 bye\r\n")
	}), smtp.Options{Name: "probe.test"}, m)
	wantFailure(t, d, fact.Mail, fact.NotTested)
	if d.Delivery.Outcome != smtp.NotSent || !d.QuitClean {
		t.Errorf("delivery %+v, quit %v", d.Delivery, d.QuitClean)
	}
}

// A server that goes in the middle of a message has none of it: its end was never
// said.
func TestAServerThatGoesInMidMessageHasNothing(t *testing.T) {
	m := letter()
	m.Content = []byte(strings.Repeat(strings.Repeat("x", 900)+"\r\n", 30_000))
	d := smtp.Deliver(t.Context(), loopback(t, func(conn net.Conn) {
		answers(conn, "220 mx\r\n", "250 mx\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n")
		_, _ = io.CopyN(io.Discard, conn, 100_000)
	}), smtp.Options{Name: "probe.test"}, m)
	if d.Failure == nil || d.Failure.Stage != fact.Data || d.Failure.Reason == fact.DataUnknown || d.Delivery.Outcome != smtp.NotSent {
		t.Errorf("failure %v, delivery %+v", d.Failure, d.Delivery)
	}
}

// Whoever calls a delivery off after its end does not know what became of it.
func TestADeliveryCalledOffAfterItsEndIsUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		client, peer := net.Pipe()
		done := make(chan struct{})
		go func() {
			defer close(done)
			answers(peer, "220 mx\r\n", "250 mx\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n")
			time.AfterFunc(time.Second, cancel)
			_, _ = io.Copy(io.Discard, peer)
		}()
		d := smtp.Deliver(ctx, client, smtp.Options{Name: "probe.test"}, letter())
		<-done
		wantFailure(t, d, fact.Data, fact.DataUnknown)
		if d.Delivery.Outcome != smtp.Unknown {
			t.Errorf("delivery %+v", d.Delivery)
		}
	})
}
