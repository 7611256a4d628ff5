package dnsq

import (
	"context"
	"sync"
	"time"

	"github.com/miekg/dns"
)

const (
	maxUnderWay = 128 // questions of one batch that a client has on the network at once
	maxWaiting  = 16  // goroutines for an exchanger that can only be waited for
)

// Batch asks many questions from one goroutine: the one that calls [Batch.Run].
// It is for checks that ask hundreds of questions at once, where a goroutine for
// each would cost more memory than everything else together.
//
// A [Client] sends the questions side by side and is given the answers as they
// arrive; retries, early ones too, and the way to TCP are those of
// [Client.Exchange]. A [Cache] and a [Recorder] on the way do their work, except
// that two identical questions under way in a batch are both sent: whoever
// writes a batch knows its questions. Any other exchanger is asked by a few
// goroutines.
type Batch struct {
	x    Exchanger
	wake chan struct{} // something came in

	mu      sync.Mutex
	asked   []inquiry // not looked at so far
	results []result  // of tries of a client
	calls   []func()  // to be made by Run
}

// inquiry is one question with what is to be done with its answer.
type inquiry struct {
	q    *dns.Msg
	then func(reply)
}

// reply is the end of an inquiry.
type reply struct {
	m   *dns.Msg
	hit bool // from the memory of a cache
	err error
}

// layer is an exchanger over another one.
type layer interface {
	// enter looks at an inquiry on its way down. It answers it and reports
	// false, or gives the exchanger below and what that is to be asked.
	enter(i inquiry) (below Exchanger, next inquiry, ok bool)
}

// NewBatch makes an empty batch of questions to x. It may be used for one Run
// after the other.
func NewBatch(x Exchanger) *Batch { return &Batch{x: x, wake: make(chan struct{}, 1)} }

// LookupIn puts a question into a batch. It returns at once; then is called once
// with what [Lookup] would give, by the goroutine that runs the batch, and may
// put further questions into it. It is safe for many goroutines.
func LookupIn[R dns.RR](b *Batch, name string, then func(Answer[R], error)) {
	start := time.Now()
	t := newTrail[R](name)
	finish := func(err error) {
		a := learned[R](t, err)
		a.Took = time.Since(start)
		then(a, err)
	}
	if err := t.begin(); err != nil {
		b.call(func() { finish(err) })
		return
	}
	t.followIn(b, finish)
}

// followIn is follow as part of a batch.
func (t *trail) followIn(b *Batch, finish func(error)) {
	b.ask(inquiry{question(t.end, t.qtype), func(r reply) {
		err := t.answered(r.m, r.hit, r.err)
		if err != nil {
			finish(err)
			return
		}
		done, err := t.read()
		switch {
		case done || err != nil:
			finish(err)
		case t.queries == maxQueries:
			finish(t.loop())
		default:
			t.followIn(b, finish)
		}
	}})
}

func (b *Batch) ask(i inquiry) { b.in(func() { b.asked = append(b.asked, i) }) }

func (b *Batch) put(r result) { b.in(func() { b.results = append(b.results, r) }) }

func (b *Batch) call(f func()) { b.in(func() { b.calls = append(b.calls, f) }) }

// in changes what waits for Run, and wakes it.
func (b *Batch) in(change func()) {
	b.mu.Lock()
	change()
	b.mu.Unlock()
	select {
	case b.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// take empties what waits for Run; of the questions it takes at most n.
func (b *Batch) take(n int) (asked []inquiry, results []result, calls []func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	n = min(n, len(b.asked))
	asked, results, calls = b.asked[:n:n], b.results, b.calls
	b.asked, b.results, b.calls = b.asked[n:], nil, nil
	if len(b.asked) == 0 {
		b.asked = nil // so that it keeps nothing of what was asked
	}
	return asked, results, calls
}

// Run asks until each question has its answer, those included that came in
// meanwhile. When ctx ends, the answers that are missing become errors with the
// reason dns_timeout.
//
// One goroutine runs a batch at a time. A question put in while Run returns
// waits for the next Run.
func (b *Batch) Run(ctx context.Context) {
	r := &batchRun{b: b, ctx: ctx, races: map[*race]func(reply){}}
	r.timer = time.NewTimer(time.Hour)
	defer r.timer.Stop()
	over := ctx.Done()
	for {
		if !r.work() {
			return
		}
		select {
		case <-b.wake:
		case <-r.timer.C:
			r.rung()
		case <-over:
			r.giveUp()
			over = nil
		}
	}
}
