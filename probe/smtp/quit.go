package smtp

import (
	"time"

	"mx_exporter/probe/fact"
)

// farewell says QUIT, unless it was said or must not be, and waits for what the
// server still owes us. Nothing that happens here is a failure.
func (c *Conversation) farewell() {
	if c.mute {
		return
	}
	c.end()
	c.aside = false
	at := time.Now()
	if c.left {
		at = c.lastHeard(at)
	}
	c.begin(fact.Quit, at)
	c.clock.Part(c.o.Timeouts.Quit)
	if !c.left && c.say(command{verb: quit}) != nil {
		return
	}
	for c.due > 0 {
		r, f := c.hear()
		if r.Code == 0 || f != nil {
			return
		}
		c.d.QuitClean = r.Code == 221
	}
}

// lastHeard is when the reply before QUIT's came, where QUIT was sent long before.
func (c *Conversation) lastHeard(otherwise time.Time) time.Time {
	if at := c.r.LastByte(); !at.IsZero() {
		return at
	}
	return otherwise
}
