package web

import (
	"context"
	"sync/atomic"
	"time"
)

// admission bounds how many probes run at once. A probe beyond that waits in a
// queue, and a probe beyond the queue is turned away at once, so that the number
// of descriptors, goroutines and bytes in use has a bound however many ask.
type admission struct {
	slots   chan struct{} // one element per running probe; senders are served in order
	waiting atomic.Int64
	places  int64
}

func newAdmission(slots, places int) *admission {
	return &admission{slots: make(chan struct{}, slots), places: int64(places)}
}

// enter waits for a slot, at most for as long as patience lasts. leave gives
// the slot back; it is nil when there was none.
func (a *admission) enter(ctx context.Context, patience time.Duration) (leave func(), refused *refusal) {
	leave = func() { <-a.slots }
	select {
	case a.slots <- struct{}{}:
		return leave, nil
	default:
	}
	if a.waiting.Add(1) > a.places {
		a.waiting.Add(-1)
		return nil, busy(queueFull, "too many probes wait already; ask again later")
	}
	defer a.waiting.Add(-1)
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case a.slots <- struct{}{}:
		return leave, nil
	case <-timer.C:
		return nil, busy(queueTimeout, "no slot came free in half of the probe's time; ask again later")
	case <-ctx.Done():
		return nil, busy(queueTimeout, "the request ended before its turn came")
	}
}

func (a *admission) running() int { return len(a.slots) }
