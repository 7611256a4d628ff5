package smtp

import (
	"time"

	"mx_exporter/probe/fact"
)

// hello introduces us by EHLO and, where that is refused for good, once by HELO,
// which every server since RFC 821 knows. A temporary refusal is about us or
// about the moment, so HELO would not help. What an earlier EHLO said is
// forgotten (RFC 3207 section 4.2).
func (c *Conversation) hello(stage fact.Stage) *fact.Failure {
	c.begin(stage, time.Now())
	c.clock.Allow(c.o.Timeouts.Command)
	c.d.Extensions, c.d.HELO = nil, false
	r, f := c.ask(command{verb: ehlo, arg: c.o.Name})
	if f == nil {
		c.d.Extensions = extensions(r)
		return nil
	}
	if !r.Permanent() {
		return f
	}
	second, g := c.ask(command{verb: helo, arg: c.o.Name})
	switch {
	case g == nil:
		c.d.HELO = true
		return nil
	case second.Code == 0 && hungUp(g.Reason):
		// The refusal of EHLO says more than the silence after it.
		return f
	}
	return g
}

func hungUp(r fact.Reason) bool { return r == fact.EOF || r == fact.Reset }

// offers reports whether the last EHLO announced an extension.
func (c *Conversation) offers(keyword string) bool { return announced(c.d.Extensions, keyword) }
