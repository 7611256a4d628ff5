package smtp_test

import (
	"crypto/tls"
	"io"
	"net"
	"strings"
	"testing"

	server "github.com/emersion/go-smtp"

	"mx_exporter/probe/smtp"
)

// Our own scripts may share our mistakes; this peer was written elsewhere.
func TestAgainstAnotherImplementation(t *testing.T) {
	on := newStage(t)
	s := server.NewServer(server.BackendFunc(func(*server.Conn) (server.Session, error) { return session{}, nil }))
	s.Domain = "mx.example.test"
	s.TLSConfig = &tls.Config{Certificates: []tls.Certificate{on.cert}}
	s.ErrorLog = nolog{}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() { done <- s.Serve(l) }()
	t.Cleanup(func() {
		_ = s.Close()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	for _, pipelining := range []bool{false, true} {
		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		o, _ := options(t, on, nil)
		o.Pipelining = pipelining
		o.Recipients = []string{"postmaster@example.test", "nobody@example.test"}
		d := smtp.Run(t.Context(), conn, o)
		if got := strings.Join(stageNames(d), " "); got != "banner ehlo starttls tls ehlo_tls mail rcpt quit" {
			t.Errorf("pipelining %v: stages %s", pipelining, got)
		}
		if !d.TLSEstablished || !d.TLS.PKIX.OK || !d.QuitClean || len(d.Recipients) != 2 {
			t.Errorf("pipelining %v: TLS %v, quit %v, recipients %v", pipelining, d.TLSEstablished, d.QuitClean, d.Recipients)
		}
		if d.Failure == nil || d.Failure.Detail != "550 5.1.1 no such user" {
			t.Errorf("pipelining %v: failure %v", pipelining, d.Failure)
		}
	}
}

type nolog struct{}

func (nolog) Printf(string, ...any) {}
func (nolog) Println(...any)        {}

// session takes mail for everyone but nobody.
type session struct{}

func (session) Reset()                                 { /* keeps nothing */ }
func (session) Logout() error                          { return nil }
func (session) Mail(string, *server.MailOptions) error { return nil }
func (session) Data(io.Reader) error                   { return io.ErrUnexpectedEOF }

func (session) Rcpt(to string, _ *server.RcptOptions) error {
	if strings.HasPrefix(to, "nobody@") {
		return &server.SMTPError{Code: 550, EnhancedCode: server.EnhancedCode{5, 1, 1}, Message: "no such user"}
	}
	return nil
}
