package maillab

import (
	"bufio"
	"context"
	"errors"
	"net"
	"os"
	"slices"
	"strings"
	"time"
)

// session is one conversation from the server's side.
type session struct {
	srv *Server
	b   Behaviour
	ctx context.Context // ends with the server
	raw *net.TCPConn
	rec *Session
	// release gives the connection's place to the next one; it may be called
	// twice.
	release func()

	conn net.Conn // raw, or TLS over it
	r    *bufio.Reader
	w    *bufio.Writer

	encrypted bool
	greeted   bool // HELO or EHLO was accepted
	extended  bool // it was EHLO
	refusing  bool // the greeting was a refusal: QUIT alone is taken
	mail      bool // MAIL was accepted
	begun     int  // how often it was
	sender    string
	to        []string // recipients that were accepted
	eightBit  bool     // BODY=8BITMIME was said

	authenticated bool
	done          bool // nothing more is said
	odd           bool // the server did not behave, so the client may leave as it likes
	owed          int  // replies written since the last wait, for RoundTrip
}

func newSession(ctx context.Context, s *Server, c *net.TCPConn, rec *Session, release func()) *session {
	ses := &session{srv: s, b: s.behaviour, ctx: ctx, raw: c, rec: rec, release: release}
	ses.use(c)
	return ses
}

// use makes c what the session reads and writes; what was buffered is forgotten.
func (s *session) use(c net.Conn) {
	s.conn = c
	s.r = bufio.NewReaderSize(c, 4096)
	s.w = bufio.NewWriter(c)
}

// serve holds the conversation. crowded says that this connection is one too
// many.
func (s *session) serve(crowded bool) {
	if s.b.ImplicitTLS && !s.handshake() {
		return
	}
	if crowded {
		s.refuse(s.crowded())
		return
	}
	switch s.srv.protocol {
	case IMAP:
		s.serveIMAP()
	case POP3:
		s.servePOP3()
	case SMTP:
		s.serveSMTP()
	}
}

func (s *session) crowded() string {
	switch s.srv.protocol {
	case IMAP:
		return "* BYE [LIMIT] Too many connections"
	case POP3:
		return "-ERR [SYS/TEMP] Too many connections"
	case SMTP:
	}
	return "421 4.3.2 Too many concurrent SMTP connections"
}

func (s *session) serveSMTP() {
	if s.misbehave(StageBanner) || !s.greet() {
		return
	}
	for !s.done {
		line, ok := s.readLine()
		if !ok {
			break
		}
		s.command(line)
	}
	s.flush()
	if s.greeted && !s.rec.Quit && !s.odd && s.ctx.Err() == nil {
		s.violate("left without QUIT")
	}
	if s.encrypted && !s.odd {
		_ = s.conn.Close() // says close_notify (RFC 8446 section 6.1); the client may be gone
	}
}

// greet sends the banner and reports whether the conversation goes on.
func (s *session) greet() bool {
	if !s.quietFor(max(s.b.BannerDelay, time.Millisecond)) {
		return false
	}
	if s.b.Endless {
		s.odd = true
		for s.send(s.b.Banner, s.b.BannerDrip) {
		}
		return false
	}
	if !s.send(s.b.Banner, s.b.BannerDrip) {
		return false
	}
	s.refusing = !strings.HasPrefix(s.b.Banner, "220") || !wellFormed.MatchString(ended(s.b.Banner))
	s.odd = s.refusing
	return !strings.HasPrefix(s.b.Banner, "421") // RFC 5321 section 3.8: 421 closes the channel
}

// quietFor waits for d before more of the greeting is sent. It reports false
// when the client does not wait for it (RFC 5321 section 4.3.1), or is gone. A
// client that gives up may say QUIT.
func (s *session) quietFor(d time.Duration) bool {
	_ = s.conn.SetReadDeadline(time.Now().Add(d)) // a closed connection shows in the read
	b, err := s.r.Peek(1)
	_ = s.conn.SetReadDeadline(time.Time{})
	if len(b) == 0 {
		return errors.Is(err, os.ErrDeadlineExceeded) && s.ctx.Err() == nil
	}
	s.odd = true
	b, _ = s.r.Peek(s.r.Buffered())
	if isQuit(b) {
		s.srv.note(func() { s.rec.Quit = true })
		return false
	}
	s.violate("spoke before the greeting was complete: %q", b)
	s.refuse("554 5.5.1 Protocol error: you spoke before the greeting")
	return false
}

func isQuit(line []byte) bool { return strings.EqualFold(strings.TrimSpace(string(line)), "QUIT") }

// refuse says one thing and ends the conversation.
func (s *session) refuse(text string) {
	s.odd, s.done = true, true
	s.send(text, 0)
}

// misbehave does what the server does wrong at a stage, and reports whether the
// conversation is over.
func (s *session) misbehave(st Stage) bool {
	if st == "" {
		return false
	}
	switch st {
	case s.b.Hang:
		s.flush()
		s.hang(st)
	case s.b.Reset:
		s.flush()
		_ = s.raw.SetLinger(0) // closing then resets
	case s.b.Close:
		s.flush()
	default:
		return false
	}
	s.odd, s.done = true, true
	return true
}

// hang reads on and says nothing, so that a QUIT of the client is still seen.
func (s *session) hang(st Stage) {
	for {
		line, err := s.r.ReadSlice('\n')
		switch {
		case isQuit(line):
			s.srv.note(func() { s.rec.Quit = true })
		case st == StageBanner && len(line) > 0:
			s.violate("spoke before the greeting: %q", line)
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return
		}
	}
}

// violate reports what the client did against the protocol.
func (s *session) violate(format string, args ...any) {
	s.srv.lab.violate(s.srv.Name+" at "+s.rec.Address+": the client "+format, args...)
}

// announces reports whether the last EHLO offered a keyword.
func (s *session) announces(keyword string) bool {
	return s.extended && slices.ContainsFunc(s.extensions(), func(e string) bool {
		k, _, _ := strings.Cut(e, " ")
		return strings.EqualFold(k, keyword)
	})
}

// extensions lists what EHLO offers now: STARTTLS until TLS is there (RFC 3207
// section 4.2).
func (s *session) extensions() []string {
	es := slices.Clone(s.b.Extensions)
	if s.b.StartTLS && !s.encrypted {
		es = append(es, "STARTTLS")
	}
	if len(s.b.Mechanisms) > 0 && (s.encrypted || s.b.AuthInClear) {
		es = append(es, "AUTH "+strings.Join(s.b.Mechanisms, " "))
	}
	return es
}
