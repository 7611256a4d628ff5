package mtasts

import (
	"context"
	"runtime/debug"
	"sync"
	"time"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/fact"
)

// maxFetches bounds the policy hosts that are waited for at once. A policy that
// finds no room is fetched at a later look.
const maxFetches = 32

// flights are the fetches under way. Each goes on when the look that began it is
// over: senders wait for a policy host for a minute (RFC 8461 section 3.3), which no
// probe can, and so the next one has what it brought. The zero value is none.
type flights struct {
	mu   sync.Mutex
	of   map[string]*flight // by domain
	over bool
	life context.Context //nolint:containedctx // ends with Close, and ends what is under way
	end  context.CancelFunc
	work sync.WaitGroup
}

// flight is the fetch of one domain's policy.
type flight struct {
	id   string
	done chan struct{}
	got  entry // once done is closed
}

// Close ends the fetches under way and waits for them. A nil Cache has none.
func (c *Cache) Close() {
	if c == nil {
		return
	}
	c.flights.mu.Lock()
	c.flights.over = true
	if c.flights.end != nil {
		c.flights.end()
	}
	c.flights.mu.Unlock()
	c.flights.work.Wait()
}

// board gives the fetch of a policy that is under way, or begins it. It gives nil
// where another one is under way, for an older record, or there is no room.
func (c *Cache) board(x dnsq.Exchanger, domain, id string, o Options) *flight {
	s := &c.flights
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.of[domain]; f != nil {
		if f.id != id {
			return nil
		}
		return f
	}
	e, now := c.recall(domain), time.Now()
	if e.fresh(id, now, o.refresh()) || e.resting(id, now) { // one ended just now
		return landed(e)
	}
	if s.over || len(s.of) >= maxFetches {
		return nil
	}
	if s.of == nil {
		s.of = map[string]*flight{}
		s.life, s.end = context.WithCancel(context.Background())
	}
	f := &flight{id: id, done: make(chan struct{})}
	s.of[domain] = f
	s.work.Go(func() { c.fly(x, domain, o, e, f) })
	return f
}

// landed is a flight that is over.
func landed(e entry) *flight {
	f := &flight{id: e.id, done: make(chan struct{}), got: e}
	close(f.done)
	return f
}

// fly fetches, and remembers what came of it. What may lie with us is not waited
// out, and so not remembered.
func (c *Cache) fly(x dnsq.Exchanger, domain string, o Options, e entry, f *flight) {
	defer func() {
		c.flights.mu.Lock()
		defer c.flights.mu.Unlock()
		delete(c.flights.of, domain)
		close(f.done)
	}()
	defer func() {
		if p := recover(); p != nil {
			failure := &Failure{NotTried, fact.LocalPanic, "a fault in this program; its log has the stack"}
			f.got = e.spoilt(f.id, &Fetch{Host: host(domain), At: time.Now(), Failure: failure}, nil)
			if o.OnPanic != nil {
				o.OnPanic(p, debug.Stack())
			}
		}
	}()
	f.got = renew(c.flights.life, x, domain, f.id, o, e)
	if f.got.failed == nil || f.got.failed.Failure == nil || !f.got.failed.Failure.untold() {
		c.keep(domain, f.got)
	}
}

// await gives what a fetch brought, and false when that did not come in time.
func (f *flight) await(ctx context.Context, enough <-chan struct{}) (entry, bool) {
	select {
	case <-f.done:
		return f.got, true
	default:
	}
	select {
	case <-f.done:
		return f.got, true
	case <-enough:
	case <-ctx.Done():
	}
	return entry{}, false
}
