package spf

import (
	"context"
	"net/netip"
	"strings"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/txt"
)

// Limits of RFC 7208 section 4.6.4, and ours.
const (
	maxLookups = 10 // terms that ask
	maxVoids   = 2  // of them that find nothing
	maxHosts   = 10 // of one mx
	maxTerms   = 40 // that we count, so that the finding can say how far over the limit a record is
	workers    = 6  // look-ups of one domain under way
)

// node is one record of the tree that include and redirect make.
type node struct {
	domain   string
	parent   *node
	answer   txt.Answer
	count    int        // records of SPF at that name
	text     txt.Record // the one that counts
	record   *Record    // nil when there is none, or several
	problems []Problem
	err      error // the TXT look-up failed for now
	looks    []*look
}

// look is one term that asks.
type look struct {
	term   *Term
	target string       // the name asked for; "" where it depends on the mail
	child  *node        // of include and redirect
	loop   bool         // the target is a record that led here
	hosts  int          // of mx
	addrs  []netip.Addr // of a and mx
	void   bool         // the answer held nothing
	after  bool         // not asked, because the limit had been passed
	err    error        // it failed for now
}

// tree grows the records that a domain's record leads to.
type tree struct {
	x     dnsq.Exchanger
	root  *node
	terms int  // that ask, so far
	cut   bool // there are more than are counted
}

// grow fetches the tree, one level after the other, so that what is asked does
// not depend on which answer comes first.
func (t *tree) grow(ctx context.Context) {
	t.root.fetch(ctx, t.x)
	level := []*node{t.root}
	for len(level) > 0 {
		var looks []*look
		for _, n := range level {
			looks = append(looks, t.plan(n)...)
		}
		level = nil
		t.ask(ctx, looks)
		for _, l := range looks {
			if l.child != nil {
				level = append(level, l.child)
			}
		}
	}
}

// plan lists what the record of a node asks for. A record with a mistake is not
// evaluated, so nothing is asked.
func (t *tree) plan(n *node) []*look {
	if n.record == nil || wrong(n.problems) {
		return nil
	}
	for _, term := range n.record.evaluated() {
		if !term.Name.asks() {
			continue
		}
		if t.terms == maxTerms {
			t.cut = true
			break
		}
		t.terms++
		l := &look{term: term, after: t.terms > maxLookups}
		if name, ok := expand(term.Argument, n.domain, t.root.domain); ok && term.Name != PTR {
			l.target = strings.ToLower(strings.TrimSuffix(name, "."))
			if l.target == "" {
				l.target = n.domain
			}
		}
		if l.target != "" && (term.Name == Include || term.Name == Redirect) {
			l.follow(n)
		}
		n.looks = append(n.looks, l)
	}
	return n.looks
}

// follow makes the node that an include or redirect leads to.
func (l *look) follow(from *node) {
	for p := from; p != nil; p = p.parent {
		if p.domain == l.target {
			l.loop = true
			return
		}
	}
	l.child = &node{domain: l.target, parent: from}
}

// fetch reads the record of a node.
func (n *node) fetch(ctx context.Context, x dnsq.Exchanger) {
	a, err := txt.Lookup(ctx, x, n.domain)
	n.answer, n.err = a, undecided(err, n.domain)
	var found []txt.Record
	for _, r := range a.Records {
		if Is(r.Text) {
			found = append(found, r)
		}
	}
	n.count = len(found)
	if len(found) == 1 {
		n.text = found[0]
		n.record, n.problems = Parse(n.text.Text)
	}
}
