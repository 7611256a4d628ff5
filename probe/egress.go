package probe

import (
	"net/netip"
	"sync"
	"time"

	"mx_exporter/probe/fact"
)

// egress remembers how the connections of the last minutes went, to tell a
// network that lets nothing out from servers that are down: many clouds drop
// every packet to port 25 (faults T7).
type egress struct {
	mu     sync.Mutex
	byPort map[int]*departures
}

// departures are the attempts on one port since the last one that got through.
type departures struct {
	lost    map[netip.Addr]lostAttempt
	through time.Time // when the latest attempt began that got through
}

type lostAttempt struct {
	target string
	at     time.Time
}

const (
	// egressMemory is how long an attempt counts.
	egressMemory = 5 * time.Minute
	// Less than this many silent addresses, or all of them of one target, may
	// as well be an outage over there.
	egressAddresses = 3
	egressTargets   = 2
	// egressKept bounds the attempts remembered for one port.
	egressKept = 1000
)

func newEgress() *egress { return &egress{byPort: map[int]*departures{}} }

// note takes in how connecting to an address went, and when that began. Any
// answer from beyond our own network, a refusal among them, shows that packets
// get out, and so did while an attempt waited that had begun before.
func (e *egress) note(port int, a netip.Addr, target string, f *fact.Failure, began time.Time) {
	if f != nil && f.Reason.Local() {
		return
	}
	quiet := silent(&Address{Failure: f})
	e.mu.Lock()
	defer e.mu.Unlock()
	d := e.byPort[port]
	if d == nil {
		d = &departures{lost: map[netip.Addr]lostAttempt{}}
		e.byPort[port] = d
	}
	switch {
	case !quiet:
		clear(d.lost)
		if began.After(d.through) {
			d.through = began
		}
	case began.After(d.through) && len(d.lost) < egressKept:
		d.lost[a] = lostAttempt{target, began}
	}
}

// suspect reports whether every connection to a port was lost in silence
// lately, over several targets.
func (e *egress) suspect(port int, now time.Time) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	d := e.byPort[port]
	if d == nil {
		return false
	}
	targets := map[string]bool{}
	for a, l := range d.lost {
		if now.Sub(l.at) > egressMemory {
			delete(d.lost, a)
			continue
		}
		targets[l.target] = true
	}
	return len(d.lost) >= egressAddresses && len(targets) >= egressTargets
}

// EgressSuspect gives the ports to which nothing has got out for some minutes,
// over several targets: most likely our own network holds the packets back.
func (e *Env) EgressSuspect() []int {
	e.begin()
	ports := []int{}
	e.egress.mu.Lock()
	for p := range e.egress.byPort {
		ports = append(ports, p)
	}
	e.egress.mu.Unlock()
	suspects := ports[:0]
	for _, p := range ports {
		if e.egress.suspect(p, time.Now()) {
			suspects = append(suspects, p)
		}
	}
	return suspects
}
