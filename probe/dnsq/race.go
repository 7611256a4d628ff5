package dnsq

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/miekg/dns"

	"mx_exporter/probe/fact"
)

// retryAfter is how long a query may take before another one is sent, unless
// half the timeout is less.
const retryAfter = 800 * time.Millisecond

// race is one question on its way to one or more resolvers.
type race struct {
	c       *Client
	q       *dns.Msg
	w       wire
	servers []*upstream

	put     func(result)        // takes the results of tries; never blocks
	arm     func(time.Duration) // asks to be woken after so long, in place of any time asked for before
	due     time.Time           // of that, where a batch keeps it
	open    []*try              // without a result so far
	started int                 // queries sent, of all kinds
	next    int                 // place in servers, counted on past the end
	spent   int                 // of the tries that the options allow
	cut     bool                // the last try waits for TCP
	plain   bool                // w is without EDNS

	refusal *dns.Msg // a response with an error code
	reasons []fact.Reason
	errs    []error
}

// try is one query to one resolver.
type try struct {
	of     *race
	to     *upstream
	call   *call              // over a datagram socket
	cancel context.CancelFunc // of what runs in a goroutine
	cut    bool               // it waits for TCP
}

// race prepares a question. Whoever runs it sets put and arm.
func (c *Client) race(q *dns.Msg) (*race, error) {
	w, err := pack(q, c.o.Transport == TLS)
	if err != nil {
		return nil, &Error{Reason: fact.DNSMalformed, Err: err}
	}
	return &race{c: c, q: q, w: w, servers: c.servers()}, nil
}

// most is how many queries may be sent at the very most.
func (r *race) most() int { return r.c.o.Tries + len(r.servers) + 1 }

// run asks until there is an answer or nothing is left to try.
func (r *race) run(ctx context.Context) (*dns.Msg, error) {
	results := make(chan result, 2*r.most()) // has room for all that can come
	timer := time.NewTimer(r.c.o.Timeout)
	defer timer.Stop()
	r.put = func(res result) { results <- res }
	r.arm = func(d time.Duration) { timer.Reset(d) }
	r.ask(ctx)
	for {
		select {
		case res := <-results:
			m, done := r.take(ctx, res)
			if done {
				return m, nil
			}
			if len(r.open) == 0 {
				return r.lost()
			}
		case <-timer.C:
			if !r.woken(ctx) {
				return r.lost()
			}
		case <-ctx.Done():
			return nil, &Error{Reason: fact.DNSTimeout, Err: ctx.Err()}
		}
	}
}

// woken goes on when the time asked for is over. It reports false when nothing
// is left to try.
func (r *race) woken(ctx context.Context) bool {
	r.late()
	if r.more() {
		r.c.stats.retries.Add(1)
		r.ask(ctx)
		return true
	}
	r.silent()
	return false
}

// more reports whether another query may be sent.
func (r *race) more() bool { return r.spent < r.c.o.Tries && r.started < r.most() }

// ask sends a query to the next resolver; after the last one it is the first
// one's turn again.
func (r *race) ask(ctx context.Context) {
	to := r.servers[r.next%len(r.servers)]
	r.next++
	r.start(ctx, to)
}

// start sends a query to one resolver.
func (r *race) start(ctx context.Context, to *upstream) {
	r.started++
	r.spent++
	r.cut = false
	t := &try{of: r, to: to}
	r.open = append(r.open, t)
	r.wait()
	if r.c.o.Transport != UDP {
		r.stream(ctx, t)
		return
	}
	select {
	case to.turns <- struct{}{}:
		t.call = &call{try: t, w: r.w, out: r.put, release: to.datagramDone}
		if err := to.datagram(ctx, t.call); err != nil {
			t.call = nil
			r.put(result{try: t, err: err})
		}
	default:
		r.queue(ctx, t)
	}
}

// wait sets the time for the next query or, where none is left, for the end.
func (r *race) wait() {
	d := r.c.o.Timeout
	if r.spent < r.c.o.Tries && !r.cut {
		d = min(d/2, retryAfter)
	}
	r.arm(d)
}

// queue sends a try over a datagram socket when there is a turn for it.
func (r *race) queue(ctx context.Context, t *try) {
	w := slices.Clone(r.w)
	r.aside(ctx, t, func(ctx context.Context) {
		raw, err := t.to.queued(ctx, w)
		r.put(result{try: t, raw: raw, err: err})
	})
}

// stream sends a try over a connection.
func (r *race) stream(ctx context.Context, t *try) {
	w := slices.Clone(r.w)
	r.aside(ctx, t, func(ctx context.Context) {
		raw, err := t.to.stream(ctx, w)
		r.put(result{try: t, raw: raw, err: err})
	})
}

// aside does what may block in a goroutine that ends with the race, with the
// client, or when the time for one query is over.
func (r *race) aside(ctx context.Context, t *try, f func(context.Context)) {
	ctx, t.cancel = context.WithTimeout(ctx, r.c.o.Timeout)
	stop := context.AfterFunc(r.c.life, t.cancel)
	if !r.c.spawn(func() {
		defer stop()
		f(ctx)
	}) {
		stop()
		r.put(result{try: t, err: errClosed})
	}
}

// stop forgets all that is under way.
func (r *race) stop() {
	for _, t := range r.open {
		t.stop()
	}
}

func (t *try) stop() {
	if t.cancel != nil {
		t.cancel()
	}
	if t.call != nil {
		t.call.socket.drop(t.call)
	}
}

// late draws the consequences for those who keep others waiting: other resolvers
// go first for a while, and the socket is given up, in case that a route or a
// firewall in between has forgotten it.
func (r *race) late() {
	for _, t := range r.open {
		if len(r.servers) > 1 {
			t.to.markSick()
		}
		if t.call != nil {
			t.call.socket.retire()
		}
	}
}

// silent notes that the time is over.
func (r *race) silent() {
	reason := fact.DNSTimeout
	if r.cut {
		reason = fact.DNSTruncated
	}
	r.note(reason, nil)
}

// lost gives the best of the bad news.
func (r *race) lost() (*dns.Msg, error) {
	if r.refusal != nil {
		return r.refusal, nil
	}
	// Reasons that tell most come first. A resolver that was silent hides one
	// that could not be reached; a lack of our own hides both.
	for _, reason := range []fact.Reason{
		fact.DNSTruncated, fact.DNSMalformed, fact.LocalFD, fact.LocalNetwork,
		fact.LocalOverload, fact.DNSTimeout, fact.LocalResolver,
	} {
		if slices.Contains(r.reasons, reason) {
			return nil, &Error{Reason: reason, Err: errors.Join(r.errs...)}
		}
	}
	return nil, &Error{Reason: fact.LocalResolver, Err: errors.Join(r.errs...)}
}

func (r *race) note(reason fact.Reason, err error) {
	r.reasons = append(r.reasons, reason)
	if err != nil {
		r.errs = append(r.errs, err)
	}
}
