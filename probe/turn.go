package probe

import (
	"context"
	"net/netip"
	"sync"
)

// turns lets one conversation at a time be held with an address, over all
// probes of this process: a second connection from one client is what servers
// count as abuse, and would be answered with a 421 that says nothing about
// other clients.
//
// Waiting is in order of arrival.
type turns struct {
	mu      sync.Mutex
	waiting map[netip.Addr][]chan struct{} // a present key is taken; its waiters in order
}

func newTurns() *turns { return &turns{waiting: map[netip.Addr][]chan struct{}{}} }

// take waits for the turn at an address. It reports false when ctx ended first;
// then there is nothing to give back.
func (t *turns) take(ctx context.Context, a netip.Addr) bool {
	k := a.WithZone("")
	t.mu.Lock()
	q, taken := t.waiting[k]
	if !taken {
		t.waiting[k] = nil
		t.mu.Unlock()
		return true
	}
	mine := make(chan struct{})
	t.waiting[k] = append(q, mine)
	t.mu.Unlock()
	select {
	case <-mine:
		return true
	case <-ctx.Done():
		t.leave(k, mine)
		return false
	}
}

// leave takes a waiter out of the queue, or passes on a turn that came in the
// same moment.
func (t *turns) leave(k netip.Addr, mine chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	q := t.waiting[k]
	for i, w := range q {
		if w == mine {
			t.waiting[k] = append(q[:i:i], q[i+1:]...)
			return
		}
	}
	t.pass(k)
}

// give ends a turn.
func (t *turns) give(a netip.Addr) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.pass(a.WithZone(""))
}

func (t *turns) pass(k netip.Addr) {
	q := t.waiting[k]
	if len(q) == 0 {
		delete(t.waiting, k)
		return
	}
	t.waiting[k] = q[1:]
	close(q[0])
}
