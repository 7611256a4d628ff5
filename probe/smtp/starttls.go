package smtp

import (
	"context"
	"time"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/talk"
)

// secure changes to TLS where the options and the server want it, and introduces
// us anew: what was learned in clear counts no more (RFC 3207 section 4.2).
func (c *Conversation) secure(ctx context.Context) *fact.Failure {
	c.d.TLSOffered = c.offers("STARTTLS")
	switch {
	case c.o.StartTLS == Never:
		return nil
	case !c.d.TLSOffered && c.o.StartTLS == Required:
		return &fact.Failure{Stage: fact.StartTLS, Reason: fact.StartTLSMissing, Detail: "the server does not announce STARTTLS"}
	case !c.d.TLSOffered:
		return nil
	}
	if f := c.startTLS(); f != nil {
		return f
	}
	if f := c.handshake(ctx); f != nil {
		return f
	}
	c.d.ClearExtensions = c.d.Extensions
	return c.hello(fact.EHLOTLS)
}

// startTLS says STARTTLS, the last command in clear. Octets that stand in clear
// behind its reply were put there to be taken for replies under TLS
// (CVE-2011-0411, and CVE-2021-38371 for clients): the server, or somebody on the
// way, is not to be talked to.
func (c *Conversation) startTLS() *fact.Failure {
	c.begin(fact.StartTLS, time.Now())
	c.clock.Allow(c.o.Timeouts.Command)
	if _, f := c.ask(command{verb: startTLS}); f != nil {
		return f
	}
	if c.surplus() {
		c.mute = true
		return c.fail(fact.StartTLSInjection, "octets in clear after the reply to STARTTLS")
	}
	return nil
}

// handshake always takes the certificate as it comes; whether it would be
// trusted is asked afterwards, outside of the time measured.
func (c *Conversation) handshake(ctx context.Context) *fact.Failure {
	c.begin(fact.TLS, time.Now())
	c.clock.Allow(c.o.Timeouts.TLS)
	how := talk.TLS{Host: c.o.Host, Config: c.o.TLS, Verifier: c.o.Verifier}
	t, err := how.Handshake(ctx, c.raw)
	c.took(time.Now())
	if c.o.ImplicitTLS {
		c.d.TLSOffered = true
	}
	if err != nil {
		return c.noTLS(err)
	}
	c.conn = t
	c.r.Reset(t)
	c.d.TLSEstablished, c.d.TLS = true, how.Inspect(t)
	c.t.Note("TLS established: " + c.d.TLS.Version + ", " + c.d.TLS.Cipher)
	return nil
}

// noTLS is the end of a conversation whose handshake failed. The server has no
// clear text to expect from us any more, so it hears no QUIT.
func (c *Conversation) noTLS(err error) *fact.Failure {
	c.mute = true
	c.t.Note("TLS failed: " + err.Error())
	if talk.Late(err) {
		return c.fail(c.clock.Late(fact.TLS), "the handshake did not end in time")
	}
	c.alert(err)
	return c.fail(fact.TLSHandshake, talk.Refusal(err))
}

// alert keeps the number of the alert by which the server ended TLS.
func (c *Conversation) alert(err error) bool {
	n := talk.Alert(err)
	if n != nil {
		c.d.TLSAlert = n
	}
	return n != nil
}
