package spf

import (
	"fmt"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/txt"
)

// counter walks the tree in the order of evaluation and notes what is wrong.
type counter struct{ r *Result }

// note adds a problem with a term of a node; without a term, with the whole.
func (c *counter) note(n *node, t *Term, k Kind, format string, args ...any) {
	p := Problem{Kind: k, Domain: n.domain, Text: fmt.Sprintf(format, args...)}
	if t != nil {
		p.Term, p.Column = t.Number, t.Column
	}
	c.r.Problems = append(c.r.Problems, p)
}

// count gives the look-ups of a record and of all below it.
func (c *counter) count(n *node, depth int) int {
	for _, p := range n.problems {
		// What is unwise in a record of somebody else is not this domain's affair.
		if depth == 0 || p.Kind.Permanent() || p.Kind == PassAll && n.passes() {
			p.Domain = n.domain
			c.r.Problems = append(c.r.Problems, p)
		}
	}
	if n.count > 1 {
		c.note(n, nil, Multiple, "it has %d SPF records, and one is allowed", n.count)
	}
	total := 0
	for _, l := range n.looks {
		at := len(c.r.Steps)
		c.r.Steps = append(c.r.Steps, Step{
			Domain: n.domain, Depth: depth, Number: l.term.Number, Term: l.term.String(), Target: l.target,
			Void: l.void, Hosts: l.hosts, Failure: txt.Failure(l.failed()),
		})
		c.r.Mechanisms[l.term.Name]++
		own := 1
		if l.child != nil {
			own += c.count(l.child, depth+1)
		}
		c.r.Steps[at].Lookups = own
		total += own
		c.look(n, l)
	}
	return total
}

// look notes what is wrong with one term that asks.
func (c *counter) look(n *node, l *look) {
	if l.void {
		c.r.Voids++
	}
	err := l.failed()
	switch {
	case l.loop:
		c.note(n, l.term, Loop, "%s leads back to a record that led here", txt.Quote(l.term.String()))
	case err != nil:
		c.note(n, l.term, Undecided, "%s could not be looked up (%s)", txt.Quote(l.term.String()), dnsq.ReasonOf(err))
	case l.child != nil && l.child.count == 0:
		c.note(n, l.term, NoSuchRecord, "%s names a domain that has no SPF record", txt.Quote(l.term.String()))
	case l.hosts > maxHosts:
		c.note(n, l.term, TooManyMX, "%s stands for %d hosts, and %d are allowed", txt.Quote(l.term.String()), l.hosts, maxHosts)
	}
}

// failed gives why a term could not be decided now.
func (l *look) failed() error {
	if l.child != nil {
		return l.child.err
	}
	return l.err
}

// passes reports whether whoever passes in the record of n passes for the
// domain as well: all on the way there is include with "+", or redirect.
func (n *node) passes() bool {
	for p := n.parent; p != nil; n, p = p, p.parent {
		for _, l := range p.looks {
			if l.child == n && l.term.Name == Include && l.term.Qualifier != Plus {
				return false
			}
		}
	}
	return true
}
