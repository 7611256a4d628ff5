package smtp

import (
	"time"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/reply"
)

// envelope says MAIL and RCPT as far as the options go.
func (c *Conversation) envelope() *fact.Failure {
	if c.o.MailFrom == "" {
		return nil
	}
	if c.o.Pipelining && !c.o.asides() && c.offers("PIPELINING") {
		return c.flight()
	}
	if _, f := c.Mail(c.o.MailFrom); f != nil {
		return f
	}
	if len(c.o.Recipients) == 0 {
		return nil
	}
	c.begin(fact.Rcpt, time.Now())
	return c.recipients(func(to string) (reply.Reply, *fact.Failure) {
		c.clock.Allow(c.o.Timeouts.Command)
		return c.ask(rcptTo(to))
	})
}

// Mail opens a transaction (RFC 5321 section 4.1.1.2). The sender is an address
// without brackets, or "<>". The reply is the zero one where none came.
func (c *Conversation) Mail(from string) (reply.Reply, *fact.Failure) {
	c.begin(fact.Mail, time.Now())
	c.clock.Allow(c.o.Timeouts.Command)
	return c.ask(mailFrom(from))
}

// Rcpt names one recipient (RFC 5321 section 4.1.1.3), an address without
// brackets.
func (c *Conversation) Rcpt(to string) (reply.Reply, *fact.Failure) {
	c.begin(fact.Rcpt, time.Now())
	c.clock.Allow(c.o.Timeouts.Command)
	return c.ask(rcptTo(to))
}

// Reset gives a transaction up (RSET, RFC 5321 section 4.1.1.5), so that another
// can be tried. The dialogue describes the first: what follows stands in its
// transcript, but not among its stages and recipients.
func (c *Conversation) Reset() *fact.Failure {
	c.end()
	c.aside = true
	c.begin(fact.Mail, time.Now())
	c.clock.Allow(c.o.Timeouts.Command)
	_, f := c.ask(command{verb: rset})
	return f
}

// flight sends MAIL, every RCPT and, where nothing is to follow, QUIT at once (RFC
// 2920 section 3.1, which lets QUIT end a group) and takes the time of each as its
// reply comes.
func (c *Conversation) flight() *fact.Failure {
	c.begin(fact.Mail, time.Now())
	c.clock.Allow(c.o.Timeouts.Command)
	cmds := []command{mailFrom(c.o.MailFrom)}
	for _, to := range c.o.Recipients {
		cmds = append(cmds, rcptTo(to))
	}
	if c.surplus() {
		_, f := c.unasked()
		return f
	}
	if !c.stays {
		cmds = append(cmds, command{verb: quit})
	}
	if f := c.say(cmds...); f != nil {
		return f
	}
	c.left = !c.stays
	if _, f := c.hear(); f != nil {
		return f
	}
	if len(c.o.Recipients) == 0 {
		return nil
	}
	c.begin(fact.Rcpt, c.r.LastByte())
	return c.recipients(func(string) (reply.Reply, *fact.Failure) {
		c.clock.Allow(c.o.Timeouts.Command)
		return c.hear()
	})
}

// recipients tries each recipient by try, whatever became of the one before: one
// unknown address says nothing about the next. Only a server that leaves, or is
// out of step, ends the row. The stage's reply and failure are the worst.
func (c *Conversation) recipients(try func(to string) (reply.Reply, *fact.Failure)) *fact.Failure {
	var worst *fact.Failure
	var kept Stage
	for _, to := range c.o.Recipients {
		r, f := try(to)
		if r.Code != 0 {
			c.d.Recipients = append(c.d.Recipients, Recipient{Address: to, Reply: r, Class: c.now.Class})
		}
		if kept.Reply == nil || graver(f, worst) {
			worst, kept = f, c.now
		}
		if f != nil && (r.Code == 0 || f.Reason == fact.ReplyInvalid || refusedForNow(r)) {
			break
		}
	}
	c.now.Reply, c.now.Class = kept.Reply, kept.Class
	return worst
}

// graver ranks failures: no failure, a refusal for now, one for good, and then
// whatever ended the row.
func graver(a, b *fact.Failure) bool { return gravity(a) > gravity(b) }

func gravity(f *fact.Failure) int {
	switch {
	case f == nil:
		return 0
	case f.Reason == fact.Rcpt4xx:
		return 1
	case f.Reason == fact.Rcpt5xx:
		return 2
	}
	return 3
}
