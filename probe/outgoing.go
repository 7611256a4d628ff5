package probe

import (
	"maps"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe/dial"
)

const (
	// maxOutgoing bounds the addresses of ours that are remembered. A machine
	// with privacy addresses (RFC 8981) has a few at a time.
	maxOutgoing = 16
	// outgoingKept is how long an address counts as ours that no socket has had.
	outgoingKept = 24 * time.Hour
	// maxAnnounced bounds the names that are remembered for each.
	maxAnnounced = 16
)

// outgoing remembers from which addresses we speak: those that the sockets of
// conversations had. Behind a NAT that is not the address which others see, and
// as it is not public either, nothing is looked up about it; Env.SelfAddresses names
// those that are.
type outgoing struct {
	mu    sync.Mutex
	seen  map[netip.Addr]*source
	fresh chan struct{} // an address or a name is new
}

// source is one address of ours.
type source struct {
	module config.Module   // that used it last
	names  map[string]bool // announced from it
	last   time.Time
}

func newOutgoing() *outgoing {
	return &outgoing{seen: map[netip.Addr]*source{}, fresh: make(chan struct{}, 1)}
}

// note takes down that a socket had a local address, and what name was said
// there. Addresses that the public does not see are left out.
func (o *outgoing) note(local net.Addr, name string, m config.Module, now time.Time) {
	ap, err := netip.ParseAddrPort(local.String())
	if err != nil {
		return
	}
	a := ap.Addr().Unmap().WithZone("")
	class, allowed := (dial.Policy{Allow: m.Allowed()}).Check(a)
	if class != dial.Public && (!allowed || class != dial.Documentation && class != dial.Benchmark) {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	s, known := o.seen[a]
	if !known {
		if len(o.seen) >= maxOutgoing {
			return
		}
		s = &source{names: map[string]bool{}}
		o.seen[a] = s
	}
	s.module, s.last = m, now
	if known && (s.names[name] || len(s.names) >= maxAnnounced) {
		return
	}
	s.names[name] = true
	select {
	case o.fresh <- struct{}{}:
	default: // it is told already
	}
}

// ourAddress is an address of ours with what was said from it.
type ourAddress struct {
	address netip.Addr
	module  config.Module
	names   []string
}

// list gives the addresses in use, in order, and forgets those that are not.
func (o *outgoing) list(now time.Time) (all []ourAddress) {
	o.mu.Lock()
	defer o.mu.Unlock()
	maps.DeleteFunc(o.seen, func(_ netip.Addr, s *source) bool { return now.Sub(s.last) > outgoingKept })
	for _, a := range slices.SortedFunc(maps.Keys(o.seen), netip.Addr.Compare) {
		s := o.seen[a]
		all = append(all, ourAddress{a, s.module, slices.Sorted(maps.Keys(s.names))})
	}
	return all
}
