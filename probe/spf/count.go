package spf

import (
	"fmt"
	"strings"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/txt"
)

// counter walks the tree in the order of evaluation and notes what is wrong.
type counter struct {
	r         *Result
	permanent map[*node]bool
}

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

// whole notes what is wrong with the record as a whole.
func (c *counter) whole(n *node) {
	r := c.r
	if n.err != nil {
		c.note(n, nil, Undecided, "its TXT records could not be looked up (%s)", dnsq.ReasonOf(n.err))
		return
	}
	c.lookalikes(n)
	if n.record == nil {
		return
	}
	more := ""
	if r.More {
		more = "more than "
	}
	switch {
	case r.Lookups > maxLookups:
		c.note(n, nil, TooManyLookups, "it takes %s%d DNS look-ups, and %d are allowed%s", more, r.Lookups, maxLookups, c.costliest())
	case r.Lookups == maxLookups:
		c.note(n, nil, AtLimit, "it takes %d DNS look-ups, and no more are allowed%s", r.Lookups, c.costliest())
	}
	if r.Voids > maxVoids {
		c.note(n, nil, TooManyVoids, "%d of its DNS look-ups find nothing, and %d are allowed: %s", r.Voids, maxVoids, c.void())
	}
	if len(r.Record) > longRecord {
		c.note(n, nil, LongRecord, "it is %d octets long, and %d are advised", len(r.Record), longRecord)
	}
	if r.Octets > longAnswer {
		c.note(n, nil, LongAnswer, "the answer with all TXT records of the name takes about %d octets, and %d pass everywhere over UDP", r.Octets, longAnswer)
	}
	c.glued(n)
}

const (
	longRecord = 450  // RFC 7208 section 3.4
	longAnswer = 1232 // what resolvers announce over EDNS since the DNS Flag Day of 2020
)

// costliest names the terms of the domain's own record that cost most.
func (c *counter) costliest() string {
	var parts []string
	for _, s := range c.r.Steps {
		if s.Depth == 0 && s.Lookups > 1 {
			parts = append(parts, fmt.Sprintf("%s %d", txt.Quote(s.Term), s.Lookups))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return ": " + strings.Join(parts[:min(len(parts), 10)], ", ")
}

// void names the terms that find nothing.
func (c *counter) void() string {
	var parts []string
	for _, s := range c.r.Steps {
		if s.Void {
			parts = append(parts, txt.Quote(s.Term))
		}
	}
	return strings.Join(parts[:min(len(parts), 10)], ", ")
}

// glued notes strings that meet in the middle of what looks like two terms:
// nothing is put between them (RFC 7208 section 3.3).
func (c *counter) glued(n *node) {
	text := n.text.Text
	for _, j := range n.text.Joints {
		if j == 0 || j >= len(text) || text[j-1] == ' ' || text[j] == ' ' {
			continue
		}
		next := strings.ToLower(strings.TrimLeft(text[j:], "+-~?"))
		for _, m := range append(mechanisms, modifiers...) {
			rest, ok := strings.CutPrefix(next, m)
			if ok && (strings.HasPrefix(rest, ":") || strings.HasPrefix(rest, "=") || m == string(All) && (rest == "" || rest[0] == ' ')) {
				p := Problem{Kind: Glued, Domain: n.domain, Column: j + 1, Text: fmt.Sprintf(
					"one string ends and the next begins with %s, without a space between them", txt.Quote(strings.Fields(text[j:])[0]))}
				c.r.Problems = append(c.r.Problems, p)
				break
			}
		}
	}
}

// lookalikes notes TXT records that were meant to be SPF and are not.
func (c *counter) lookalikes(n *node) {
	for _, rec := range n.answer.Records {
		if s := strings.ToLower(rec.Text); !Is(rec.Text) && resembles(s) {
			c.note(n, nil, Lookalike, "the TXT record %s is no SPF record; one begins with \"v=spf1\" and a space", txt.Quote(rec.Text))
			if n.count == 0 {
				break
			}
		}
	}
}

// resembles reports whether a text in lower case was meant to be SPF. Records of
// other versions ("spf2.0/pra", RFC 4406) are none of our business.
func resembles(s string) bool {
	s = strings.TrimLeft(s, " \t\"'")
	for _, p := range []string{"v=spf1", "v=spf ", "v=spf,", "v=spf:", "v=spf;", "v=spfi", "v=spfl", "vspf1", "v =spf1", "v= spf1", "v = spf1", "v:spf1", "v-spf1", "=spf1", "spf1 "} {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}
