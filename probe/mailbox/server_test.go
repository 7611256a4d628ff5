package mailbox_test

import (
	"crypto/tls"
	"net"
	"strings"
	"testing"
	"time"

	wire "github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"mx_exporter/probe/mailbox"
)

const tokenHeader = "X-MX-Exporter-Token"

// Our own scripts may share our mistakes; this peer was written elsewhere.
type peer struct {
	house
	addr string
	user *imapmemserver.User
}

func newPeer(t testing.TB, caps ...wire.Cap) *peer {
	t.Helper()
	p := &peer{house: newHouse(t), user: imapmemserver.NewUser("anna", password)}
	for _, name := range []string{"INBOX", "Junk", "Archive"} {
		if err := p.user.Create(name, nil); err != nil {
			t.Fatal(err)
		}
	}
	memory := imapmemserver.New()
	memory.AddUser(p.user)
	set := wire.CapSet{wire.CapIMAP4rev1: {}}
	for _, c := range caps {
		set[c] = struct{}{}
	}
	s := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return memory.NewSession(), nil, nil
		},
		Caps: set, TLSConfig: &tls.Config{Certificates: []tls.Certificate{p.cert}}, Logger: silent{},
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Serve(l)
	}()
	t.Cleanup(func() {
		_ = s.Close()
		<-done
	})
	p.addr = l.Addr().String()
	return p
}

type silent struct{}

func (silent) Printf(string, ...any) {}

func (p *peer) dial(t testing.TB) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", p.addr)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

func (p *peer) open(t testing.TB) mailbox.Session {
	t.Helper()
	o := p.options()
	o.Login = user()
	s, d, err := mailbox.Open(t.Context(), p.dial(t), o)
	if err != nil {
		show(t, d.Transcript)
		t.Fatal(err)
	}
	check(t, d)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// put delivers a message with a token; an empty one is somebody else's.
func (p *peer) put(t testing.TB, folder, token, body string) {
	t.Helper()
	header := "Subject: hello\r\n"
	if token != "" {
		header += tokenHeader + ": " + token + "\r\n"
	}
	text := header + "\r\n" + body
	if _, err := p.user.Append(folder, literal{strings.NewReader(text)}, &wire.AppendOptions{Time: time.Unix(0, 0)}); err != nil {
		t.Fatal(err)
	}
}

type literal struct{ *strings.Reader }

func (l literal) Size() int64 { return l.Reader.Size() }

func (p *peer) count(t testing.TB, folder string) (messages, marked int) {
	t.Helper()
	st, err := p.user.Status(folder, &wire.StatusOptions{NumMessages: true, NumDeleted: true})
	if err != nil {
		t.Fatal(err)
	}
	return int(*st.NumMessages), int(*st.NumDeleted)
}
