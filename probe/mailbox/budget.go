package mailbox

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/talk"
)

// limitError says which of [Limits] was passed.
type limitError struct{ what string }

func (e *limitError) Error() string { return e.what }

func over(format string, n int) error { return &limitError{fmt.Sprintf(format, n)} }

// budget counts what is read from a server, and ends it for good where it is too
// much. The first error is kept, because go-imap hands errors on as text.
//
// It is safe for use by several goroutines: go-imap reads in one of its own.
type budget struct {
	src    io.Reader
	limits Limits

	mu       sync.Mutex
	lexer    *lexer // nil: not IMAP
	left     int    // octets that may still come
	received int    // octets that have come
	first    time.Time
	err      error
}

func newBudget(src io.Reader, l Limits, lx *lexer) *budget {
	return &budget{src: src, limits: l, lexer: lx, left: l.Total}
}

// renew begins a command, in answer to which total octets may come.
func (b *budget) renew(total int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.left = total
	if b.lexer != nil {
		b.lexer.untagged = 0
	}
}

// from goes on with another source: TLS in place of clear text.
func (b *budget) from(src io.Reader) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.src = src
}

// Read reads and counts. What is over a limit is not handed on.
func (b *budget) Read(p []byte) (int, error) {
	var limit *limitError
	if err := b.why(); errors.As(err, &limit) {
		return 0, err
	}
	n, err := b.src.Read(p)
	b.mu.Lock()
	defer b.mu.Unlock()
	if n > 0 && b.first.IsZero() {
		b.first = time.Now()
	}
	b.received += n
	if spent := b.spend(p[:n]); spent != nil {
		b.err = spent
		return 0, spent
	}
	if b.err == nil {
		b.err = err
	}
	return n, err
}

func (b *budget) spend(p []byte) error {
	if len(p) > b.left {
		return over("more than %d octets in answer to a command", b.limits.Total)
	}
	b.left -= len(p)
	if b.lexer == nil {
		return nil
	}
	return b.lexer.take(p)
}

// why is what ended the reading; nil: nothing did.
func (b *budget) why() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err
}

func (b *budget) count() (received int, first time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.received, b.first
}

// reasonOf says why a connection gave no answer, by the error of its reading or
// writing. Time is the clock's to judge.
func reasonOf(err error, stage fact.Stage, clock *talk.Clock) fact.Reason {
	var limit *limitError
	switch {
	case errors.As(err, &limit):
		return fact.LimitExceeded
	case talk.Late(err):
		return clock.Late(stage)
	case talk.Alert(err) != nil:
		return fact.TLSHandshake
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.ErrClosedPipe), errors.Is(err, net.ErrClosed):
		return fact.EOF
	case errors.Is(err, os.ErrClosed):
		return fact.EOF
	case errors.Is(err, syscall.ENOBUFS), errors.Is(err, syscall.ENOMEM):
		return fact.LocalFD
	case errors.Is(err, syscall.ENETDOWN):
		return fact.LocalNetwork
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return fact.Unreachable
	}
	return fact.Reset
}

// follow gives each line of IMAP to hear, from here on.
func (b *budget) follow(hear func(string)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lexer.line = hear
}
