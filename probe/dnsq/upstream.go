package dnsq

import (
	"context"
	"crypto/tls"
	"errors"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

const (
	datagramSockets = 4 // kept per resolver; a question takes one of them by chance

	// Questions under way over datagrams, per resolver. More at once would be
	// lost: the socket of a resolver with Linux's usual buffer of 212,992 bytes
	// holds some 270 of them, and each one lost costs the time until a retry.
	datagramTurns = 256

	redials  = 3 // connections tried for one question when a resolver closes them
	sickTime = 30 * time.Second
)

// upstream is one resolver with the sockets kept to it.
type upstream struct {
	c       *Client
	server  netip.AddrPort
	trusted bool // its AD bit counts

	sick atomic.Int64 // Unix nanoseconds until which others are asked first

	turns       chan struct{} // a place for each question under way over datagrams
	streamTurns chan struct{} // likewise over the stream
	dialing     chan struct{} // held by who opens the connection

	slots [datagramSockets]slot
	conn  *socket // the stream; of whom holds dialing
}

func newUpstream(c *Client, server netip.AddrPort) *upstream {
	return &upstream{
		c: c, server: server,
		trusted:     c.o.TrustAD || c.o.Transport == TLS || server.Addr().Unmap().IsLoopback(),
		turns:       make(chan struct{}, datagramTurns),
		streamTurns: make(chan struct{}, maxPending),
		dialing:     make(chan struct{}, 1),
	}
}

// inOrder puts those that lately kept silent last.
func inOrder(servers []*upstream) []*upstream {
	now := time.Now().UnixNano()
	sick := func(u *upstream) bool { return u.sick.Load() > now }
	if !slices.ContainsFunc(servers, sick) {
		return servers
	}
	well := slices.DeleteFunc(slices.Clone(servers), sick)
	return append(well, slices.DeleteFunc(slices.Clone(servers), func(u *upstream) bool { return !sick(u) })...)
}

func (u *upstream) markSick() { u.sick.Store(time.Now().Add(sickTime).UnixNano()) }
func (u *upstream) markWell() { u.sick.Store(0) }

// datagramDone gives a turn back.
func (u *upstream) datagramDone() { <-u.turns }

// datagram sends a call over one of the kept sockets. The call holds a turn, so
// there is room in one of them; with an error it has given the turn back.
func (u *upstream) datagram(ctx context.Context, c *call) error {
	first := rand.IntN(datagramSockets)
	for i := range 2 * datagramSockets {
		s, err := u.kept(ctx, &u.slots[(first+i)%datagramSockets])
		if err != nil {
			c.release()
			return err
		}
		if _, ok := s.add(c); ok {
			s.send(c)
			return nil
		}
	}
	c.release()
	return errBusy
}

// queued waits for a turn, asks over a datagram socket, and waits for the answer.
func (u *upstream) queued(ctx context.Context, w wire) ([]byte, error) {
	select {
	case u.turns <- struct{}{}:
	case <-ctx.Done():
		return nil, errBusy
	}
	out := make(chan result, 1)
	c := &call{w: w, out: func(r result) { out <- r }, release: u.datagramDone}
	if err := u.datagram(ctx, c); err != nil {
		return nil, err
	}
	select {
	case r := <-out:
		return r.raw, r.err
	case <-ctx.Done():
		c.socket.drop(c)
		return nil, ctx.Err()
	}
}

// slot is the place of one kept datagram socket.
type slot struct {
	mu sync.Mutex // held while a socket is opened, which for datagrams asks nobody
	s  *socket
}

// kept gives the socket of a place, a new one when the old is worn.
func (u *upstream) kept(ctx context.Context, at *slot) (*socket, error) {
	at.mu.Lock()
	defer at.mu.Unlock()
	if at.s != nil && !at.s.worn() {
		return at.s, nil
	}
	conn, err := u.c.o.Dial(ctx, "udp", u.server.String())
	if err != nil {
		return nil, err
	}
	s := u.c.newSocket(conn, false)
	s.most = minQuestions + rand.IntN(maxQuestions-minQuestions)
	if !u.c.start(s) {
		return nil, errClosed
	}
	if at.s != nil {
		at.s.retire()
	}
	at.s = s
	return s, nil
}

// stream asks over the kept connection, and over a new one when the resolver has
// closed that. A resolver may close after each answer (RFC 7766 section 6.2.3),
// so more than one new connection may be needed where questions share them.
func (u *upstream) stream(ctx context.Context, w wire) ([]byte, error) {
	select {
	case u.streamTurns <- struct{}{}:
		defer func() { <-u.streamTurns }()
	case <-ctx.Done():
		return nil, errBusy
	}
	var err error
	for range redials {
		var s *socket
		if s, err = u.connection(ctx); err != nil {
			return nil, err
		}
		out := make(chan result, 1)
		c := &call{w: w, out: func(r result) { out <- r }, release: func() {}}
		before, ok := s.add(c)
		if !ok {
			err = errBusy
			continue
		}
		s.send(c)
		select {
		case r := <-out:
			if r.err == nil {
				return r.raw, nil
			}
			if err = r.err; s.progress() == 0 {
				return nil, err
			}
		case <-ctx.Done():
			s.drop(c)
			if errors.Is(ctx.Err(), context.DeadlineExceeded) && s.progress() == before {
				s.retire() // nothing at all came back: perhaps the connection is dead
			}
			return nil, ctx.Err()
		}
	}
	return nil, err
}

// connection gives the kept connection, or opens it. One caller opens, the
// others wait, each as long as it likes.
func (u *upstream) connection(ctx context.Context) (*socket, error) {
	select {
	case u.dialing <- struct{}{}:
		defer func() { <-u.dialing }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if u.conn != nil && !u.conn.worn() {
		return u.conn, nil
	}
	conn, err := u.c.o.Dial(ctx, "tcp", u.server.String())
	if err != nil {
		return nil, err
	}
	if conn, err = u.secure(ctx, conn); err != nil {
		return nil, err
	}
	s := u.c.newSocket(conn, true)
	if !u.c.start(s) {
		return nil, errClosed
	}
	if u.conn != nil {
		u.conn.retire()
	}
	u.conn = s
	return s, nil
}

// secure does the handshake where the transport is TLS.
func (u *upstream) secure(ctx context.Context, conn net.Conn) (net.Conn, error) {
	if u.c.o.Transport != TLS {
		return conn, nil
	}
	t := tls.Client(conn, u.c.o.tlsConfig(u.server))
	if err := t.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, err
	}
	return t, nil
}
