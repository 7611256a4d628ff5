package mailbox

import (
	"context"
	"net"
	"time"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/talk"
)

// conversation is a connection from its greeting to its farewell, for either
// protocol.
type conversation struct {
	o     Options
	raw   net.Conn // what was connected
	conn  net.Conn // what is spoken on: raw, or TLS on it
	clock *talk.Clock
	b     *budget
	in    *lines
	d     *Dialogue
	t     *talk.Transcript
	p     dialect
	caps  capabilities
	hush  talk.Veil
	said  string // the code with which a login was refused, of [Codes]

	now   Stage     // the stage under way
	began time.Time // when it began; zero: there is none
	mute  bool      // nothing more may be said
	ready bool      // logged in
	after func()    // waits for who else reads from the connection; nil: nobody
}

// dialect is what IMAP and POP3 say differently.
type dialect interface {
	greeting() *fact.Failure     // hears it
	capabilities() *fact.Failure // asks for conversation.caps
	startTLS() *fact.Failure     // up to where the handshake begins
	// authenticate says the secret, and gives the mechanism, which is empty where
	// nothing was said.
	authenticate(ctx context.Context) (how string, f *fact.Failure)
	quota(ctx context.Context) *fact.Failure // how full the mailbox is; logged in
	session() (Session, *fact.Failure)       // begins one; logged in
	farewell() bool                          // LOGOUT or QUIT, reporting that it was answered
}

func newConversation(ctx context.Context, conn net.Conn, o Options) *conversation {
	o = o.withDefaults()
	c := &conversation{
		o: o, raw: conn, conn: conn,
		clock: talk.NewClock(ctx, conn, o.Grace),
		d:     &Dialogue{Stages: make([]Stage, 0, 8)},
		t:     talk.NewTranscript(),
	}
	if o.Protocol == POP3 {
		c.b = newBudget(conn, o.Limits, nil)
		c.p = &pop3{conversation: c}
	} else {
		c.b = newBudget(conn, o.Limits, &lexer{limits: o.Limits})
		c.p = &imap{conversation: c}
	}
	c.in = newLines(c.b, o.Limits.Line)
	return c
}

// open goes up to and with the login.
func (c *conversation) open(ctx context.Context) *fact.Failure {
	steps := []func(context.Context) *fact.Failure{c.protect, c.greet, c.announce, c.upgrade, c.login}
	for _, step := range steps {
		if f := step(ctx); f != nil {
			return f
		}
	}
	return nil
}

func (c *conversation) protect(ctx context.Context) *fact.Failure {
	if c.o.Security != Implicit {
		return nil
	}
	c.d.TLSOffered = true
	return c.handshake(ctx)
}

func (c *conversation) greet(context.Context) *fact.Failure {
	c.begin(fact.Banner)
	c.clock.Allow(c.o.Timeouts.Banner)
	began := c.began
	f := c.p.greeting()
	if _, first := c.b.count(); !first.IsZero() {
		e := fact.Elapsed(max(0, first.Sub(began)))
		c.d.FirstByte = &e
	} else if f != nil && f.Reason == fact.BannerTimeout && c.o.Security != Implicit {
		f.Detail += "; a port that expects TLS at once is silent in this way"
	}
	return f
}

func (c *conversation) announce(context.Context) *fact.Failure { return c.ask(fact.Capability) }

// ask learns the capabilities. What was said before, in clear, counts no more.
func (c *conversation) ask(stage fact.Stage) *fact.Failure {
	c.begin(stage)
	c.clock.Allow(c.o.Timeouts.Command)
	c.caps = capabilities{}
	f := c.p.capabilities()
	c.show()
	return f
}

// show puts the capabilities into the dialogue.
func (c *conversation) show() {
	c.d.Capabilities, c.d.Mechanisms = c.caps.known(c.o.Protocol), labels(c.caps.sasl)
}

// upgrade changes to TLS. A server without it is not talked to in clear: with
// STARTTLS left out by somebody on the way, that is what he would want.
func (c *conversation) upgrade(ctx context.Context) *fact.Failure {
	if c.o.Security == Implicit {
		return nil
	}
	c.d.TLSOffered = c.caps.has("STARTTLS") || c.caps.has("STLS")
	switch {
	case c.o.Security == Clear:
		return nil
	case !c.d.TLSOffered:
		return &fact.Failure{Stage: fact.StartTLS, Reason: fact.StartTLSMissing, Detail: "the server does not announce it"}
	}
	c.d.LoginInClear = c.caps.open(c.o.Protocol)
	c.begin(fact.StartTLS)
	c.clock.Allow(c.o.Timeouts.Command)
	if f := c.p.startTLS(); f != nil {
		return f
	}
	if c.in.br.Buffered() > 0 || talk.Readable(c.raw) {
		c.mute = true
		return c.fail(fact.StartTLSInjection, "octets in clear after the answer to STARTTLS")
	}
	if f := c.handshake(ctx); f != nil {
		return f
	}
	return c.ask(fact.CapabilityTLS)
}

// handshake always takes the certificate as it comes. Whether it would be trusted
// is asked afterwards, and matters when a secret is to be sent.
func (c *conversation) handshake(ctx context.Context) *fact.Failure {
	c.begin(fact.TLS)
	c.clock.Allow(c.o.Timeouts.TLS)
	how := talk.TLS{Host: c.o.Host, Config: c.o.TLS, Verifier: c.o.Verifier}
	t, err := how.Handshake(ctx, c.raw)
	c.took(time.Now())
	if err != nil {
		return c.noTLS(err)
	}
	c.conn = t
	c.b.from(t)
	c.d.TLSEstablished, c.d.TLS = true, how.Inspect(t)
	c.t.Note("TLS established: " + c.d.TLS.Version + ", " + c.d.TLS.Cipher)
	return nil
}

// noTLS is the end of a conversation whose handshake failed. The server has no
// clear text to expect from us any more, so it hears no farewell.
func (c *conversation) noTLS(err error) *fact.Failure {
	c.mute = true
	c.t.Note("TLS failed: " + err.Error())
	if talk.Late(err) {
		return c.fail(c.clock.Late(fact.TLS), "the handshake did not end in time")
	}
	c.d.TLSAlert = talk.Alert(err)
	return c.fail(fact.TLSHandshake, talk.Refusal(err))
}

// close says goodbye where the server may still be listening, closes the
// connection, and gives the whole dialogue with f as its failure.
func (c *conversation) close(f *fact.Failure) *Dialogue {
	c.end()
	if !c.mute {
		c.begin(fact.Quit)
		c.clock.Part(c.o.Timeouts.Quit)
		c.d.QuitClean = c.p.farewell()
		c.took(time.Now())
		c.end()
	}
	c.clock.Stop()
	// TLS is not closed by its own alert: after the farewell there is nothing to
	// cut off, and writing it would wait for a server that does not read.
	_ = c.raw.Close()
	if c.after != nil {
		c.after()
	}
	return c.told(f)
}

// told is the dialogue up to now.
func (c *conversation) told(f *fact.Failure) *Dialogue {
	c.d.Failure = f
	c.d.Transcript = c.t.Lines()
	c.d.Received, _ = c.b.count()
	return c.d
}
