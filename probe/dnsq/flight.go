package dnsq

import (
	"context"
	"fmt"
	"sync"

	"github.com/miekg/dns"

	"mx_exporter/probe/fact"
)

// flights are the questions under way, so that none is asked twice at once.
type flights struct {
	mu    sync.Mutex
	under map[key]*flight
}

// flight is one question under way. It belongs to all who wait for it, and ends
// when the last of them leaves.
type flight struct {
	done    chan struct{} // closed when m and err stand
	waiting int
	cancel  context.CancelFunc

	m   *dns.Msg
	err error
}

// join waits for the answer to a question, which ask gives unless somebody else
// is asking already. The message is shared and must not be changed.
func (f *flights) join(ctx context.Context, k key, ask func(context.Context) (*dns.Msg, error)) (m *dns.Msg, shared bool, err error) {
	f.mu.Lock()
	fl := f.under[k]
	shared = fl != nil
	if !shared {
		fl = f.begin(ctx, k, ask)
	}
	fl.waiting++
	f.mu.Unlock()

	select {
	case <-fl.done:
		return fl.m, shared, fl.err
	case <-ctx.Done():
		f.leave(k, fl)
		return nil, shared, ctx.Err()
	}
}

// begin asks in a goroutine of its own. The asker's context counts for what it
// carries, not for when it ends.
func (f *flights) begin(ctx context.Context, k key, ask func(context.Context) (*dns.Msg, error)) *flight {
	own := &note{fresh: noteIn(ctx).fresh} // the asker may be gone before this is written to
	ctx, cancel := context.WithCancel(context.WithValue(context.WithoutCancel(ctx), noteKey{}, own))
	fl := &flight{done: make(chan struct{}), cancel: cancel}
	f.under[k] = fl
	go func() {
		defer cancel()
		fl.m, fl.err = contained(ctx, ask)
		f.mu.Lock()
		f.remove(k, fl)
		f.mu.Unlock()
		close(fl.done)
	}()
	return fl
}

// leave takes one who waits away.
func (f *flights) leave(k key, fl *flight) {
	f.mu.Lock()
	defer f.mu.Unlock()
	fl.waiting--
	if fl.waiting == 0 {
		fl.cancel()
		f.remove(k, fl) // whoever comes now wants a question that goes on
	}
}

func (f *flights) remove(k key, fl *flight) {
	if f.under[k] == fl {
		delete(f.under, k)
	}
}

// contained turns a panic into an error, for nobody else could: the goroutine
// belongs to no probe.
func contained(ctx context.Context, ask func(context.Context) (*dns.Msg, error)) (m *dns.Msg, err error) {
	defer func() {
		if v := recover(); v != nil {
			m, err = nil, &Error{Reason: fact.LocalPanic, Err: fmt.Errorf("panic: %v", v)}
		}
	}()
	return ask(ctx)
}
