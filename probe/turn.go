package probe

import (
	"context"
	"net/netip"
	"sync"

	"mx_exporter/config"
)

// turns lets one conversation at a time be held with an address, over all
// probes of this process: a second connection from one client is what servers
// count as abuse, and would be answered with a 421 that says nothing about
// other clients. The services of users each have a turn of their own there, as
// each has its own limits, and one that hangs must not hide the others.
//
// Waiting is in order of arrival.
type turns struct {
	mu      sync.Mutex
	waiting map[netip.AddrPort][]chan struct{} // a present key is taken; its waiters in order
}

func newTurns() *turns { return &turns{waiting: map[netip.AddrPort][]chan struct{}{}} }

// mailTurn is the turn of mail servers at an address, whatever their port.
func mailTurn(a netip.Addr) netip.AddrPort { return netip.AddrPortFrom(a.WithZone(""), 0) }

// serviceTurn is that of a service of users, which is none where it answers at
// the port of mail servers.
func serviceTurn(a netip.Addr, port uint16) netip.AddrPort {
	if int(port) == config.DefaultPort {
		return mailTurn(a)
	}
	return netip.AddrPortFrom(a.WithZone(""), port)
}

// turnAt is the turn that a conversation of the probe needs.
func (r *run) turnAt(h *Host, a *Address) netip.AddrPort {
	if inMailbox(r.module.Prober) || r.module.Prober == config.ProberSubmission {
		return serviceTurn(a.IP, uint16(h.Port))
	}
	return mailTurn(a.IP)
}

// take waits for a turn. It reports false when ctx ended first; then there is
// nothing to give back.
func (t *turns) take(ctx context.Context, k netip.AddrPort) bool {
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
func (t *turns) leave(k netip.AddrPort, mine chan struct{}) {
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
func (t *turns) give(k netip.AddrPort) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.pass(k)
}

func (t *turns) pass(k netip.AddrPort) {
	q := t.waiting[k]
	if len(q) == 0 {
		delete(t.waiting, k)
		return
	}
	t.waiting[k] = q[1:]
	close(q[0])
}
