package spf

import (
	"context"
	"net/netip"
	"strings"
	"sync"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/txt"
)

// Options shape a check. The zero value looks at the record and evaluates no
// sender.
type Options struct {
	Senders []netip.Addr // servers that send the domain's mail; each is to pass
	HELO    string       // the name they greet with, for macros; "": the domain
}

// Check looks at a domain's record and at all records that it leads to. It costs
// at most 40 look-ups of records and 10 of addresses, each of the latter up to
// 21 questions. The domain is an absolute name in A-label form.
func Check(ctx context.Context, x dnsq.Exchanger, domain string, o Options) *Result {
	domain = strings.ToLower(strings.TrimSuffix(domain, "."))
	t := &tree{x: x, root: &node{domain: domain}}
	t.grow(ctx)
	r := t.result()
	r.Senders = evaluateAll(ctx, x, domain, o)
	return r
}

// evaluateAll asks for each sender what a receiver would say.
func evaluateAll(ctx context.Context, x dnsq.Exchanger, domain string, o Options) []Evaluation {
	helo := o.HELO
	if helo == "" {
		helo = domain
	}
	out := make([]Evaluation, len(o.Senders))
	turn := make(chan struct{}, workers)
	var wg sync.WaitGroup
	for i, ip := range o.Senders {
		turn <- struct{}{}
		wg.Go(func() {
			defer func() { <-turn }()
			outcome, err := Evaluate(ctx, x, ip, "postmaster@"+domain, helo)
			out[i] = Evaluation{Address: ip, Outcome: outcome}
			if err != nil {
				out[i].Detail = err.Error()
			}
		})
	}
	wg.Wait()
	return out
}

// result judges the tree.
func (t *tree) result() *Result {
	n := t.root
	r := &Result{
		Domain: n.domain, Record: n.text.Text, Octets: n.answer.Octets, More: t.cut,
		Failure: txt.Failure(n.err), Mechanisms: map[Name]int{}, All: n.all(),
	}
	if n.record != nil {
		r.Strings = len(n.text.Joints) + 1
	}
	c := counter{r: r}
	r.Lookups = c.count(n, 0)
	c.whole(n)
	r.Authorised = authorised(n)
	r.Status = r.status(n)
	return r
}

// status puts the problems into one word. What is wrong for good stays wrong
// when other look-ups succeed, so fail comes before error.
func (r *Result) status(n *node) fact.Status {
	undecided := n.err != nil
	for _, p := range r.Problems {
		if p.Kind.Permanent() {
			return fact.Fail
		}
		undecided = undecided || p.Kind == Undecided
	}
	switch {
	case undecided:
		return fact.Error
	case n.count == 0 && n.answer.Truncated:
		return fact.Error // it may stand among the records that were not looked at
	case n.count == 0:
		return fact.None
	}
	return fact.Pass
}

// all is the qualifier that decides about senders that match nothing else.
func (n *node) all() Qualifier {
	if n == nil || n.record == nil {
		return ""
	}
	if t := n.record.find(All); t != nil {
		return t.Qualifier
	}
	for _, l := range n.looks {
		if l.term.Name == Redirect {
			return l.child.all()
		}
	}
	return ""
}
