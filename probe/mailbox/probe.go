package mailbox

import (
	"context"
	"net"
	"time"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/talk"
)

// Probe holds one whole conversation on a connection that is already made, and
// closes it: greeting, capabilities, TLS, login, how full the mailbox is, and
// farewell. It never returns nil and has no error of its own: what went wrong is
// the [Dialogue]'s Failure, and everything before it is kept.
//
// The end of ctx reaches the socket at once.
func Probe(ctx context.Context, conn net.Conn, o Options) *Dialogue {
	c := newConversation(ctx, conn, o)
	f := c.open(ctx)
	if f == nil && c.ready {
		f = c.measure(ctx)
	}
	return c.close(f)
}

// measure asks how full the mailbox is.
func (c *conversation) measure(ctx context.Context) *fact.Failure {
	c.begin(fact.Quota)
	c.clock.Allow(c.o.Timeouts.Command)
	f := c.p.quota(ctx)
	if f != nil {
		f.Stage = fact.Quota
	}
	c.took(time.Now())
	return f
}

// Open logs in on a connection that is already made. The dialogue is never nil,
// and goes up to the login; the error is its Failure. Without one, the session has
// the connection; with one, it is closed. Options.Login must be there.
//
// ctx is for the login alone.
func Open(ctx context.Context, conn net.Conn, o Options) (Session, *Dialogue, error) {
	c := newConversation(ctx, conn, o)
	f := c.open(ctx)
	if f == nil && !c.ready {
		f = &fact.Failure{Stage: fact.Login, Reason: fact.SecretMissing, Detail: "there is nobody to log in as"}
	}
	var s Session
	if f == nil {
		s, f = c.p.session()
	}
	if f != nil {
		return nil, c.close(f), f
	}
	c.end()
	c.now = Stage{} // what fails from here on is in no stage
	c.rest(c.clock)
	return s, c.told(nil), nil
}

// rest ends a command of a session: until the next, the server may be silent.
func (c *conversation) rest(k *talk.Clock) {
	k.Stop()
	// That the connection is closed already shows on the next command.
	_ = c.raw.SetDeadline(time.Time{})
}

// leave ends a session. Its time is its own, because the context that it was
// opened with is over.
func (c *conversation) leave() bool {
	c.clock = talk.NewClock(context.Background(), c.raw, c.o.Grace)
	return c.close(nil).QuitClean
}
