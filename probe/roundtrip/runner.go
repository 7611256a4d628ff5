package roundtrip

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"reflect"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/roundtrip/arrival"
)

// Runner holds all round trips of a configuration. Its methods may be called at
// once. Make one with [New].
type Runner struct {
	o     Options
	locks *locks

	applying sync.Mutex      // held while trips are exchanged, which may take a while
	ctx      context.Context //nolint:containedctx // of Start, for the trips that a reload begins

	mu    sync.Mutex // held for moments
	trips map[string]*running
}

// Options shape a Runner. The zero value lives in the real world and keeps nothing
// on disk.
type Options struct {
	Env   *probe.Env // nil: a new one
	State string     // directory that states are kept in; empty: none is
	// Warn is told what an operator has to know, in one sentence; nil: nobody is.
	Warn func(roundtrip, text string)
	// Parts makes what a trip talks to; nil: the real world. It is for tests.
	Parts func(r config.RoundTrip) (Sender, Mailbox, error)
}

// running is a trip at work, and how to end it.
type running struct {
	t      *trip
	c      config.RoundTrip
	cancel context.CancelFunc
	ended  chan struct{}
}

// New makes a Runner without trips.
func New(o Options) *Runner {
	if o.Env == nil {
		o.Env = &probe.Env{}
	}
	if o.Warn == nil {
		o.Warn = func(string, string) {}
	}
	return &Runner{o: o, locks: newLocks(), trips: map[string]*running{}}
}

// Start begins the trips, which run until ctx is over or [Runner.Stop].
func (r *Runner) Start(ctx context.Context, trips map[string]config.RoundTrip) {
	r.applying.Lock()
	r.ctx = ctx
	r.applying.Unlock()
	r.Apply(trips)
}

// Apply makes the trips those of another configuration. A trip that did not change
// goes on; one that did begins anew, and keeps its messages under way and its
// counters.
func (r *Runner) Apply(trips map[string]config.RoundTrip) {
	r.applying.Lock()
	defer r.applying.Unlock()
	if r.ctx == nil || r.ctx.Err() != nil {
		return
	}
	left := retire(r.dismiss(trips))
	for _, name := range slices.Sorted(maps.Keys(trips)) {
		r.mu.Lock()
		stays := r.trips[name] != nil && r.trips[name].t.retired() == nil
		r.mu.Unlock()
		if !stays {
			r.begin(name, trips[name], left[name])
		}
	}
}

// dismiss tells the trips to end that are not to go on. Those that no configuration
// has any more are gone at once.
func (r *Runner) dismiss(trips map[string]config.RoundTrip) (ending []*running) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for name, old := range r.trips {
		now, stays := trips[name]
		if stays && reflect.DeepEqual(now, old.c) {
			continue
		}
		old.cancel()
		ending = append(ending, old)
		if !stays {
			delete(r.trips, name)
		}
	}
	return ending
}

// retire waits for trips to end, all together at most for [StopTime], and gives
// what they leave behind. One that hangs is let go, and writes nothing any more.
func retire(ending []*running) map[string]*saved {
	left := map[string]*saved{}
	ctx, cancel := context.WithTimeout(context.Background(), StopTime)
	defer cancel()
	for _, old := range ending {
		select {
		case <-old.ended:
		case <-ctx.Done():
		}
		left[old.t.name] = old.t.retire()
	}
	return left
}

// StopTime is how long a trip may take to end: connections are told at once.
const StopTime = 5 * time.Second

// begin starts one trip. One that cannot run is there all the same, and says why.
func (r *Runner) begin(name string, c config.RoundTrip, left *saved) {
	ctx, cancel := context.WithCancel(r.ctx)
	t, err := r.trip(name, c, instanceOf(c, r.o.Env.Machine()))
	one := &running{t: t, c: c, cancel: cancel, ended: make(chan struct{})}
	if err == nil {
		r.recall(t, left)
	}
	r.mu.Lock()
	r.trips[name] = one
	r.mu.Unlock()
	if err != nil {
		t.problem("the round trip does not run: " + err.Error())
		close(one.ended)
		return
	}
	first := jitter(name, instanceOf(c, r.o.Env.Machine()), time.Duration(c.Interval))
	go func() {
		defer close(one.ended)
		t.run(ctx, first)
	}()
}

