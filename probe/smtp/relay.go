package smtp

import "mx_exporter/probe/fact"

// relay asks whether the server takes mail for domains that are none of its
// business: each recipient of Options.Relay in a transaction of its own, given
// up right after its RCPT (RFC 5321 section 4.1.1.5). Nothing here changes the
// dialogue's failure: what was to be learned about the server's own mail is
// known by then.
func (c *Conversation) relay() {
	for _, to := range c.o.Relay {
		if c.Reset() != nil {
			return
		}
		if _, f := c.Mail(c.o.MailFrom); f != nil {
			return
		}
		r, f := c.Rcpt(to)
		if r.Code == 0 || f != nil && f.Reason == fact.ReplyInvalid {
			return
		}
		c.d.Relay = append(c.d.Relay, Recipient{Address: to, Reply: r, Class: c.now.Class})
		if refusedForNow(r) {
			return
		}
	}
	if len(c.o.Relay) > 0 {
		_ = c.Reset()
	}
}
