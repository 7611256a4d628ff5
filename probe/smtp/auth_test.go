package smtp_test

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	upstream "github.com/emersion/go-sasl"
	server "github.com/emersion/go-smtp"
	"github.com/xdg-go/scram"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/sasl"
	"mx_exporter/probe/smtp"
)

const (
	user   = "probe@example.test"
	secret = "canary-Secret.1"
)

// byPassword logs in with the right password, or another.
func byPassword(p string) *smtp.Auth {
	return &smtp.Auth{Port: 587, Credentials: sasl.Credentials{Username: user, Password: func() (string, error) { return p, nil }}}
}

func byToken(s string) *smtp.Auth {
	return &smtp.Auth{Port: 587, Credentials: sasl.Credentials{Username: user, Token: func(context.Context) (string, error) { return s, nil }}}
}

// account is a server's session for one who may log in by one mechanism.
type account struct {
	session
	mechanism string
	got       chan string // the message, where one is taken
}

func (a account) AuthMechanisms() []string { return []string{a.mechanism, "X-UNKNOWN"} }

func (a account) Auth(string) (upstream.Server, error) {
	wrong := &server.SMTPError{Code: 535, EnhancedCode: server.EnhancedCode{5, 7, 8}, Message: "wrong"}
	check := func(_, name, pass string) error {
		if name != user || pass != secret {
			return wrong
		}
		return nil
	}
	switch a.mechanism {
	case sasl.Plain:
		return upstream.NewPlainServer(check), nil
	case sasl.Login:
		return &loginServer{check: check}, nil
	case sasl.OAuthBearer:
		return upstream.NewOAuthBearerServer(func(o upstream.OAuthBearerOptions) *upstream.OAuthBearerError {
			if !strings.HasPrefix(o.Token, secret) || o.Username != user || o.Host != "mx.example.test" || o.Port != 587 {
				return &upstream.OAuthBearerError{Status: "invalid_token", Schemes: "bearer"}
			}
			return nil
		}), nil
	}
	return newScramServer(a.mechanism, wrong)
}

// loginServer is the server's side of LOGIN, which no library has.
type loginServer struct {
	check func(id, name, pass string) error
	name  string
	asked int
}

func (l *loginServer) Next(response []byte) ([]byte, bool, error) {
	l.asked++
	switch l.asked {
	case 1:
		return []byte("User Name\x00"), false, nil
	case 2:
		l.name = string(response)
		return []byte("Password\x00"), false, nil
	}
	return nil, true, l.check("", l.name, string(response))
}

// scramServer puts the server of the library into SMTP, where the last message
// is a challenge with an empty answer (RFC 4954 section 4, RFC 4422 section 5).
type scramServer struct {
	talk  *scram.ServerConversation
	wrong error
}

func newScramServer(mechanism string, wrong error) (upstream.Server, error) {
	hash := scram.SHA256
	if mechanism == sasl.ScramSHA1 {
		hash = scram.SHA1
	}
	keeper, err := hash.NewClient(user, secret, "")
	if err != nil {
		return nil, err
	}
	stored, err := keeper.GetStoredCredentialsWithError(scram.KeyFactors{Salt: "some salt", Iters: 4096})
	if err != nil {
		return nil, err
	}
	s, err := hash.NewServer(func(string) (scram.StoredCredentials, error) { return stored, nil })
	if err != nil {
		return nil, err
	}
	return &scramServer{talk: s.NewConversation(), wrong: wrong}, nil
}

func (s *scramServer) Next(response []byte) ([]byte, bool, error) {
	if s.talk.Done() {
		return nil, true, nil
	}
	challenge, err := s.talk.Step(string(response))
	if err != nil {
		return nil, true, s.wrong
	}
	return []byte(challenge), false, nil
}

