package smtp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"reflect"
	"time"

	"mx_exporter/probe/cert"
	"mx_exporter/probe/fact"
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
	c.clock.allow(c.o.Timeouts.Command)
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
	c.clock.allow(c.o.Timeouts.TLS)
	t := tls.Client(c.raw, c.tlsConfig())
	err := t.HandshakeContext(ctx)
	c.took(time.Now())
	if c.o.ImplicitTLS {
		c.d.TLSOffered = true
	}
	if err != nil {
		return c.noTLS(err)
	}
	c.conn = t
	c.r.Reset(t)
	state := t.ConnectionState()
	c.d.TLSEstablished = true
	c.d.TLS = cert.Inspect(state)
	c.d.TLS.PKIX = c.verify(c.d.TLS)
	c.t.note("TLS established: " + c.d.TLS.Version + ", " + c.d.TLS.Cipher)
	return nil
}

func (c *Conversation) verify(f *cert.Facts) cert.Verification {
	if c.o.Verifier != nil {
		return c.o.Verifier.Verify(f, c.o.Host, time.Now())
	}
	var roots *x509.CertPool
	if c.o.TLS != nil {
		roots = c.o.TLS.RootCAs
	}
	return f.Verify(c.o.Host, roots, time.Now())
}

// tlsConfig takes the least version and the client's certificates from the
// options and decides the rest: no resumption and no renegotiation, so that
// each probe measures a full handshake, and no verification in it.
func (c *Conversation) tlsConfig() *tls.Config {
	cfg := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.o.TLS != nil {
		cfg = c.o.TLS.Clone()
	}
	cfg.InsecureSkipVerify = true
	cfg.VerifyPeerCertificate, cfg.VerifyConnection = nil, nil
	cfg.SessionTicketsDisabled = true
	cfg.ClientSessionCache = nil
	cfg.Renegotiation = tls.RenegotiateNever
	cfg.NextProtos = nil
	cfg.ServerName = c.o.Host // SNI has no form for addresses (RFC 6066 section 3), and crypto/tls knows
	return cfg
}

// noTLS is the end of a conversation whose handshake failed. The server has no
// clear text to expect from us any more, so it hears no QUIT.
func (c *Conversation) noTLS(err error) *fact.Failure {
	c.mute = true
	c.t.note("TLS failed: " + err.Error())
	var plain tls.RecordHeaderError
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return c.fail(c.clock.late(fact.TLS), "the handshake did not end in time")
	case c.alert(err):
		return c.fail(fact.TLSHandshake, "the server refused: "+err.Error())
	case errors.As(err, &plain):
		return c.fail(fact.TLSHandshake, "the server answered in clear; a port without TLS at once does so")
	}
	return c.fail(fact.TLSHandshake, err.Error())
}

// alert keeps the number of the alert by which the server ended TLS (RFC 8446
// section 6). With TLS 1.3 it may come after the handshake, when the server does
// not like our certificate or the lack of one.
//
// crypto/tls gives the number only as a value of an unexported type below
// [net.OpError].
func (c *Conversation) alert(err error) bool {
	var op *net.OpError
	if !errors.As(err, &op) || op.Op != "remote error" {
		return false
	}
	v := reflect.ValueOf(op.Err)
	if v.Kind() != reflect.Uint8 {
		return false
	}
	n := int(v.Uint())
	c.d.TLSAlert = &n
	return true
}
