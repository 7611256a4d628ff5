package dnsbl

import (
	"context"
	"time"

	"mx_exporter/probe/fact"
)

// order is what one Check waits for.
type order struct {
	wants []want
	tests map[testKey]*selfTest // nil: the test is skipped
	asked []testKey             // the same, in order
}

// want is one answer that a Check is to give.
type want struct {
	list    *List
	subject Subject
	test    *selfTest
	flight  *flight   // that will tell
	known   *reading  // that was remembered
	said    judgement // that stands without asking
}

type testKey struct {
	list   string
	family Family
}

// begin finds out what is known, and has the rest asked.
func (c *Client) begin(lists []List, subjects []Subject) *order {
	o := &order{tests: map[testKey]*selfTest{}, wants: make([]want, 0, len(lists)*len(subjects))}
	now := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range subjects {
		f := s.family()
		if !c.Allows(s) {
			continue
		}
		labels := len(s.labels())
		for i := range lists {
			if l := &lists[i]; l.asks(f) && labels+1+len(l.Zone.name()) <= 253 {
				o.wants = append(o.wants, c.want(o, l, s, now))
			}
		}
	}
	c.pumpAll(now)
	return o
}

// want finds out where one answer will come from.
func (c *Client) want(o *order, l *List, s Subject, now time.Time) want {
	w := want{list: l, subject: s}
	ln := c.lane(l)
	w.test = c.test(o, l, s.family(), now)
	if ln.refused(now) {
		w.said = ln.refusal(now)
		return w
	}
	if w.test != nil && w.test.over() {
		if j, not := w.test.out.verdict(); not {
			w.said = j
			return w
		}
	}
	p := pair{ln, s.key()}
	var old *reading
	if item := c.memory.Get(p); item != nil {
		if old = item.Value(); now.Before(old.fresh) {
			w.known = old
			return w
		}
	}
	if w.flight = c.flights[p]; w.flight != nil {
		w.flight.waiters++
		return w
	}
	switch wait := ln.delay(now); {
	case wait > 0 && old != nil && old.failed == "":
		w.known = old // better than nothing, and under an hour old
	case wait > c.o.Wait:
		w.said = overBudget()
	default:
		w.flight = c.fly(p, l, s, now)
	}
	return w
}

func overBudget() judgement {
	return judgement{verdict: Unknown, reason: Budget, detail: "it was not this question's turn in time; we ask each list only a few questions a second"}
}

// wait returns when everything has come, or when ctx ends.
func (o *order) wait(ctx context.Context) {
	for _, t := range o.tests {
		if t != nil {
			await(ctx, t.done)
		}
	}
	for i := range o.wants {
		if w := &o.wants[i]; w.flight != nil {
			await(ctx, w.flight.done)
		}
	}
}

func await(ctx context.Context, done <-chan struct{}) {
	select {
	case <-done:
	case <-ctx.Done():
	}
}

// collect makes the result of what has come.
func (c *Client) collect(o *order) *Result {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	res := &Result{Answers: make([]Answer, 0, len(o.wants)), Lists: make([]Health, 0, len(o.asked))}
	for i := range o.wants {
		res.Answers = append(res.Answers, c.answer(&o.wants[i], now))
	}
	for _, k := range o.asked {
		h := Health{State: Skipped}
		if t := o.tests[k]; t != nil && t.over() {
			h = t.out
		} else if t != nil {
			h = Health{State: Untested, Fault: Fault(Timeout), Detail: "no answer in time"}
		}
		h.List, h.Family = k.list, k.family
		res.Lists = append(res.Lists, h)
	}
	return res
}

// answer makes one answer.
func (c *Client) answer(w *want, now time.Time) Answer {
	a := Answer{List: w.list.Name, Subject: w.subject, Query: w.subject.labels() + "." + w.list.Zone.String()}
	r, j := w.known, w.said
	a.Cached = r != nil
	if w.flight != nil {
		r, j = c.leave(w.flight)
	}
	if r != nil {
		a.Took, a.Age = fact.Elapsed(r.took), fact.Elapsed(now.Sub(r.at))
		for _, addr := range r.addrs {
			a.Records = append(a.Records, addr.String())
		}
		j = w.list.judge(r)
		if h := w.health(); j.verdict != Unknown {
			if unfit, not := h.verdict(); not {
				j = unfit
			}
		}
	}
	a.Verdict, a.Reason, a.Hits, a.Unnamed, a.Detail = j.verdict, j.reason, j.hits, j.unnamed, w.list.Zone.scrub(j.detail)
	if a.Verdict == Listed {
		a.Text, a.Delist = r.text, w.list.DelistURL
	}
	return a
}

// health is what is known of the list now.
func (w *want) health() Health {
	switch {
	case w.test == nil:
		return Health{State: Skipped}
	case w.test.over():
		return w.test.out
	}
	return Health{State: Untested, Fault: Fault(Timeout), Detail: "no answer in time"}
}
