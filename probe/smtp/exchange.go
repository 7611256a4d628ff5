package smtp

import (
	"errors"
	"net"
	"os"
	"time"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/reply"
	"mx_exporter/probe/talk"
)

// begin ends the stage under way and starts the next. The caller gives it its
// time.
func (c *Conversation) begin(s fact.Stage, at time.Time) {
	c.end()
	c.now, c.began = Stage{Stage: s}, at
}

// end records the stage under way.
func (c *Conversation) end() {
	if !c.began.IsZero() && !c.aside {
		c.d.Stages = append(c.d.Stages, c.now)
	}
	c.began = time.Time{}
}

// took notes how long the stage under way has lasted.
func (c *Conversation) took(until time.Time) {
	c.now.Took = fact.Elapsed(max(0, until.Sub(c.began)))
}

// fail is a failure of the stage under way.
func (c *Conversation) fail(r fact.Reason, detail string) *fact.Failure {
	return &fact.Failure{Stage: c.now.Stage, Reason: r, Detail: c.hide.Clean(detail)}
}

// ask says one command and hears its reply.
func (c *Conversation) ask(cmd command) (reply.Reply, *fact.Failure) {
	if c.surplus() {
		return c.unasked()
	}
	if f := c.say(cmd); f != nil {
		return reply.Reply{}, f
	}
	return c.hear()
}

// unasked hears what the server said before it was asked. A server may say 421
// at any time, because it must leave (RFC 5321 section 3.8); everything else
// means that it is out of step.
func (c *Conversation) unasked() (reply.Reply, *fact.Failure) {
	c.due++
	c.clock.Allow(talk.Farewell)
	r, f := c.hear()
	if refusedForNow(r) {
		return r, f
	}
	detail := "the server spoke before it was asked"
	if r.Code != 0 {
		detail += ": " + said(r)
	}
	c.now.Reply, c.now.Class = nil, ""
	return reply.Reply{}, c.fail(fact.ReplyInvalid, detail)
}

// surplus reports that the server has sent what nobody asked for. With it, every
// later reply would be taken for the answer to the wrong command.
func (c *Conversation) surplus() bool {
	return c.r.Buffered() > 0 || c.conn == c.raw && talk.Readable(c.raw)
}

// say sends commands in one flight.
func (c *Conversation) say(cmds ...command) *fact.Failure {
	var flight []byte
	shown := make([]string, 0, len(cmds))
	for _, cmd := range cmds {
		line, err := cmd.line()
		if err != nil {
			return ours(c.now.Stage, err)
		}
		flight = append(flight, line...)
		shown = append(shown, cmd.text())
	}
	return c.send(flight, shown...)
}

// send writes lines that each ask for a reply. Shown is what the transcript has
// of each.
func (c *Conversation) send(flight []byte, shown ...string) *fact.Failure {
	at := time.Now()
	for _, line := range shown {
		c.t.Add(at, Client, line)
	}
	c.due += len(shown)
	_, err := c.conn.Write(flight)
	if err == nil {
		return nil
	}
	return c.unsent(err)
}

// unsent is the failure when a write did not end well.
func (c *Conversation) unsent(err error) *fact.Failure {
	c.mute = true
	if errors.Is(err, os.ErrDeadlineExceeded) {
		c.took(time.Now())
		return c.fail(c.clock.Late(c.now.Stage), "the server does not read what it is sent")
	}
	return c.gone(err)
}

// gone says how a connection ended that takes nothing more: reading tells, and
// may even give the server's last words. A connection that is not over for
// reading is broken all the same.
func (c *Conversation) gone(err error) *fact.Failure {
	c.clock.Allow(talk.Farewell)
	_, f := c.hear()
	if f == nil || f.Reason == fact.StageTimeout {
		return c.fail(fact.Reset, err.Error())
	}
	return f
}

// hear reads one reply of the stage under way and judges it. The reply is also
// given with a failure that it caused.
func (c *Conversation) hear() (reply.Reply, *fact.Failure) {
	r, f := c.listen()
	if f != nil {
		return r, f
	}
	r = *c.now.Reply
	return r, c.judge(r)
}

// listen reads one reply of the stage under way and leaves it to the caller to
// judge it. Nothing of what it says is kept that must not be seen; only the
// challenge of a login is given as it came.
func (c *Conversation) listen() (reply.Reply, *fact.Failure) {
	r, err := c.r.Read()
	at := time.Now()
	if err == nil {
		at = c.r.LastByte()
	}
	c.took(at)
	for _, line := range c.r.Partial() {
		c.t.Add(at, Server, c.hide.line(c.now.Stage, line))
	}
	if err != nil {
		return reply.Reply{}, c.unheard(err)
	}
	c.due--
	shown := c.hide.reply(c.now.Stage, r)
	c.now.Reply, c.now.Class = &shown, reply.Classify(c.now.Stage, r)
	if r.Code == 334 && c.now.Stage == fact.Auth {
		return r, nil
	}
	return shown, nil
}

// judge gives the failure that a reply means, or nil.
func (c *Conversation) judge(r reply.Reply) *fact.Failure {
	why := ReplyReason(c.now.Stage, r)
	if why == "" {
		return nil
	}
	if r.Code/100 == 3 {
		// The server waits for something else than a command now: after 354,
		// whatever we say would be mail.
		c.mute = true
	}
	if why == fact.ReplyInvalid || why == fact.BannerInvalid {
		c.now.Class = reply.ProtocolError
	}
	return c.fail(why, said(r))
}

// unheard gives the failure when no reply could be read.
func (c *Conversation) unheard(err error) *fact.Failure {
	var e *reply.Error
	if !errors.As(err, &e) {
		return c.fail(fact.ReplyInvalid, err.Error())
	}
	detail := e.Err.Error()
	switch why := e.Reason; {
	case errors.Is(err, os.ErrDeadlineExceeded):
		// A server that has not greeted is not to be spoken to.
		c.mute = c.mute || c.now.Stage == fact.Banner
		return c.fail(c.clock.Late(c.now.Stage), "no complete reply came in time")
	case c.alert(err):
		c.mute = true
		return c.fail(fact.TLSHandshake, detail)
	case why == fact.ReplyInvalid && c.now.Stage == fact.Banner:
		c.mute = true
		return c.fail(fact.BannerInvalid, detail)
	case why == fact.ReplyInvalid, why == fact.ReplyCodeMismatch:
		return c.fail(why, detail)
	default:
		c.mute = true
		return c.fail(why, detail)
	}
}

// literal is an address as EHLO takes it from those who have no name (RFC 5321
// section 4.1.3).
func literal(a net.Addr) string {
	tcp, ok := a.(*net.TCPAddr)
	switch {
	case !ok:
		return "localhost"
	case tcp.IP.To4() != nil:
		return "[" + tcp.IP.To4().String() + "]"
	}
	return "[IPv6:" + tcp.IP.String() + "]"
}
