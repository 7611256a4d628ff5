package probe

import (
	"sync"
	"time"
)

// ttls remembers the longest time to live that each domain's MX records were
// seen with. A resolver that remembers an answer shows what is left of its time
// to live, so one look says little: the longest of the looks of some minutes is
// what the domain publishes, or more than what is short.
type ttls struct {
	mu   sync.Mutex
	seen map[string]ttlSeen
}

type ttlSeen struct {
	longest uint32
	since   time.Time // of the first look
	last    time.Time
}

const (
	// ttlSettled is how long a domain is watched before a short time to live is
	// believed: by then records that live for less than a minute have been
	// fetched anew, whatever the resolver remembered before.
	ttlSettled = 3 * time.Minute
	// ttlForgotten is how long a domain is remembered that nobody asks about.
	ttlForgotten = time.Hour
	// ttlKept bounds the domains remembered.
	ttlKept = 10_000
)

func newTTLs() *ttls { return &ttls{seen: map[string]ttlSeen{}} }

// note takes in one look. It gives the time to live as far as that is settled:
// one of a minute and more at once, a shorter one when it has been watched.
func (t *ttls) note(domain string, ttl uint32, now time.Time) uint32 {
	t.mu.Lock()
	defer t.mu.Unlock()
	s, known := t.seen[domain]
	if !known || now.Sub(s.last) > ttlForgotten {
		if len(t.seen) >= ttlKept {
			t.forget(now)
		}
		s = ttlSeen{since: now}
	}
	s.longest, s.last = max(s.longest, ttl), now
	t.seen[domain] = s
	if time.Duration(s.longest)*time.Second < shortTTL && now.Sub(s.since) < ttlSettled {
		return 0
	}
	return s.longest
}

// forget makes room: whoever was not asked about for long, or else everybody.
func (t *ttls) forget(now time.Time) {
	for d, s := range t.seen {
		if now.Sub(s.last) > ttlForgotten {
			delete(t.seen, d)
		}
	}
	if len(t.seen) >= ttlKept {
		clear(t.seen)
	}
}