// submission is a server that was written elsewhere, with one account.
func submission(t *testing.T, on stage, mechanism string, implicit bool, got chan string) net.Conn {
	t.Helper()
	s := server.NewServer(server.BackendFunc(func(*server.Conn) (server.Session, error) {
		return account{mechanism: mechanism, got: got}, nil
	}))
	s.Domain = "mx.example.test"
	s.TLSConfig = &tls.Config{Certificates: []tls.Certificate{on.cert}}
	s.ErrorLog = nolog{}
	s.MaxLineLength = 20_000
	s.MaxMessageBytes = 1 << 20
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if implicit {
		l = tls.NewListener(l, s.TLSConfig)
	}
	done := make(chan error)
	go func() { done <- s.Serve(l) }()
	t.Cleanup(func() {
		_ = s.Close()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

func TestLoginAgainstAnotherImplementation(t *testing.T) {
	on := newStage(t)
	for _, mechanism := range []string{sasl.Plain, sasl.Login, sasl.ScramSHA1, sasl.ScramSHA256, sasl.OAuthBearer} {
		for name, c := range map[string]struct {
			secret   string
			implicit bool
			refusal  smtp.Refusal
		}{
			"right":              {secret, false, ""},
			"right, TLS at once": {secret, true, ""},
			"wrong":              {"another", false, smtp.WrongCredentials},
		} {
			t.Run(mechanism+"/"+name, func(t *testing.T) {
				o, _ := options(t, on, nil)
				o.MailFrom, o.ImplicitTLS, o.StartTLS = "", c.implicit, smtp.Required
				o.Auth = byPassword(c.secret)
				if mechanism == sasl.OAuthBearer {
					o.Auth = byToken(c.secret)
				}
				d := smtp.Run(t.Context(), submission(t, on, mechanism, c.implicit, nil), o)
				noSecrets(t, d, []string{secret, "another"})
				if d.Auth == nil || d.Auth.Mechanism != mechanism || d.Auth.OK != (c.refusal == "") || !d.QuitClean {
					t.Fatalf("auth %+v, quit %v, failure %v", d.Auth, d.QuitClean, d.Failure)
				}
				if c.refusal == "" && d.Failure == nil {
					return
				}
				// go-smtp answers 454 where a mechanism's own refusal is not one of SMTP's.
				reason := fact.AuthFailed
				if d.Auth.Refusal == smtp.ForNow {
					reason = fact.LoginUnavailable
				}
				if c.refusal == "" || d.Failure == nil || d.Failure.Reason != reason || d.Auth.Refusal != c.refusal && d.Auth.Refusal != smtp.ForNow {
					t.Errorf("failure %v, refusal %s", d.Failure, d.Auth.Refusal)
				}
			})
		}
	}
}

// RFC 4954 section 4: what does not fit into the line of a command waits for the
// server's empty challenge.
func TestALongTokenWaitsForItsTurn(t *testing.T) {
	on := newStage(t)
	o, _ := options(t, on, nil)
	o.MailFrom, o.Auth = "", byToken(secret+strings.Repeat("x", 4000))
	d := smtp.Run(t.Context(), submission(t, on, sasl.OAuthBearer, false, nil), o)
	noSecrets(t, d, []string{secret})
	if d.Failure != nil || !d.Auth.OK {
		t.Fatalf("failure %v, auth %+v", d.Failure, d.Auth)
	}
	var said []string
	for _, l := range d.Transcript {
		if l.From == smtp.Client {
			said = append(said, l.Text)
		}
	}
	if got := strings.Join(said, "|"); got != "EHLO probe.test|STARTTLS|EHLO probe.test|AUTH OAUTHBEARER|<hidden>|QUIT" {
		t.Errorf("said %s", got)
	}
}

// A server that asks before the long response comes is not given it.
func TestALongTokenIsKeptFromAQuestion(t *testing.T) {
	on := newStage(t)
	var heard string
	conn := loopback(t, overTLS(&tls.Config{Certificates: []tls.Certificate{on.cert}},
		"250-mx\r\n250 AUTH XOAUTH2\r\n", "334 UGFzc3dvcmQ6\r\n", "501 ok\r\n", "221 bye\r\n"))
	o, _ := options(t, on, nil)
	o.MailFrom, o.Auth = "", byToken(strings.Repeat("x", 4000))
	d := smtp.Run(t.Context(), conn, o)
	wantFailure(t, d, fact.Auth, fact.ReplyInvalid)
	for _, l := range d.Transcript {
		if l.From == smtp.Client {
			heard += l.Text + "|"
		}
	}
	if want := "EHLO probe.test|STARTTLS|EHLO probe.test|AUTH XOAUTH2|*|QUIT|"; heard != want {
		t.Errorf("said %s, want %s", heard, want)
	}
}

// Whoever stands in the middle can say 235. Only one who knows the password can
// sign it.
func TestAnImpostorIsNotBelieved(t *testing.T) {
	on := newStage(t)
	for name, replies := range map[string][]string{
		"235 at once":         {"235 2.7.0 welcome\r\n"},
		"235 after a 334":     {"334 NONCE\r\n", "235 2.7.0 welcome\r\n"},
		"a signature made up": {"334 NONCE\r\n", "334 " + base64.StdEncoding.EncodeToString([]byte("v=AAAA")) + "\r\n", "501 5.7.0 so what\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			conn := loopback(t, func(conn net.Conn) {
				answers(conn, offer...)
				c := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{on.cert}})
				if c.Handshake() == nil {
					impostor(c, replies)
				}
			})
			o, _ := options(t, on, nil)
			o.MailFrom, o.Auth = "", byPassword(secret)
			d := smtp.Run(t.Context(), conn, o)
			wantFailure(t, d, fact.Auth, fact.AuthFailed)
			if d.Auth.OK || d.Auth.Refusal != smtp.Unproven {
				t.Errorf("auth %+v", d.Auth)
			}
			noSecrets(t, d, []string{secret})
		})
	}
}

