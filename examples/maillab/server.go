package maillab

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"slices"
	"strings"
	"sync"
	"time"
)

// Server is one mail server of the lab. It can be stopped and started while
// others talk.
type Server struct {
	Name string

	lab       *Lab
	protocol  Protocol
	behaviour Behaviour
	boxes     map[string]*Box                  // by account; none with SMTP
	cert      func() (*tls.Certificate, error) // made at the first handshake
	second    func() (*tls.Certificate, error) // likewise; with the other kind of key

	mu        sync.Mutex
	stop      context.CancelFunc // nil: stopped
	listeners []net.Listener
	conns     map[net.Conn]bool
	active    int // connections within the limit
	sessions  []*Session
	seen      map[string]time.Time // first sight of a triple, for grey-listing
	failed    map[string]int       // wrong passwords in a row, by account
	wg        sync.WaitGroup
}

// Session is what a server saw of one connection.
type Session struct {
	Began    time.Time
	Address  string   // that the client came to
	Commands []string // lines as they came, without CRLF
	TLS      bool     // a handshake went well
	SNI      string   // name that the client asked for in it
	Quit     bool     // QUIT came
	Ended    bool     // the connection is closed
}

// maxCommands bounds how many lines of one client are kept, maxSessions how many
// sessions of one server, and maxViolations how many broken rules of all.
const (
	maxCommands   = 1000
	maxSessions   = 1000
	maxViolations = 1000
)

func newServer(l *Lab, sp ServerSpec) *Server {
	s := &Server{
		Name: sp.Name, lab: l, protocol: sp.Protocol, behaviour: sp.Behaviour, boxes: map[string]*Box{},
		conns: map[net.Conn]bool{}, seen: map[string]time.Time{}, failed: map[string]int{},
	}
	s.cert = sync.OnceValues(func() (*tls.Certificate, error) {
		b := s.behaviour
		return l.ca.issue(b.Cert, b.Key, b.Names, time.Now())
	})
	s.second = sync.OnceValues(func() (*tls.Certificate, error) {
		b := s.behaviour
		return l.ca.issue(b.Second, b.Key.other(), b.Names, time.Now())
	})
	return s
}

// Start makes the server listen on each of its addresses. A server that runs is
// left as it is.
func (s *Server) Start() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stop != nil {
		return nil
	}
	ctx, stop := context.WithCancel(s.lab.ctx)
	for _, a := range s.behaviour.Listen {
		l, err := s.lab.Net.Listen(ctx, a)
		if err != nil {
			stop()
			return errors.Join(err, s.closeAll())
		}
		s.listeners = append(s.listeners, l)
		s.wg.Go(func() { s.accept(ctx, l, a) })
	}
	s.stop = stop
	return nil
}

// Stop closes the listeners and every connection, and waits until no part of
// the server runs. From then on its addresses refuse connections.
func (s *Server) Stop() error {
	s.mu.Lock()
	if s.stop == nil {
		s.mu.Unlock()
		return nil
	}
	s.stop()
	s.stop = nil
	err := s.closeAll()
	s.mu.Unlock()
	s.wg.Wait()
	return err
}

// closeAll needs the lock.
func (s *Server) closeAll() error {
	var errs error
	for _, l := range s.listeners {
		errs = errors.Join(errs, l.Close())
	}
	s.listeners = nil
	for c := range s.conns {
		_ = c.Close() // its session may have closed it in this moment
	}
	return errs
}

// Sessions gives what the server saw of each connection so far, the oldest
// first.
func (s *Server) Sessions() []Session {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Session, len(s.sessions))
	for i, ses := range s.sessions {
		out[i] = *ses
		out[i].Commands = slices.Clone(ses.Commands)
	}
	return out
}

// Addresses lists the addresses and ports that the server is known under.
func (s *Server) Addresses() []string { return slices.Clone(s.behaviour.Listen) }

func (s *Server) accept(ctx context.Context, l net.Listener, address string) {
	for {
		c, err := l.Accept()
		if err != nil {
			return // closed
		}
		tcp, ok := c.(*net.TCPConn)
		if !ok || !s.admit(ctx, tcp, address) {
			_ = c.Close() // stopped in between
			return
		}
	}
}

// admit files a new connection and begins its session. It reports false when the
// server has stopped.
func (s *Server) admit(ctx context.Context, c *net.TCPConn, address string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ctx.Err() != nil {
		return false
	}
	rec := &Session{Began: time.Now(), Address: address}
	if s.sessions = append(s.sessions, rec); len(s.sessions) > maxSessions {
		s.sessions = s.sessions[1:]
	}
	crowded := s.behaviour.Connections > 0 && s.active >= s.behaviour.Connections
	release := func() {}
	if !crowded {
		s.active++
		release = sync.OnceFunc(func() { s.note(func() { s.active-- }) })
	}
	s.conns[c] = true
	s.wg.Go(func() {
		defer s.leave(c, rec, release)
		newSession(ctx, s, c, rec, release).serve(crowded)
	})
	return true
}

func (s *Server) leave(c net.Conn, rec *Session, release func()) {
	release()
	_ = c.Close() // may be closed already
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
	rec.Ended = true
}

// note changes the record of a session under the lock.
func (s *Server) note(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

// putOff reports whether grey-listing puts a triple off now.
func (s *Server) putOff(client, sender, recipient string) bool {
	if s.behaviour.Greylist == 0 {
		return false
	}
	key := strings.ToLower(client + " " + sender + " " + recipient)
	s.mu.Lock()
	defer s.mu.Unlock()
	first, known := s.seen[key]
	if !known {
		s.seen[key] = s.lab.now()
		return true
	}
	return s.lab.now().Sub(first) < s.behaviour.Greylist
}
