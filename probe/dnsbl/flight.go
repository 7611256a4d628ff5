package dnsbl

import (
	"slices"
	"time"

	"github.com/miekg/dns"

	"mx_exporter/probe/dnsq"
)

// flight is one question about a subject under way, for all who wait for it.
// Client.mu guards it.
type flight struct {
	pair    pair
	errand  *errand
	waiters int
	known   *reading      // as far as it is known
	over    bool          // known will not change
	done    chan struct{} // closed then
}

// fly puts a question about a subject into its lane's queue.
func (c *Client) fly(p pair, l *List, s Subject, now time.Time) *flight {
	f := &flight{pair: p, waiters: 1, done: make(chan struct{})}
	f.errand = &errand{
		lane: p.lane, list: l, query: s.labels() + "." + l.Zone.name() + ".", latest: now.Add(c.o.Wait),
		deliver: func(r *reading) { c.land(f, r) },
		text: func(r *reading) bool {
			f.known = r
			return l.Words && l.judge(r).verdict == Listed
		},
	}
	c.flights[p] = f
	p.lane.queue = append(p.lane.queue, f.errand)
	return f
}

// land ends a flight. A nil reading is a question that was not asked in time.
func (c *Client) land(f *flight, r *reading) {
	f.known, f.over = r, true
	delete(c.flights, f.pair)
	close(f.done)
	if r == nil || r.failed == Local {
		return
	}
	if r.failed != "" {
		c.memory.Set(f.pair, r, minTTL)
		return
	}
	c.memory.Set(f.pair, r, maxTTL)
}

// leave gives what a flight has told so far. A question that has not gone out
// and that nobody waits for any more is forgotten.
func (c *Client) leave(f *flight) (*reading, judgement) {
	f.waiters--
	switch {
	case f.known != nil:
		return f.known, judgement{}
	case f.errand.sent:
		return nil, judgement{verdict: Unknown, reason: Timeout, detail: "no answer in time"}
	}
	if f.waiters == 0 && !f.over {
		ln := f.pair.lane
		ln.queue = slices.DeleteFunc(ln.queue, func(e *errand) bool { return e == f.errand })
		delete(c.flights, f.pair)
	}
	return nil, overBudget()
}

// test gives the self-test of a list for a family, and has it made when there is
// none that still counts. It gives nil for a list that is not tested.
func (c *Client) test(o *order, l *List, f Family, now time.Time) *selfTest {
	k := testKey{l.Name, f}
	if t, ok := o.tests[k]; ok {
		return t
	}
	o.asked = append(o.asked, k)
	if l.selfTest() == Skip {
		o.tests[k] = nil
		return nil
	}
	ln := c.lane(l)
	t := ln.tests[f]
	if t == nil || (t.over() && !now.Before(t.until)) {
		t = c.beginTest(ln, l, f, now)
	}
	o.tests[k] = t
	return t
}

// beginTest puts the questions of a self-test before all others. While the list
// is left alone, its refusal is the outcome.
func (c *Client) beginTest(ln *lane, l *List, f Family, now time.Time) *selfTest {
	t := newSelfTest(*l, f)
	ln.tests[f] = t
	if ln.refused(now) {
		t.left = 0
		t.broken = &Health{State: Broken, Fault: Fault(ln.plea), Detail: ln.refusal(now).detail}
		t.finish(now)
		t.until = ln.until
		return t
	}
	var es []*errand
	for _, p := range t.points {
		es = append(es, &errand{
			lane: ln, list: l, query: p.labels + "." + l.Zone.name() + ".",
			deliver: func(r *reading) { t.take(p, r) },
		})
	}
	ln.queue = append(es, ln.queue...)
	return t
}

// send asks a list. The batch answers from its own goroutine, never from here.
func (c *Client) send(e *errand) {
	e.sent = true
	e.lane.under++
	c.under++
	dnsq.LookupIn(c.batch, e.query, func(a dnsq.Answer[*dns.A], err error) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.answered(e, read(a, err, time.Now()))
	})
	if !c.running {
		c.running = true
		c.work.Go(c.run)
	}
}

// answered takes the answer to an errand. The list's words are asked for only
// about a listing, and only if the pace has room: they are for people.
func (c *Client) answered(e *errand, r *reading) {
	if j := e.list.judge(r); j.verdict == Unknown && r.failed == "" {
		told := *r // so that it is not remembered like an answer
		told.failed, told.detail, told.fresh = j.reason, j.detail, r.at.Add(minTTL)
		r = &told
		if j.reason != Hijack {
			c.retreat(e.lane, j.reason, r.at)
		}
	}
	if e.text == nil || !e.text(r) || e.lane.refused(r.at) || !e.lane.pace.AllowN(r.at, 1) {
		c.settle(e, r)
		return
	}
	dnsq.LookupIn(c.batch, e.query, func(a dnsq.Answer[*dns.TXT], _ error) {
		c.mu.Lock()
		defer c.mu.Unlock()
		told := *r
		told.text = e.list.words(a.Records)
		c.settle(e, &told)
	})
}

// settle ends an errand and lets the next one go.
func (c *Client) settle(e *errand, r *reading) {
	e.lane.under--
	c.under--
	e.deliver(r)
	c.pump(e.lane, time.Now())
}

// retreat leaves a list alone that refused us.
func (c *Client) retreat(ln *lane, reason Reason, now time.Time) {
	ln.until, ln.plea = now.Add(refusedFor), reason
	queue := ln.queue
	ln.queue = nil
	for _, e := range queue {
		e.deliver(&reading{failed: reason, detail: plea(reason), at: now, fresh: now})
	}
}

// run waits for answers until there is nothing left to wait for.
func (c *Client) run() {
	for {
		c.batch.Run(c.life)
		c.mu.Lock()
		if c.under == 0 {
			c.running = false
			c.mu.Unlock()
			return
		}
		c.mu.Unlock()
	}
}
