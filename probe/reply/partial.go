package reply

import (
	"fmt"
	"time"

	"mx_exporter/probe/fact"
)

// partial is a reply under way.
type partial struct {
	reply  Reply
	raw    []string  // lines with their codes, without their line ends
	octets int       // of all lines, with their line ends
	first  time.Time // when its first octet arrived
	done   bool
}

// begin notes when the first octet arrived; what was in the buffer before the
// reply began arrived with the last octets read.
func (p *partial) begin(at time.Time) {
	if p.first.IsZero() {
		p.first = at
	}
}

// empty reports that no line has come yet.
func (p *partial) empty() bool { return len(p.raw) == 0 }

// add takes one more line in, or says which rule it breaks.
func (p *partial) add(l line, limits Limits) *Error {
	if p.octets+l.octets > limits.ReplyBytes {
		return &Error{Reason: fact.ReplyTooManyLines, Err: fmt.Errorf("a reply has more than the %d octets we read", limits.ReplyBytes)}
	}
	if !l.blank() && !p.empty() && l.code() != p.reply.Code {
		return &Error{Reason: fact.ReplyCodeMismatch, Err: fmt.Errorf("line %d has code %d, and the lines before it have %d", len(p.raw)+1, l.code(), p.reply.Code)}
	}
	p.take(l)
	if !p.done && len(p.raw) == limits.Lines {
		return &Error{Reason: fact.ReplyTooManyLines, Err: fmt.Errorf("a reply goes on after the %d lines we read", limits.Lines)}
	}
	return nil
}

// take adds a line that breaks no rule. An empty line between two others adds
// no text: some servers send one, and a client that stops there calls a server
// that takes mail broken. It is noted, because other senders do stop.
func (p *partial) take(l line) {
	p.raw = append(p.raw, l.raw)
	p.octets += l.octets
	p.reply.BareLF = p.reply.BareLF || l.bareLF
	p.reply.Overlong = p.reply.Overlong || l.octets > overlongLine
	if l.blank() {
		p.reply.EmptyLine = true
		return
	}
	p.reply.Code = l.code()
	p.reply.Lines = append(p.reply.Lines, l.text())
	p.done = l.last()
}
