package bounce

import (
	"slices"
	"strings"
)

// merge completes what the fields say from the prose, or makes the recipients from
// the prose where there are no fields.
func (n notice) merge(recipients []Recipient, c *content, r *Report) []Recipient {
	fromFields := len(recipients) > 0
	if !fromFields {
		recipients = n.recipients(c, r)
	}
	action, refusals, alone := n.action(c), transcript(n.text), len(recipients) == 1
	for i := range recipients {
		one := &recipients[i]
		if one.Address == "" && alone && len(n.blocks) == 1 {
			one.Address = n.blocks[0].address // the fields name a pipe or a file
		}
		text := n.about(one.Address)
		if !worded(text) && alone {
			text = n.text
		}
		one.complete(text, refusals, alone)
		if alone {
			one.place(n.text)
		}
		if !fromFields {
			one.Action = action
		}
	}
	return recipients
}

// recipients are those that the prose names. Where it names none, the header or
// the original may: a field X-Failed-Recipients (Exim, Gmail), then the recipient of
// the original.
func (n notice) recipients(c *content, r *Report) []Recipient {
	var rs []Recipient
	add := func(who string) {
		known := slices.ContainsFunc(rs, func(r Recipient) bool { return strings.EqualFold(r.Address, who) })
		if who != "" && !known && len(rs) < maxRecipients {
			rs = append(rs, Recipient{Address: who})
		}
	}
	for _, b := range n.blocks {
		if !strings.EqualFold(b.address, r.To) || len(n.blocks) == 1 {
			add(b.address)
		}
	}
	if failed := c.header.first("x-failed-recipients"); failed != "" && len(rs) == 0 {
		for _, who := range address.FindAllString(strings.ToValidUTF8(cut(failed, maxNotice), "?"), maxRecipients) {
			add(who)
		}
	}
	if len(rs) == 0 {
		add(mailbox(r.Original.To))
	}
	if len(rs) == 0 {
		rs = append(rs, Recipient{})
	}
	return rs
}

// complete fills what the fields left open from what the prose says about this
// recipient, and where that has no reply, from the transcript.
func (r *Recipient) complete(text string, refusals []refused, alone bool) {
	r.evidence = clean(text)
	if r.Reply == nil {
		if one, ok := refusal(text); ok {
			r.Reply = &one
		} else if one, ok := ofTranscript(refusals, r.Address, alone); ok && !worded(r.Diagnostic) {
			r.Reply = &one
		}
	}
	if r.Reply != nil && !worded(r.Diagnostic) {
		r.Diagnostic = clean(r.Reply.Text())
	}
	if r.Status == "" {
		r.Status = enhancedIn(text)
	}
	if r.Diagnostic == "" {
		r.Diagnostic = gist(text)
	}
	r.place(r.Diagnostic)
	r.place(text)
}

// place finds where the reply came from, as far as it is still open.
func (r *Recipient) place(text string) {
	if r.Stage == "" {
		r.Stage = stageOf(text)
	}
	if r.Remote == "" {
		r.Remote = remoteIn(text)
	}
}

// gist is the beginning of a text: its first paragraph that has words and does not
// only lead to the next one.
func gist(text string) string {
	lead := ""
	for p := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		if p = clean(p); !worded(p) {
			continue
		}
		if !strings.HasSuffix(p, ":") {
			return p
		}
		lead = p
	}
	return lead
}

// worded reports a text that says something: one with letters.
func worded(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r > 0x7f })
}
