package dnsq

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

const (
	idleTime     = 30 * time.Second // without a question, after which a socket is closed
	maxAge       = 2 * time.Minute  // of a datagram socket, so that its port changes
	minQuestions = 2048             // over a datagram socket, likewise; the bound is
	maxQuestions = 4096             // drawn between these
	maxPending   = 128              // questions on one socket without an answer
	datagramSize = 4096             // bytes read of a datagram; 1232 are asked for
)

var (
	errIdle   = errors.New("closed for want of questions")
	errClosed = errors.New("the client is closed")
	errBusy   = errors.New("too many questions are waiting for this resolver")
)

// result is the end of one try: a response or an error.
type result struct {
	try *try
	raw []byte
	err error
}

// call is one question on a socket. Whoever takes it out of the pending ones
// answers for it.
type call struct {
	try     *try
	w       wire
	out     func(result) // must not block
	release func()       // gives the turn at the resolver back

	id     uint16
	socket *socket
}

// socket is one connection to a resolver that many questions share. They are
// told apart by random ids. A goroutine reads it until it is closed.
type socket struct {
	conn    net.Conn
	stream  bool
	timeout time.Duration // of one write
	stats   *counters
	born    time.Time

	writing sync.Mutex

	mu       sync.Mutex
	pending  map[uint16]*call
	asked    int
	most     int // questions until it is worn; 0: any number
	answered int
	retired  bool  // takes no more questions, is closed with the last answer
	err      error // why it is closed
}

// worn reports whether the socket should take no more questions.
func (s *socket) worn() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil || s.retired {
		return true
	}
	return s.most > 0 && (s.asked >= s.most || time.Since(s.born) >= maxAge)
}

// add takes a call and gives it a random id that is free. It gives the socket's
// progress so far, and false when there is no room.
func (s *socket) add(c *call) (progress int, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil || s.retired || len(s.pending) >= maxPending {
		return 0, false
	}
	for {
		var b [2]byte
		rand.Read(b[:])
		c.id = binary.BigEndian.Uint16(b[:])
		if _, taken := s.pending[c.id]; !taken {
			break
		}
	}
	c.socket = s
	s.pending[c.id] = c
	s.asked++
	return s.answered, true
}

// drop takes a call out, unless somebody else already has.
func (s *socket) drop(c *call) bool {
	s.mu.Lock()
	found := s.pending[c.id] == c
	if found {
		delete(s.pending, c.id)
	}
	done := s.retired && len(s.pending) == 0
	s.mu.Unlock()
	if done {
		s.conn.Close()
	}
	if found {
		c.release()
	}
	return found
}

// send writes a call that was added. An error is delivered like an answer. The
// refusal of an earlier datagram may be told to the write of a later one, and to
// nobody else: then it is the end of the socket for all who wait.
func (s *socket) send(c *call) {
	c.w.setID(c.id)
	s.stats.sent.Add(1)
	err := s.write(c.w)
	if err == nil {
		return
	}
	if !s.stream && errors.Is(err, syscall.ECONNREFUSED) {
		s.fail(err)
		return
	}
	s.retire()
	if s.drop(c) {
		c.out(result{try: c.try, err: err})
	}
}

func (s *socket) write(w wire) error {
	if !s.stream {
		_, err := s.conn.Write(w.message())
		return err
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.conn.SetWriteDeadline(time.Now().Add(s.timeout)); err != nil {
		return err
	}
	_, err := s.conn.Write(w)
	if err != nil {
		s.conn.Close() // after half a message nothing can be sent
	}
	return err
}

// retire lets the questions under way end and takes no more.
func (s *socket) retire() {
	s.mu.Lock()
	s.retired = true
	done := len(s.pending) == 0
	s.mu.Unlock()
	if done {
		s.conn.Close()
	}
}

// serve reads responses until the connection ends or nobody uses it.
func (s *socket) serve() {
	next := s.datagram()
	if s.stream {
		next = s.framed()
	}
	asked := -1
	err := s.rest(&asked)
	for err == nil {
		var raw []byte
		raw, err = next()
		switch {
		case err == nil:
			s.deliver(raw)
		case errors.Is(err, os.ErrDeadlineExceeded):
			err = s.rest(&asked)
		}
	}
	s.fail(err)
}

// rest sets the time at which to look again whether anybody uses the socket. It
// gives an error when nobody has since the last time.
func (s *socket) rest(asked *int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.pending) == 0 && s.asked == *asked {
		s.err = errIdle // under the lock, so that nobody comes in after this
		return errIdle
	}
	*asked = s.asked
	return s.conn.SetReadDeadline(time.Now().Add(idleTime))
}

// datagram gives a reader of datagrams. The bytes are good until the next call.
func (s *socket) datagram() func() ([]byte, error) {
	buf := make([]byte, datagramSize)
	return func() ([]byte, error) {
		n, err := s.conn.Read(buf)
		if n == len(buf) {
			buf[2] |= flagTruncated // the kernel kept the rest
		}
		return buf[:n], err
	}
}

// framed gives a reader of messages with their length before them.
func (s *socket) framed() func() ([]byte, error) {
	var prefix [prefixSize]byte
	return func() ([]byte, error) {
		n, err := io.ReadFull(s.conn, prefix[:])
		if n == 0 && err != nil {
			return nil, err
		}
		raw := make([]byte, binary.BigEndian.Uint16(prefix[:]))
		if err == nil {
			_, err = io.ReadFull(s.conn, raw)
		}
		if err != nil {
			// Nothing can be read after half a message, not even later.
			return nil, fmt.Errorf("in the middle of a message: %w", io.ErrUnexpectedEOF)
		}
		return raw, nil
	}
}

// deliver gives a response to the call that it answers, and drops all others:
// waiting goes on (RFC 5452 section 9.1).
func (s *socket) deliver(raw []byte) {
	if !isResponse(raw) {
		s.stats.dropped.Add(1)
		return
	}
	s.mu.Lock()
	c := s.pending[binary.BigEndian.Uint16(raw)]
	if c != nil && c.w.answers(raw) {
		s.answered++
	} else {
		c = nil
	}
	s.mu.Unlock()
	if c == nil || !s.drop(c) {
		s.stats.dropped.Add(1)
		return
	}
	c.out(result{try: c.try, raw: append([]byte(nil), raw...)})
}

// fail closes the socket and tells all who wait. They are taken before it is
// closed, so that nobody is told no more than that.
func (s *socket) fail(err error) {
	s.mu.Lock()
	s.err = err
	calls := s.pending
	s.pending = nil
	s.mu.Unlock()
	s.conn.Close()
	for _, c := range calls {
		c.release()
		c.out(result{try: c.try, err: err})
	}
}

// progress is how many questions the socket has answered.
func (s *socket) progress() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.answered
}
