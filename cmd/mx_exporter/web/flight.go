package web

import (
	"context"
	"errors"
	"sync"
	"time"

	"mx_exporter/probe"
	"mx_exporter/probe/fact"
)

// answer is what a run came to: a result, or why there is none.
type answer struct {
	result  *probe.Result
	refused *refusal
	age     time.Duration // of a result that is served again; 0: just made
}

// errStopping is the cause of a run that ends because the exporter does.
var errStopping = errors.New("the exporter is shutting down")

// lateness is how long after its deadline a probe may still deliver. It ends by
// itself at the deadline; this is for the scheduler.
const lateness = 250 * time.Millisecond

// flights lets requests that want the same share one run. The run belongs to
// nobody: it goes on as long as anybody waits for it, and is cancelled when the
// last one leaves.
type flights struct {
	mu    sync.Mutex
	byKey map[key]*flight
	all   map[*flight]struct{} // also those that nobody waits for any more
}

type flight struct {
	timeout time.Duration // what the run was given
	waiters int
	cancel  context.CancelCauseFunc
	answer  answer        // set before done is closed
	done    chan struct{} // closed at the end
}

func newFlights() *flights {
	return &flights{byKey: map[key]*flight{}, all: map[*flight]struct{}{}}
}

// share joins the run under way for the request's key, or starts one. It
// returns when the run ends, when ctx does, or when the request's own deadline
// is over.
func (f *flights) share(ctx context.Context, req *request, run func(context.Context) answer) (a answer, joined *flight) {
	f.mu.Lock()
	fl, shared := f.byKey[req.key()]
	if !shared {
		fl = f.launch(ctx, req, run)
	} else {
		joined = fl
	}
	fl.waiters++
	f.mu.Unlock()
	defer f.leave(req.key(), fl)

	timer := time.NewTimer(time.Until(req.deadline) + lateness)
	defer timer.Stop()
	select {
	case <-fl.done:
		return fl.answer, joined
	case <-ctx.Done():
		return answer{refused: busy(sharedTimeout, "the request ended before the probe did")}, joined
	case <-timer.C:
		return answer{refused: busy(sharedTimeout, "the probe under way for this target did not end in this request's time; ask again later")}, joined
	}
}

// launch starts a run. The caller holds the lock.
func (f *flights) launch(ctx context.Context, req *request, run func(context.Context) answer) *flight {
	ctx, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	ctx, expire := context.WithDeadline(ctx, req.deadline)
	fl := &flight{timeout: req.timeout, cancel: stop, done: make(chan struct{})}
	f.byKey[req.key()], f.all[fl] = fl, struct{}{}
	go func() {
		defer expire()
		fl.answer = run(ctx)
		f.land(req.key(), fl)
		close(fl.done)
	}()
	return fl
}

// land takes a run out, so that the next request starts another.
func (f *flights) land(k key, fl *flight) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.forget(k, fl)
	delete(f.all, fl)
}

func (f *flights) leave(k key, fl *flight) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if fl.waiters--; fl.waiters == 0 {
		fl.cancel(context.Canceled)
		f.forget(k, fl)
	}
}

func (f *flights) forget(k key, fl *flight) {
	if f.byKey[k] == fl {
		delete(f.byKey, k)
	}
}

// cancelAll ends every run, each with the time that a conversation needs to
// say QUIT.
func (f *flights) cancelAll() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for fl := range f.all {
		fl.cancel(errStopping)
	}
}

// tooHasty reports whether an answer was made in less time than this request
// has, and may have suffered from that. An impatient request must not spoil the
// one that a monitoring system sends.
func (fl *flight) tooHasty(a answer, req *request) bool {
	if fl == nil || fl.timeout >= req.timeout {
		return false
	}
	return a.result == nil || a.result.Verdict != fact.Satisfactory
}
