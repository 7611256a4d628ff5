package roundtrip

import (
	"context"
	"fmt"
	"sync"

	"mx_exporter/config"
	"mx_exporter/probe/roundtrip/token"
)

// Once makes one run of a round trip now, tells each step, and gives what came of
// it. It is for a person at a terminal: its messages have an instance of their
// own, so that an exporter that runs beside it neither misses nor takes them.
//
// The error says that the run could not even begin, or was called off.
func (r *Runner) Once(ctx context.Context, name string, c config.RoundTrip, progress func(Event)) (*Run, error) {
	t, err := r.trip(name, c, byHand(instanceOf(c, r.o.Env.Machine())))
	if err != nil {
		return nil, fmt.Errorf("round trip %s: %w", name, err)
	}
	var (
		mu   sync.Mutex
		over bool
	)
	t.once = true
	f, err := t.begin(func(e Event) {
		mu.Lock()
		defer mu.Unlock()
		if !over {
			progress(e)
		}
	})
	if err != nil {
		return nil, fmt.Errorf("round trip %s: %w", name, err)
	}
	t.over = f.done
	var work sync.WaitGroup
	work.Go(func() { t.watch(ctx) })
	work.Go(func() { t.send(ctx, f) })
	// The looking ends with its session, since POP3 deletes at its end.
	work.Wait()
	mu.Lock()
	over = true
	mu.Unlock()
	if s := t.snapshot(); s.Last != nil {
		return s.Last, nil
	}
	return nil, fmt.Errorf("round trip %s: called off: %w", name, context.Cause(ctx))
}

// byHand is the instance of runs that a person makes.
func byHand(instance string) string {
	const mark, room = "-hand", 34
	instance = token.Instance(instance)
	return instance[:min(len(instance), room)] + mark
}
