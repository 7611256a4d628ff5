package spf

import (
	"fmt"
	"slices"
	"strings"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/txt"
)

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
		for _, m := range slices.Concat(mechanisms, modifiers) {
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