// recall gives a trip what there is from before.
func (r *Runner) recall(t *trip, left *saved) {
	if r.o.State != "" {
		t.store = newStore(r.o.State, t.name)
	}
	if left == nil && t.store != nil {
		v, err := t.store.load()
		if err != nil {
			t.warn(err.Error())
		}
		left = v
	}
	if left != nil {
		t.restore(left)
	}
}

// held says how the logins of a trip stand that were refused last: to the mailbox,
// and to the server that is sent through.
func (r *Runner) held(c config.RoundTrip) (box, relay *probe.Backoff) {
	box = r.o.Env.LoginRefused(boxServer(c.Fetch), c.Fetch.Username)
	if c.Send.Set() {
		relay = r.o.Env.LoginRefused(relayServer(c.Send), c.Send.Username)
	}
	return box, relay
}

// trip builds one. It is complete enough for a status also with an error.
func (r *Runner) trip(name string, c config.RoundTrip, instance string) (*trip, error) {
	c.Name = name
	t := &trip{
		name: name, c: c, lock: r.locks.of(boxKey(c.Fetch)), born: time.Now(), wake: make(chan struct{}, 1),
		flights: map[string]*flight{}, missing: map[string]*flight{}, taken: map[string]time.Time{}, hosts: map[string]*Run{},
		warn:   func(text string) { r.o.Warn(name, text) },
		verify: func(context.Context, []byte) []arrival.Signature { return nil },
		held:   func() (box, relay *probe.Backoff) { return r.held(c) },
		status: Status{
			Name: name, Via: c.Send.Via, Protocol: c.Fetch.Protocol, To: c.Send.To,
			Interval: fact.Elapsed(c.Interval), Window: fact.Elapsed(c.Window),
		},
	}
	t.panicked = func(v any) {
		t.problem("a fault in the exporter ended a run, which its log describes")
		if r.o.Env.OnPanic != nil {
			r.o.Env.OnPanic(v, debug.Stack())
		}
	}
	t.keys = t.signers(instance)
	x, err := r.o.Env.Resolver(c.DNS)
	if err != nil {
		return t, fmt.Errorf("dns: %w", err)
	}
	t.verify = func(ctx context.Context, raw []byte) []arrival.Signature { return arrival.VerifyDKIM(ctx, x, raw) }
	parts := r.o.Parts
	if parts == nil {
		parts = r.parts
	}
	t.sender, t.box, err = parts(c)
	return t, err
}

// parts is the real world of a trip.
func (r *Runner) parts(c config.RoundTrip) (s Sender, b Mailbox, err error) {
	switch c.Send.Via {
	case config.ViaMX:
		s, err = newWayMX(r.o.Env, c)
	case config.ViaSMTP:
		s, err = newWaySMTP(r.o.Env, c)
	case config.ViaSendmail:
		s, err = newWaySendmail(r.o.Env, c)
	default:
		err = fmt.Errorf("send.via: %q is no way", c.Send.Via)
	}
	if err != nil {
		return nil, nil, err
	}
	b, err = newBox(r.o.Env, c)
	return s, b, err
}

// Stop ends all trips, and waits for them at most that long. Messages under way
// stay in the state for the process that comes after.
func (r *Runner) Stop(grace time.Duration) {
	r.mu.Lock()
	all := slices.Collect(maps.Values(r.trips))
	r.mu.Unlock()
	for _, one := range all {
		one.cancel()
	}
	timer := time.NewTimer(grace)
	defer timer.Stop()
	for _, one := range all {
		select {
		case <-one.ended:
		case <-timer.C:
			return
		}
	}
}

// Snapshot is how each trip stands, by name. It waits for nobody.
func (r *Runner) Snapshot() []Status {
	r.mu.Lock()
	all := slices.Collect(maps.Values(r.trips))
	r.mu.Unlock()
	out := make([]Status, 0, len(all))
	for _, one := range all {
		out = append(out, one.t.snapshot())
	}
	slices.SortFunc(out, func(a, b Status) int { return cmp.Compare(a.Name, b.Name) })
	return out
}
