package maillab

import (
	"maps"
	"net"
	"slices"
	"strings"
	"sync"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/emersion/go-sasl"
)

// serveIMAP holds the conversation: what is said before TLS is ours, what
// follows go-imap's own, behind a [imapTap] that watches and disturbs it.
func (s *session) serveIMAP() {
	if !s.encrypted && !s.imapInClear() {
		s.flush()
		return
	}
	if s.b.ImplicitTLS && s.misbehave(StageBanner) {
		return
	}
	tap := newIMAPTap(s)
	l := &oneConn{conn: tap, closed: make(chan struct{})}
	srv := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return &imapSession{owner: s}, nil, nil
		},
		Caps:         s.imapCaps(),
		InsecureAuth: true, // TLS is ours
		Logger:       quiet{},
	})
	_ = srv.Serve(l) // ends with the conversation
	_ = srv.Close()
}

// imapCaps are the extensions that go-imap offers when it is told to.
func (s *session) imapCaps() imap.CapSet {
	all := imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapUIDPlus: {}, imap.CapSpecialUse: {}, imap.CapMove: {}, imap.CapNamespace: {}}
	maps.DeleteFunc(all, func(c imap.Cap, _ struct{}) bool { return slices.Contains(s.b.Without, string(c)) })
	return all
}

// imapSession is go-imap's session in memory, with the lab's accounts.
type imapSession struct {
	*imapmemserver.UserSession

	owner *session
}

var _ imapserver.SessionSASL = (*imapSession)(nil)

// Login answers LOGIN and AUTHENTICATE PLAIN.
func (i *imapSession) Login(account, secret string) error {
	s := i.owner
	s.srv.guardSecret(s.rec, s.encrypted)
	ok, locked := s.srv.login(account, secret)
	switch {
	case locked:
		return &imap.Error{Type: imap.StatusResponseTypeNo, Code: imap.ResponseCodeUnavailable, Text: "Too many failed logins, come back later"}
	case !ok:
		return imapserver.ErrAuthFailed
	}
	i.UserSession = imapmemserver.NewUserSession(s.srv.Box(account).user)
	return nil
}

// AuthenticateMechanisms lists what AUTHENTICATE takes.
func (i *imapSession) AuthenticateMechanisms() []string { return i.owner.b.Mechanisms }

// Authenticate begins an AUTHENTICATE.
func (i *imapSession) Authenticate(mechanism string) (sasl.Server, error) {
	switch mechanism {
	case "PLAIN":
		return sasl.NewPlainServer(func(_, account, secret string) error { return i.Login(account, secret) }), nil
	case "OAUTHBEARER":
		return sasl.NewOAuthBearerServer(func(o sasl.OAuthBearerOptions) *sasl.OAuthBearerError {
			if i.Login(o.Username, o.Token) != nil {
				return &sasl.OAuthBearerError{Status: "invalid_token"}
			}
			return nil
		}), nil
	}
	return nil, &imap.Error{Type: imap.StatusResponseTypeNo, Code: imap.ResponseCodeCannot, Text: "Mechanism not offered"}
}

// imapInClear speaks for the server until TLS is there, and reports whether it
// came to be: greeting, CAPABILITY, STARTTLS, LOGOUT. No password is taken (RFC
// 8314 section 3.3, RFC 3501 section 6.2.3).
func (s *session) imapInClear() bool {
	if s.misbehave(StageBanner) || !s.send(s.b.Banner, s.b.BannerDrip) {
		return false
	}
	s.odd = !strings.HasPrefix(s.b.Banner, "* OK")
	for !s.done {
		line, ok := s.readLine()
		if !ok {
			return false
		}
		tag, rest, _ := strings.Cut(line, " ")
		verb, _, _ := strings.Cut(strings.ToUpper(rest), " ")
		if s.misbehave(stageOf(verb)) {
			return false
		}
		if r, ok := s.b.Replies[verb]; ok {
			s.reply(tagged(tag, r))
			s.odd, s.done = true, strings.HasPrefix(r, "* BYE")
			continue
		}
		if verb == "STARTTLS" && s.b.StartTLS {
			return s.imapStartTLS(tag)
		}
		s.reply(s.clearReply(tag, verb, line))
	}
	return false
}

func (s *session) clearReply(tag, verb, line string) string {
	switch verb {
	case "CAPABILITY":
		offer := "IMAP4rev1 LOGINDISABLED"
		if s.b.StartTLS {
			offer += " STARTTLS"
		}
		return "* CAPABILITY " + offer + "\r\n" + tag + " OK Done"
	case "NOOP":
		return tag + " OK Done"
	case "LOGOUT":
		s.srv.note(func() { s.rec.Quit = true })
		s.done = true
		return "* BYE Logging out\r\n" + tag + " OK Done"
	case "LOGIN", "AUTHENTICATE":
		s.srv.guardSecret(s.rec, false)
		return tag + " NO [PRIVACYREQUIRED] Not without TLS"
	}
	s.violate("sent %q before it has logged in", line)
	return tag + " BAD Not now"
}

func (s *session) imapStartTLS(tag string) bool {
	s.reply(tag + " OK Begin TLS\r\n" + s.b.Inject)
	s.odd = s.odd || s.b.Inject != ""
	s.flush()
	return !s.misbehave(StageTLS) && s.handshake()
}

// tagged makes a scenario's reply one to a command: {tag} stands for the
// command's own, which is also put before a reply that does not begin with "*",
// "+" or the tag.
func tagged(tag, reply string) string {
	if !strings.Contains(reply, "{tag}") && !strings.HasPrefix(reply, "*") && !strings.HasPrefix(reply, "+") {
		reply = tag + " " + reply
	}
	return strings.ReplaceAll(reply, "{tag}", tag)
}

// quiet takes what go-imap's server would write to the log of the program: the
// lab's own words are its violations.
type quiet struct{}

func (quiet) Printf(string, ...any) {}

// oneConn is a listener that accepts one connection and ends with it.
type oneConn struct {
	conn   *imapTap
	once   sync.Once
	closed chan struct{}
	given  bool
}

func (l *oneConn) Accept() (net.Conn, error) {
	if !l.given {
		l.given = true
		return l.conn, nil
	}
	select {
	case <-l.conn.gone:
	case <-l.closed:
	}
	return nil, net.ErrClosed
}

func (l *oneConn) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *oneConn) Addr() net.Addr { return l.conn.LocalAddr() }
