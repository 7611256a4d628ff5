package mailbox_test

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/xdg-go/scram"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/mailbox"
)

// scramServer says one conversation with SCRAM in it, on the far side of a pipe.
// With a word for honest false it lets in whom it has not proved itself to.
type scramServer struct {
	t      testing.TB
	conn   net.Conn
	in     *bufio.Reader
	honest bool
}

func (s *scramServer) say(lines ...string) {
	for _, l := range lines {
		// A client that is gone is what some tests are about.
		_, _ = fmt.Fprintf(s.conn, "%s\r\n", l)
	}
}

func (s *scramServer) hear() string {
	line, _ := s.in.ReadString('\n')
	return strings.TrimRight(line, "\r\n")
}

// prove holds the exchange that begins with the client's first message.
func (s *scramServer) prove(first string) error {
	known, err := scram.SHA256.NewClient("anna", password, "")
	if err != nil {
		return err
	}
	keys, err := known.GetStoredCredentialsWithError(scram.KeyFactors{Salt: "salt-of-anna", Iters: 4096})
	if err != nil {
		return err
	}
	server, err := scram.SHA256.NewServer(func(string) (scram.StoredCredentials, error) { return keys, nil })
	if err != nil {
		return err
	}
	talk := server.NewConversation()
	for message := first; ; {
		b, err := base64.StdEncoding.DecodeString(message)
		if err != nil {
			return err
		}
		next, err := talk.Step(string(b))
		if err != nil {
			return err
		}
		if talk.Done() && !s.honest {
			return nil
		}
		s.say("+ " + base64.StdEncoding.EncodeToString([]byte(next)))
		message = s.hear()
		if talk.Done() {
			return nil
		}
	}
}

func (s *scramServer) imap() {
	s.say("* OK ready")
	s.hear()
	s.say("* CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=SCRAM-SHA-256", "A1 OK")
	first := strings.TrimPrefix(s.hear(), "A2 AUTHENTICATE SCRAM-SHA-256 ")
	if err := s.prove(first); err != nil {
		s.t.Error(err)
	}
	s.say("A2 OK [CAPABILITY IMAP4rev1] welcome")
	s.hear()
	s.say("* STATUS INBOX (MESSAGES 1 UNSEEN 0)", "T1 OK")
	s.hear()
	s.say("* BYE", "T2 OK")
}

func (s *scramServer) pop3() {
	s.say("+OK ready")
	s.hear()
	s.say("+OK", "SASL PLAIN SCRAM-SHA-256", ".")
	first := strings.TrimPrefix(s.hear(), "AUTH SCRAM-SHA-256 ")
	if err := s.prove(first); err != nil {
		s.t.Error(err)
	}
	s.say("+OK welcome")
	s.hear()
	s.say("+OK 1 2")
	s.hear()
	s.say("+OK bye")
}

// The password itself never goes out where SCRAM is offered, and a server that
// does not know it is not believed.
func TestSCRAMProvesBothSides(t *testing.T) {
	for _, protocol := range []mailbox.Protocol{mailbox.IMAP, mailbox.POP3} {
		for _, honest := range []bool{true, false} {
			near, far := net.Pipe()
			s := &scramServer{t: t, conn: far, in: bufio.NewReader(far), honest: honest}
			done := make(chan struct{})
			go func() {
				defer close(done)
				if protocol == mailbox.IMAP {
					s.imap()
				} else {
					s.pop3()
				}
				_ = far.Close()
			}()
			d := mailbox.Probe(t.Context(), onLoopback{near}, fuzzOptions(protocol))
			<-done
			check(t, d)
			if d.Login == nil || d.Login.OK != honest || d.Login.Mechanism != "SCRAM-SHA-256" {
				t.Errorf("%s, honest %v: login %+v, failure %v", protocol, honest, d.Login, d.Failure)
			}
			if !honest && (d.Failure == nil || d.Failure.Reason != fact.ReplyInvalid || d.Messages != nil) {
				t.Errorf("%s: failure %v, messages %s", protocol, d.Failure, amount(d.Messages))
			}
			if honest && (d.Failure != nil || amount(d.Messages) != "1") {
				t.Errorf("%s: failure %v, messages %s", protocol, d.Failure, amount(d.Messages))
			}
		}
	}
}
