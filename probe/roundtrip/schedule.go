package roundtrip

import (
	"context"
	"hash/fnv"
	"time"

	"mx_exporter/probe/fact"
)

// spread is the longest time that a trip waits before its first message, so that
// fifty trips do not begin in the same moment, and a person who has just written
// one into a file does not wait for long.
const spread = time.Minute

// jitter is a trip's own place in the spread: the same at every start, another for
// every name and every instance.
func jitter(name, instance string, interval time.Duration) time.Duration {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name + "\x00" + instance)) // never fails
	return time.Duration(h.Sum64() % uint64(min(interval, spread)))
}

// run is the life of a trip: it sends in each interval, and looks, until ctx is
// over. It returns when everything that it began has ended.
func (t *trip) run(ctx context.Context, first time.Duration) {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if _, err := t.keys(); err != nil {
			t.problem(err.Error())
		}
		t.watch(ctx)
	}()
	t.schedule(ctx, first)
	t.sends.Wait()
	<-ended
	t.save()
}

// schedule begins a message in each interval. One that is still awaited keeps the
// next one back, unless the trip may overlap.
func (t *trip) schedule(ctx context.Context, first time.Duration) {
	interval := time.Duration(t.c.Interval)
	t.mu.Lock()
	if !t.began.IsZero() { // at most one message in an interval, over restarts too
		first = max(first, min(time.Until(t.began.Add(interval)), interval))
	}
	next := time.Now().Add(first)
	t.mu.Unlock()
	for {
		t.mu.Lock()
		t.status.Next = next
		t.mu.Unlock()
		if !until(ctx, next) {
			return
		}
		next = next.Add(interval)
		if now := time.Now(); next.Before(now) {
			next = now.Add(interval) // the machine slept
		}
		if !t.c.Overlap && t.busy() {
			continue
		}
		t.launch(ctx)
	}
}

// busy reports a message without an outcome.
func (t *trip) busy() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.flights) > 0
}

func until(ctx context.Context, at time.Time) bool {
	timer := time.NewTimer(time.Until(at))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// launch begins one message and sends it in a goroutine of its own.
func (t *trip) launch(ctx context.Context) {
	f, err := t.begin(func(Event) {})
	if err != nil {
		t.problem(err.Error())
		return
	}
	t.problem("")
	t.sends.Go(func() {
		if !t.survive(func() { t.send(ctx, f) }) {
			t.broke(f)
		}
	})
}

// survive contains a fault in this program, which ends one run and not the
// process, and reports that there was none.
func (t *trip) survive(work func()) (sound bool) {
	defer func() {
		if v := recover(); v != nil {
			t.panicked(v)
		}
	}()
	work()
	return true
}

// broke ends a run whose sending ended by a fault in this program.
func (t *trip) broke(f *flight) {
	t.mu.Lock()
	f.sending = false
	f.run.Failure = &Failure{StageSend, fact.LocalPanic, "a fault in the exporter ended the run, which its log describes"}
	t.mu.Unlock()
	t.finish(f, Unknown)
}