// impostor extends the client's nonce, and knows nothing else.
func impostor(c io.ReadWriter, replies []string) {
	line := func() string {
		var b []byte
		for one := make([]byte, 1); ; b = append(b, one[0]) {
			if _, err := c.Read(one); err != nil || one[0] == '\n' {
				return strings.TrimSpace(string(b))
			}
		}
	}
	_ = line()
	_, _ = io.WriteString(c, "250-mx\r\n250 AUTH SCRAM-SHA-256 PLAIN\r\n")
	words := strings.Fields(line())
	first, _ := base64.StdEncoding.DecodeString(words[len(words)-1])
	_, nonce, _ := strings.Cut(string(first), ",r=")
	challenge := base64.StdEncoding.EncodeToString([]byte("r=" + nonce + "xyz,s=c2FsdA==,i=4096"))
	for i, r := range replies {
		if i > 0 {
			_ = line()
		}
		_, _ = io.WriteString(c, strings.Replace(r, "NONCE", challenge, 1))
	}
	if line() != "" {
		_, _ = io.WriteString(c, "221 bye\r\n")
	}
}

// I2, I3: in clear, and with any certificate, a login is possible on this machine
// alone, and only where it was allowed.
func TestLoopbackMayBeExcepted(t *testing.T) {
	on := newStage(t)
	clear := func(conn net.Conn) {
		answers(conn, "220 mx\r\n", "250-mx\r\n250 AUTH PLAIN\r\n", "235 ok\r\n", "221 bye\r\n")
	}
	secure := overTLS(&tls.Config{Certificates: []tls.Certificate{on.cert}}, "250-mx\r\n250 AUTH PLAIN\r\n", "235 ok\r\n", "221 bye\r\n")
	for name, c := range map[string]struct {
		serve   func(net.Conn)
		allowed bool
		hide    bool // the peer's address is not known to be loopback
		want    fact.Reason
	}{
		"I2 in clear, allowed":                    {clear, true, false, ""},
		"I2 in clear, not allowed":                {clear, false, false, fact.AuthInClear},
		"I2 in clear, allowed, and elsewhere":     {clear, true, true, fact.AuthInClear},
		"I3 another name, allowed":                {secure, true, false, ""},
		"I3 another name, not allowed":            {secure, false, false, fact.TLSUnverified},
		"I3 another name, allowed, and elsewhere": {secure, true, true, fact.TLSUnverified},
	} {
		t.Run(name, func(t *testing.T) {
			conn := loopback(t, c.serve)
			if c.hide {
				conn = elsewhere{conn}
			}
			asked := false
			o := smtp.Options{Host: "other.example.test", Name: "probe.test", Auth: &smtp.Auth{Loopback: c.allowed}}
			o.Auth.Credentials = sasl.Credentials{Username: user, Password: func() (string, error) {
				asked = true
				return secret, nil
			}}
			d := smtp.Run(t.Context(), conn, o)
			if (d.Failure == nil) != (c.want == "") || d.Failure != nil && (d.Failure.Reason != c.want || d.Failure.Stage != fact.Auth) {
				t.Errorf("failure %v, want %q", d.Failure, c.want)
			}
			if asked != (c.want == "") || d.Auth.OK != asked {
				t.Errorf("the password was asked for: %v; auth %+v", asked, d.Auth)
			}
			noSecrets(t, d, []string{secret})
		})
	}
}

// elsewhere is a connection to a public address.
type elsewhere struct{ net.Conn }

func (elsewhere) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.ParseIP("192.0.2.1"), Port: 587} }

// A token that does not come in time costs the server nothing: it is ours.
func TestATokenThatIsNotThereIsOurs(t *testing.T) {
	on := newStage(t)
	gone := errors.New("the token endpoint cannot be reached")
	conn := loopback(t, overTLS(&tls.Config{Certificates: []tls.Certificate{on.cert}}, "250-mx\r\n250 AUTH XOAUTH2\r\n", "221 bye\r\n"))
	o, _ := options(t, on, nil)
	o.MailFrom = ""
	o.Auth = &smtp.Auth{Credentials: sasl.Credentials{Username: user, Token: func(context.Context) (string, error) { return "", gone }}}
	d := smtp.Run(t.Context(), conn, o)
	wantFailure(t, d, fact.Auth, fact.SecretMissing)
	if d.Failure != nil && !strings.Contains(d.Failure.Detail, gone.Error()) {
		t.Errorf("the detail %q does not say why", d.Failure.Detail)
	}
	if !d.QuitClean {
		t.Error("no QUIT")
	}
}
