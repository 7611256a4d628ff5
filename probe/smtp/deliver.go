package smtp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/reply"
	"mx_exporter/probe/talk"
)

// data begins a message (RFC 5321 section 4.1.1.4). It stands in this file, and
// not among the verbs of a probe, because nothing but a round trip may say it.
const data verb = "DATA"

// Delivery is what became of a message that was to be sent.
type Delivery struct {
	Outcome Outcome `json:"outcome"`
	Size    int     `json:"size_bytes"`       // octets of the message, before dots were doubled
	Queued  string  `json:"queued,omitempty"` // what the server said when it took the message, quoted and cut: its name for it, as a rule
}

// Outcome is one of four ways in which a delivery ends. It is a label-safe word.
type Outcome string

// The outcomes.
const (
	NotSent Outcome = "not_sent" // the message's end was never said: the server has nothing
	Refused Outcome = "refused"  // the server took all of it and said no
	Taken   Outcome = "taken"    // the server is responsible for it now (RFC 5321 section 6.1)
	// Unknown: the end was said, and no answer came that says what became of the
	// message. It must not be sent again (RFC 1047): it may arrive.
	Unknown Outcome = "unknown"
)

// Outcomes lists every Outcome in the order above.
func Outcomes() []Outcome { return []Outcome{NotSent, Refused, Taken, Unknown} }

// Deliver holds one whole conversation in which one message is given to the
// server for one recipient, and closes the connection. It is for round trips,
// which own the mailbox at the other end; a probe never calls it.
//
// Of the options, those that name senders and recipients, and pipelining, count
// for nothing. The Dialogue's Delivery says what became of the message; a failure
// before its end has the reason of its stage, and one after it is
// [fact.DataUnknown] unless the server said no.
func Deliver(ctx context.Context, conn net.Conn, o Options, m Message) *Dialogue {
	o.MailFrom, o.Recipients = m.sender(), []string{m.To}
	o.Unknown, o.Relay, o.Pipelining = "", nil, false
	delivery := &Delivery{Outcome: NotSent, Size: len(m.Content)}
	if err := m.Check(); err != nil {
		_ = conn.Close()
		return &Dialogue{Delivery: delivery, Failure: ours(fact.Data, err)}
	}
	c, f := Open(ctx, conn, o)
	c.d.Delivery = delivery
	if f == nil {
		f = c.deliver(m)
	}
	return c.Close(f)
}

func (c *Conversation) deliver(m Message) *fact.Failure {
	params, err := c.parameters(m)
	if err != nil {
		return ours(fact.Mail, err)
	}
	c.begin(fact.Mail, time.Now())
	c.clock.Allow(c.o.Timeouts.Command)
	from := mailFrom(m.sender())
	from.params = params
	if _, f := c.ask(from); f != nil {
		return f
	}
	c.begin(fact.Rcpt, time.Now())
	if f := c.recipients(func(to string) (reply.Reply, *fact.Failure) {
		c.clock.Allow(c.o.Timeouts.Command)
		return c.ask(rcptTo(to))
	}); f != nil {
		return f
	}
	return c.message(m)
}

// errEightBit is about a server that would have to change the message to take it.
var errEightBit = errors.New("the message has octets over 127, and the server does not announce 8BITMIME (RFC 6152 section 3)")

// parameters are those of MAIL that the message needs and the server announced:
// its size (RFC 1870 section 6) and that it has octets over 127 (RFC 6152).
func (c *Conversation) parameters(m Message) (string, error) {
	var params string
	if c.offers("SIZE") {
		params = "SIZE=" + strconv.Itoa(len(m.Content))
	}
	switch {
	case !m.eightBit():
		return params, nil
	case !c.offers("8BITMIME"):
		return "", errEightBit
	case params != "":
		params += " "
	}
	return params + "BODY=8BITMIME", nil
}

// message is the stage data: the command, the message and the reply to it.
func (c *Conversation) message(m Message) *fact.Failure {
	c.begin(fact.Data, time.Now())
	c.clock.Allow(c.o.Timeouts.Data)
	r, f := c.ask(command{verb: data})
	switch {
	case f != nil:
		return f
	case r.Code != 354:
		c.mute = true // whether it waits for a message or for a command cannot be told
		return c.fail(fact.ReplyInvalid, said(r))
	}
	if f := c.content(m); f != nil {
		return f
	}
	return c.taken()
}

// block is how much of a message is written at once.
const block int = 32 << 10

// content writes the message. Until its end nothing else can be said: what we
// said would be mail. A write that fails has not handed all of it on, and so not
// the end either.
func (c *Conversation) content(m Message) *fact.Failure {
	c.t.Note(fmt.Sprintf("the message follows: %d octets", len(m.Content)))
	rest := append(stuffed(m.Content), ".\r\n"...)
	for len(rest) > 0 {
		if c.surplus() {
			return c.interrupted()
		}
		n := min(block, len(rest))
		c.clock.Allow(c.o.Timeouts.Block)
		if _, err := c.conn.Write(rest[:n]); err != nil {
			return c.unsent(err)
		}
		rest = rest[n:]
	}
	c.due++
	c.d.Delivery.Outcome = Unknown
	return nil
}

// interrupted hears a server that speaks before the message is over. It gets no
// end of it, so that it has nothing to deliver.
func (c *Conversation) interrupted() *fact.Failure {
	c.mute = true
	c.due++
	c.clock.Allow(talk.Farewell)
	r, f := c.hear()
	if f == nil {
		c.now.Class = reply.ProtocolError
		f = c.fail(fact.ReplyInvalid, "the server answered before the message was over: "+said(r))
	}
	return f
}

// taken hears what the server makes of the message.
func (c *Conversation) taken() *fact.Failure {
	c.clock.Allow(c.o.Timeouts.Final)
	r, f := c.listen()
	switch {
	case f != nil:
		return c.unknown(string(f.Reason) + ", " + f.Detail)
	case r.Code == 250:
		c.d.Delivery.Outcome = Taken
		c.d.Delivery.Queued = strconv.QuoteToASCII(cut(r.Text()))
		return nil
	case r.Temporary(), r.Permanent():
		c.d.Delivery.Outcome = Refused
		return c.judge(r)
	}
	c.mute = c.mute || r.Code/100 == 3
	c.now.Class = reply.ProtocolError
	return c.unknown("the server answered " + said(r))
}

// unknown is the failure after which nobody may send the message again.
func (c *Conversation) unknown(detail string) *fact.Failure {
	return c.fail(fact.DataUnknown, "after the end of the message: "+detail)
}

func cut(s string) string { return s[:min(len(s), maxDetail)] }

// stuffed doubles the dot that begins a line (RFC 5321 section 4.5.2).
func stuffed(content []byte) []byte {
	out := make([]byte, 0, len(content)+len(content)/64+8)
	for line := range bytes.Lines(content) {
		if line[0] == '.' {
			out = append(out, '.')
		}
		out = append(out, line...)
	}
	return out
}
