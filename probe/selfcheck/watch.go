package selfcheck

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"mx_exporter/probe/dnsq"
)

// Subject is a resolver to look at. Name is what it is called in the
// configuration, and becomes a label.
type Subject struct {
	Name      string
	Exchanger dnsq.Exchanger
}

// Announced is a name that we give in EHLO, and by which resolver to look it up.
type Announced struct {
	Name     string
	Resolver string // name of a [Subject]
}

// Subjects are all there is to look at. No name stands twice.
type Subjects struct {
	Resolvers []Subject
	Names     []Announced
}

// State is what the last look showed. It is never changed.
type State struct {
	Resolvers []Resolver // in the order of the subjects
	Names     []Name
	Clock     Clock
}

// Name is whether a name that we announce has an address.
type Name struct {
	Name     string
	Resolves bool
	Known    bool // false: it could not be found out, and Resolves says nothing
}

// Resolver gives what was seen of a resolver, or the zero value.
func (s *State) Resolver(name string) Resolver {
	if s != nil {
		for _, r := range s.Resolvers {
			if r.Name == name {
				return r
			}
		}
	}
	return Resolver{Name: name, Honesty: Untold}
}

// DefaultInterval is the time between two looks. Resolvers break more often
// than they begin to lie; a probe finds out by itself that one is dead.
const DefaultInterval = 5 * time.Minute

// Options shape a [Watch]. Subjects is needed.
type Options struct {
	Subjects func() Subjects // asked at each look
	Stamps   []time.Time     // moments that lie in the past for certain, such as the program's build
	Interval time.Duration   // 0: DefaultInterval; each is up to a tenth shorter or longer, so that many exporters do not ask together
	Read     func() Reading  // the clock; nil: this machine's
}

// Watch looks at everything again and again and keeps what it saw last.
type Watch struct {
	o     Options
	clock *clock
	state atomic.Pointer[State]
	again chan struct{}
	once  sync.Once
	first chan struct{} // closed when there is a state
}

// NewWatch makes a watch that has seen nothing yet; [Watch.Run] makes it look.
func NewWatch(o Options) *Watch {
	if o.Interval <= 0 {
		o.Interval = DefaultInterval
	}
	if o.Read == nil {
		o.Read = reader()
	}
	return &Watch{
		o: o, clock: newClock(o.Read(), o.Stamps),
		again: make(chan struct{}, 1), first: make(chan struct{}),
	}
}

// Run looks at once, at each interval, and whenever [Watch.Again] asks for it,
// until ctx is over. It is to be called once. told, unless it is nil, is told of
// each look: what was seen before, nil at the first, and what is seen now.
func (w *Watch) Run(ctx context.Context, told func(before, now *State)) {
	for {
		before := w.State()
		w.Look(ctx)
		if now := w.State(); told != nil && now != before {
			told(before, now)
		}
		timer := time.NewTimer(jitter(w.o.Interval))
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-w.again:
			timer.Stop()
		case <-timer.C:
		}
	}
}

// Look looks at everything once, for a caller that does not Run. What a look
// showed that ctx cut short is thrown away.
func (w *Watch) Look(ctx context.Context) {
	subjects := w.o.Subjects()
	s := &State{
		Resolvers: make([]Resolver, len(subjects.Resolvers)),
		Names:     make([]Name, len(subjects.Names)),
		Clock:     w.clock.look(w.o.Read()),
	}
	var wg sync.WaitGroup
	exchangers := map[string]dnsq.Exchanger{}
	for i, r := range subjects.Resolvers {
		exchangers[r.Name] = r.Exchanger
		wg.Go(func() { s.Resolvers[i] = look(ctx, r) })
	}
	for i, n := range subjects.Names {
		s.Names[i].Name = n.Name
		if x := exchangers[n.Resolver]; x != nil {
			wg.Go(func() { s.Names[i].Resolves, s.Names[i].Known = exists(ctx, x, n.Name) })
		}
	}
	wg.Wait()
	for i, n := range subjects.Names {
		// A liar finds an address for everything.
		s.Names[i].Known = s.Names[i].Known && s.Resolver(n.Resolver).Honesty != Lying
	}
	if ctx.Err() != nil {
		return
	}
	w.state.Store(s)
	w.once.Do(func() { close(w.first) })
}

// Again asks for a look now, as after the configuration has changed. It does
// not wait for it.
func (w *Watch) Again() {
	select {
	case w.again <- struct{}{}:
	default: // one is asked for already
	}
}

// State gives what was seen last, and nil before the first look is over.
func (w *Watch) State() *State { return w.state.Load() }

// Wait waits for the first look and gives what was seen last; nil when ctx is
// over before.
func (w *Watch) Wait(ctx context.Context) *State {
	select {
	case <-w.first:
	case <-ctx.Done():
	}
	return w.state.Load()
}

// jitter moves d by up to a tenth.
func jitter(d time.Duration) time.Duration {
	return d + time.Duration((rand.Float64()-0.5)*0.2*float64(d))
}
