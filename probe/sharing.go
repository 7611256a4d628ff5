package probe

import (
	"context"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"

	"mx_exporter/config"
)

// parties lets probes of different domains that want one server at the same time
// hold one conversation with it. Who comes first has the floor: it connects, asks,
// and gives the floor with the conversation to whoever has waited longest. Nobody
// acts for somebody else, so that the time of each is its own, and what is left
// when the last has asked is nothing.
type parties struct {
	mu     sync.Mutex
	open   map[partyKey]*party
	shared atomic.Uint64 // domains that were asked about in a conversation begun for another
}

// partyKey is all on which a conversation depends, but for the name that the
// server's certificate has to hold: modules that say anything in another way share
// nothing.
type partyKey struct {
	to     netip.AddrPort
	smtp   config.SMTP
	limits config.Limits
}

// party is who wants to talk to one server in one way, beside the one that has the
// floor.
type party struct {
	waiting []*guest
	failed  bool // the last who tried could not open a conversation
}

// guest is one address of one probe.
type guest struct {
	name  string     // what the server's certificate has to hold
	given chan given // room for one: who gives waits for nobody
	shuns *line      // a conversation that says nothing about this name
}

// given is what comes of waiting: the floor, with a conversation under way or
// without one, or what another saw of a server that could not be talked to.
type given struct {
	line  *line
	tried *sight
}

func newParties() *parties { return &parties{open: map[partyKey]*party{}} }

func newGuest(name string) *guest { return &guest{name: name, given: make(chan given, 1)} }

// enter waits for the floor. It reports false when ctx ended first.
func (s *parties) enter(ctx context.Context, k partyKey, g *guest) (given, bool) {
	s.mu.Lock()
	p := s.open[k]
	if p == nil {
		s.open[k] = &party{}
		s.mu.Unlock()
		return given{}, true
	}
	p.waiting = append(p.waiting, g)
	s.mu.Unlock()
	return s.wait(ctx, k, g)
}

func (s *parties) wait(ctx context.Context, k partyKey, g *guest) (given, bool) {
	select {
	case got := <-g.given:
		return got, true
	case <-ctx.Done():
	}
	if s.withdraw(k, g) {
		return given{}, false
	}
	got := <-g.given // it came in the same moment
	if got.tried != nil {
		return got, true
	}
	s.pass(k, got.line).hangUp()
	return given{}, false
}

// withdraw reports that g still waited.
func (s *parties) withdraw(k partyKey, g *guest) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.open[k]
	if p == nil {
		return false
	}
	n := len(p.waiting)
	p.waiting = slices.DeleteFunc(p.waiting, func(w *guest) bool { return w == g })
	return len(p.waiting) < n
}

// pass gives the floor on, with the conversation to the first to whom it is of
// use, else without it. The line that it returns is then to be hung up; it may be
// nil.
func (s *parties) pass(k partyKey, l *line) (idle *line) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.open[k]
	if l.more() {
		if i := slices.IndexFunc(p.waiting, func(w *guest) bool { return w.shuns != l }); i >= 0 {
			l.talk.Leave()
			p.next(i) <- given{line: l}
			return nil
		}
	}
	if len(p.waiting) == 0 {
		delete(s.open, k)
		return l
	}
	p.next(0) <- given{}
	return l
}

// next takes a guest out of the line.
func (p *party) next(i int) chan<- given {
	g := p.waiting[i]
	p.waiting = slices.Delete(p.waiting, i, i+1)
	return g.given
}

// stepBack is for who was given a conversation of no use to it: it waits for the
// next one, before all others but those who stepped back before it.
func (s *parties) stepBack(ctx context.Context, k partyKey, g *guest, l *line) (given, bool) {
	g.shuns = l
	s.mu.Lock()
	p := s.open[k]
	at := slices.IndexFunc(p.waiting, func(w *guest) bool { return w.shuns != l })
	if at < 0 {
		at = len(p.waiting)
	}
	p.waiting = slices.Insert(p.waiting, at, g)
	s.mu.Unlock()
	s.pass(k, l).hangUp()
	return s.wait(ctx, k, g)
}

// tell gives all who wait what one saw, where they would have seen the same. A
// server that refuses may be of another mind a moment later, so two have to see it
// before it holds for all; silence takes too long to be waited for twice.
func (s *parties) tell(k partyKey, n *sight) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.open[k]
	again := p.failed
	p.failed = true
	if !again && !n.silence() {
		return
	}
	p.waiting = slices.DeleteFunc(p.waiting, func(g *guest) bool {
		if !n.holdsFor(g.name) {
			return false
		}
		g.given <- given{tried: n}
		return true
	})
}

// opened notes that a conversation was opened.
func (s *parties) opened(k partyKey) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open[k].failed = false
}
