package discovery

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// State is what there is to know of one thing that is refreshed.
type State struct {
	Kind Kind
	Name string // of a crawl that several sites share, as it ends: all of them, divided by commas

	Last      time.Time     // when the last good result was there; zero: there is none
	Tried     time.Time     // when the last refresh ended
	Took      time.Duration // of the last refresh
	Interval  time.Duration // between two refreshes that succeed, as configured
	Err       error         // of the last refresh
	Refreshes uint64
	Failures  uint64
}

// task refreshes one thing, again and again, and keeps the last good result.
type task[T any] struct {
	every, again time.Duration
	least        time.Duration // between two refreshes that succeed, whatever chance says
	run          func(ctx context.Context, old *T) (*T, error)
	before       func(ctx context.Context) // what to wait for first; nil: nothing
	slots        chan struct{}             // those that may run at once
	done         func(State)

	mu    sync.Mutex
	state State
	value *T

	stop  context.CancelFunc
	first chan struct{} // closed when the first refresh is over
	ended chan struct{}
}

func (t *task[T]) start(ctx context.Context) {
	ctx, t.stop = context.WithCancel(ctx)
	t.first, t.ended = make(chan struct{}), make(chan struct{})
	go func() {
		defer close(t.ended)
		for t.refresh(ctx) && t.sleep(ctx) {
		}
	}()
}

// name is what the task is called from now on.
func (t *task[T]) name(s string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.state.Name = s
}

func (t *task[T]) end() {
	t.stop()
	<-t.ended
}

// refresh runs once, when there is a slot. It is false at the end of ctx.
func (t *task[T]) refresh(ctx context.Context) bool {
	if t.before != nil {
		t.before(ctx)
	}
	select {
	case t.slots <- struct{}{}:
	case <-ctx.Done():
		return false
	}
	defer func() { <-t.slots }()
	old, _ := t.read()
	began := time.Now()
	v, err := t.run(ctx, old)
	if ctx.Err() != nil {
		return false // what an end from outside did to it says nothing
	}
	t.mu.Lock()
	t.state.Refreshes++
	t.state.Tried, t.state.Took, t.state.Err = time.Now(), time.Since(began), err
	if err == nil {
		t.value, t.state.Last = v, t.state.Tried
	} else {
		t.state.Failures++
	}
	s := t.state
	t.mu.Unlock()
	if s.Refreshes == 1 {
		close(t.first)
	}
	t.done(s)
	return true
}

// sleep waits for the next refresh. It is false at the end of ctx.
func (t *task[T]) sleep(ctx context.Context) bool {
	_, s := t.read()
	wait := max(drift(t.every), t.least)
	if s.Err != nil {
		wait = min(wait, t.again)
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// drift is an interval, a little shorter or longer, so that things that began
// together do not stay so.
func drift(d time.Duration) time.Duration {
	return d + time.Duration((2*rand.Float64()-1)*spread*float64(d)) //nolint:gosec // not a secret
}

func (t *task[T]) read() (*T, State) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.value, t.state
}
