package talk

import (
	"cmp"
	"context"
	"errors"
	"net"
	"sync"
	"time"

	"mx_exporter/probe/fact"
)

// Farewell is the time for a last word when no other time is left, unless a
// protocol's options say otherwise.
const Farewell = 250 * time.Millisecond

// Clock holds a connection to its deadlines: each stage's own, the probe's, and
// the end of the context, which reaches the socket at once. It is safe for use by
// several goroutines.
type Clock struct {
	conn  net.Conn
	grace time.Duration // for the farewell when no other time is left
	end   time.Time     // the probe's; zero: none
	err   func() error  // the context's
	stop  func() bool

	mu      sync.Mutex
	stopped bool      // somebody else may hold the connection to deadlines by now
	over    bool      // the context is done
	parting bool      // only the farewell is left to say
	until   time.Time // the connection's deadline
	probe   bool      // it is the probe's and not the stage's own
}

// NewClock watches over conn until [Clock.Stop]. A grace of 0 is [Farewell].
func NewClock(ctx context.Context, conn net.Conn, grace time.Duration) *Clock {
	k := &Clock{conn: conn, grace: cmp.Or(grace, Farewell), err: ctx.Err}
	k.end, _ = ctx.Deadline()
	k.stop = context.AfterFunc(ctx, k.interrupt)
	return k
}

// Stop lets go of the context: when it returns, the context's end reaches the
// connection no more. The deadline that is set stays.
func (k *Clock) Stop() {
	k.stop()
	k.mu.Lock()
	defer k.mu.Unlock()
	k.stopped = true
}

// interrupt ends what is being waited for, except a farewell, which is cut short.
func (k *Clock) interrupt() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.stopped {
		return
	}
	k.over = true
	at := time.Now()
	if k.parting {
		at = at.Add(k.grace)
	}
	if k.until.IsZero() || at.Before(k.until) {
		k.set(at)
	}
}

// Allow gives the next stage its time, but never more than the probe has.
func (k *Clock) Allow(d time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	at := time.Now()
	if !k.over {
		at = at.Add(d)
	}
	k.probe = !k.end.IsZero() && !at.Before(k.end)
	if k.probe && !k.over {
		at = k.end
	}
	k.set(at)
}

// Part gives the farewell its time: what is left of the probe's, but enough to
// be polite.
func (k *Clock) Part(d time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.parting = true
	now := time.Now()
	at := now.Add(d)
	if !k.end.IsZero() && k.end.Before(at) {
		at = k.end
	}
	if polite := now.Add(min(d, k.grace)); k.over || at.Before(polite) {
		at = polite
	}
	k.set(at)
}

func (k *Clock) set(at time.Time) {
	k.until = at
	// The error of a connection that is closed already shows on the next read.
	_ = k.conn.SetDeadline(at)
}

// Late is the reason when the time was up in a stage. A probe that was called
// off says nothing about the server.
func (k *Clock) Late(stage fact.Stage) fact.Reason {
	if errors.Is(k.err(), context.Canceled) {
		return fact.NotTested
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case k.probe || k.over:
		return fact.ProbeTimeout
	case stage == fact.Banner:
		return fact.BannerTimeout
	case stage == fact.TLS:
		return fact.TLSHandshake
	}
	return fact.StageTimeout
}
