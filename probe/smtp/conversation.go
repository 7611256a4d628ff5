package smtp

import (
	"context"
	"net"
	"time"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/reply"
	"mx_exporter/probe/talk"
)

// Run holds one whole conversation on a connection that is already made, and
// closes it. It never returns nil and has no error of its own: what went wrong
// is the [Dialogue]'s Failure, and everything before it is kept.
//
// The end of ctx reaches the socket at once; QUIT is then still said, within
// 250 ms.
func Run(ctx context.Context, conn net.Conn, o Options) *Dialogue {
	c, f := Open(ctx, conn, o)
	if f == nil {
		f = c.envelope()
		if f == nil || f.Reason == fact.Rcpt4xx || f.Reason == fact.Rcpt5xx {
			c.asides()
		}
	}
	return c.Close(f)
}

// Conversation is a connection on which we have introduced ourselves. It is not
// for use by several goroutines at once, and ends with [Conversation.Close].
type Conversation struct {
	o     Options
	raw   net.Conn // what was connected
	conn  net.Conn // what is spoken on: raw, or TLS on it
	clock *talk.Clock
	r     *reply.Reader
	d     *Dialogue
	t     *talk.Transcript
	hide  veil

	now   Stage     // the stage under way
	began time.Time // when it began; zero: there is none
	due   int       // replies that the server owes us
	mute  bool      // nothing more may be said
	left  bool      // QUIT has been said
	aside bool      // what follows is not recorded as stages
	stays bool      // a transaction is not the last: QUIT is said apart
}

// Open goes through the greeting, EHLO, STARTTLS, TLS and AUTH as the options say,
// up to where MAIL could be said. The conversation is there also with a failure,
// and must be closed in either case.
func Open(ctx context.Context, conn net.Conn, o Options) (*Conversation, *fact.Failure) {
	o.Timeouts = o.Timeouts.withDefaults()
	if o.Name == "" {
		o.Name = literal(conn.LocalAddr())
	}
	c := &Conversation{
		o: o, raw: conn, conn: conn,
		clock: talk.NewClock(ctx, conn, o.Grace),
		r:     reply.NewReader(conn, o.Limits),
		d:     &Dialogue{Stages: make([]Stage, 0, 8)},
		t:     talk.NewTranscript(),
		due:   1, // the greeting
	}
	return c, c.open(ctx)
}

func (c *Conversation) open(ctx context.Context) *fact.Failure {
	if f := c.o.check(); f != nil {
		c.mute = true
		return f
	}
	if c.o.ImplicitTLS {
		if f := c.handshake(ctx); f != nil {
			return f
		}
	}
	if f := c.greeting(); f != nil {
		return f
	}
	if f := c.hello(fact.EHLO); f != nil {
		return f
	}
	if !c.o.ImplicitTLS {
		if f := c.secure(ctx); f != nil {
			return f
		}
	}
	return c.login(ctx)
}

// Close says QUIT where the server may still be listening, closes the
// connection, and gives the whole dialogue with f as its failure.
func (c *Conversation) Close(f *fact.Failure) *Dialogue {
	c.farewell()
	c.end()
	c.clock.Stop()
	// TLS is not closed by its own alert: after QUIT there is nothing to cut off,
	// and writing it would wait for a server that does not read.
	_ = c.raw.Close()
	c.d.Failure = f
	c.d.Transcript = c.t.Lines()
	c.d.Received = c.r.Received()
	return c.d
}

// greeting waits for the server to speak first (RFC 5321 section 3.1). Nothing
// may be said before its last line has come: servers tell bots by that.
func (c *Conversation) greeting() *fact.Failure {
	c.begin(fact.Banner, time.Now())
	c.clock.Allow(c.o.Timeouts.Banner)
	began := c.began
	_, f := c.hear()
	if first := c.r.FirstByte(); !first.IsZero() {
		e := fact.Elapsed(first.Sub(began))
		c.d.FirstByte = &e
	} else if f != nil && f.Reason == fact.BannerTimeout && !c.o.ImplicitTLS {
		f.Detail += "; a port that expects TLS at once is silent in this way"
	}
	return f
}
