package dnsq

import (
	"context"
	"time"

	"github.com/miekg/dns"

	"mx_exporter/probe/fact"
)

// batchRun is one Run of a batch. Its own goroutine alone looks at it.
type batchRun struct {
	b       *Batch
	ctx     context.Context //nolint:containedctx // it lives as long as Run
	races   map[*race]func(reply)
	waiting int // goroutines under way
	timer   *time.Timer
	next    time.Time // when the timer rings; zero: not soon
}

// work does all that can be done now. It reports false when nothing is left.
func (r *batchRun) work() bool {
	for {
		asked, results, calls := r.b.take(r.room())
		if len(asked)+len(results)+len(calls) == 0 {
			return len(r.races)+r.waiting > 0
		}
		for _, f := range calls {
			f()
		}
		for _, res := range results {
			r.result(res)
		}
		for _, i := range asked {
			r.begin(r.b.x, i)
		}
	}
}

// room is how many questions may be begun now. While some are under way the
// others wait in the batch, not on the network.
func (r *batchRun) room() int {
	return min(maxUnderWay-len(r.races), maxWaiting-r.waiting)
}

// begin sends a question on its way through the layers.
func (r *batchRun) begin(x Exchanger, i inquiry) {
	if err := r.ctx.Err(); err != nil {
		i.then(reply{err: &Error{Reason: fact.DNSTimeout, Err: err}})
		return
	}
	switch x := x.(type) {
	case layer:
		if below, next, ok := x.enter(i); ok {
			r.begin(below, next)
		}
	case *Client:
		r.race(x, i)
	default:
		r.wait(x, i)
	}
}

// race begins a question to resolvers.
func (r *batchRun) race(c *Client, i inquiry) {
	ra, err := c.race(i.q)
	if err != nil {
		i.then(reply{err: err})
		return
	}
	ra.put = r.b.put
	ra.arm = func(d time.Duration) {
		ra.due = time.Now().Add(d)
		r.ringBy(ra.due)
	}
	r.races[ra] = i.then
	ra.ask(r.ctx)
}

// result takes the end of a try. Its race may be over.
func (r *batchRun) result(res result) {
	ra := res.try.of
	if r.races[ra] == nil {
		return
	}
	m, done, err := r.judge(ra, res)
	switch {
	case done || err != nil:
		r.end(ra, reply{m: m, err: err})
	case len(ra.open) == 0:
		r.lost(ra)
	}
}

// judge lets the race judge a result. What breaks over foreign bytes must not
// end the goroutine that all the others rest on.
func (r *batchRun) judge(ra *race, res result) (m *dns.Msg, done bool, err error) {
	m, err = contained(r.ctx, func(ctx context.Context) (m *dns.Msg, _ error) {
		m, done = ra.take(ctx, res)
		return m, nil
	})
	return m, done, err
}

// rung wakes the races whose time has come.
func (r *batchRun) rung() {
	r.next = time.Time{}
	now := time.Now()
	for ra := range r.races {
		switch {
		case ra.due.After(now):
			r.ringBy(ra.due)
		case !ra.woken(r.ctx):
			r.lost(ra)
		}
	}
}

// ringBy has the timer ring at t, or before.
func (r *batchRun) ringBy(t time.Time) {
	if r.next.IsZero() || t.Before(r.next) {
		r.next = t
		r.timer.Reset(time.Until(t))
	}
}

func (r *batchRun) lost(ra *race) {
	m, err := ra.lost()
	r.end(ra, reply{m: m, err: err})
}

// end closes a race.
func (r *batchRun) end(ra *race, a reply) {
	ra.stop()
	then := r.races[ra]
	delete(r.races, ra)
	then(a)
}

// giveUp ends all races: the context is over. The goroutines under way see that
// for themselves.
func (r *batchRun) giveUp() {
	for ra := range r.races {
		r.end(ra, reply{err: &Error{Reason: fact.DNSTimeout, Err: r.ctx.Err()}})
	}
}

// wait asks an exchanger that can only be waited for.
func (r *batchRun) wait(x Exchanger, i inquiry) {
	r.waiting++
	go func() {
		m, err := contained(r.ctx, func(ctx context.Context) (*dns.Msg, error) { return x.Exchange(ctx, i.q) })
		r.b.call(func() {
			r.waiting--
			i.then(reply{m: m, err: err})
		})
	}()
}
