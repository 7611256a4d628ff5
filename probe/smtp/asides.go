package smtp

import "mx_exporter/probe/fact"

// asides asks what has nothing to do with the mail that the server is there for:
// whether it takes mail for a mailbox that cannot exist, and for domains that are
// none of its business. Each recipient has a transaction of its own, given up
// right after its RCPT (RFC 5321 section 4.1.1.5). Nothing here changes the
// dialogue's failure: what was to be learned about the server's own mail is known
// by then.
func (c *Conversation) asides() {
	if c.o.MailFrom == "" || !c.o.asides() {
		return
	}
	if c.o.Unknown != "" {
		c.d.Unknown = &Recipient{Address: c.o.Unknown}
		said, goesOn := c.try(c.o.Unknown)
		if said != nil {
			c.d.Unknown = said
		}
		if !goesOn {
			return
		}
	}
	for _, to := range c.o.Relay {
		said, goesOn := c.try(to)
		if said != nil {
			c.d.Relay = append(c.d.Relay, *said)
		}
		if !goesOn {
			return
		}
	}
	_ = c.Reset()
}

// try names one recipient. The answer is nil where none came that is one; then,
// or after a 421, the server is to be left alone.
func (c *Conversation) try(to string) (said *Recipient, goesOn bool) {
	if c.Reset() != nil {
		return nil, false
	}
	if _, f := c.Mail(c.o.MailFrom); f != nil {
		return nil, false
	}
	r, f := c.Rcpt(to)
	if r.Code == 0 || f != nil && f.Reason == fact.ReplyInvalid {
		return nil, false
	}
	return &Recipient{Address: to, Reply: r, Class: c.now.Class}, !refusedForNow(r)
}
