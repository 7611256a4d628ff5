package talk

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
)

// TLS is how a handshake is done and judged.
type TLS struct {
	Host     string         // SNI, and the name in PKIX verification; an address literal has no SNI
	Config   *tls.Config    // least version, client certificates, roots; nil: TLS 1.2 and the system's roots
	Verifier *cert.Verifier // judges chains, with its own roots; nil: judged afresh with the roots of Config
}

// Handshake always takes the certificate as it comes. The connection that it
// gives on success is on top of raw; the deadline is raw's.
func (t TLS) Handshake(ctx context.Context, raw net.Conn) (*tls.Conn, error) {
	c := tls.Client(raw, t.config())
	if err := c.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	return c, nil
}

// Inspect says what the handshake showed, and whether PKIX would trust it. That
// is asked apart, outside of the time that a handshake takes.
func (t TLS) Inspect(c *tls.Conn) *cert.Facts {
	f := cert.Inspect(c.ConnectionState())
	f.PKIX = t.verify(f)
	return f
}

func (t TLS) verify(f *cert.Facts) cert.Verification {
	if t.Verifier != nil {
		return t.Verifier.Verify(f, t.Host, time.Now())
	}
	var roots *x509.CertPool
	if t.Config != nil {
		roots = t.Config.RootCAs
	}
	return f.Verify(t.Host, roots, time.Now())
}

// config takes the least version and the client's certificates from the options
// and decides the rest: no resumption and no renegotiation, so that each probe
// measures a full handshake, and no verification in it.
func (t TLS) config() *tls.Config {
	cfg := &tls.Config{MinVersion: tls.VersionTLS12}
	if t.Config != nil {
		cfg = t.Config.Clone()
	}
	cfg.InsecureSkipVerify = true
	cfg.VerifyPeerCertificate, cfg.VerifyConnection = nil, nil
	cfg.SessionTicketsDisabled = true
	cfg.ClientSessionCache = nil
	cfg.Renegotiation = tls.RenegotiateNever
	cfg.NextProtos = nil
	cfg.ServerName = t.Host // SNI has no form for addresses (RFC 6066 section 3), and crypto/tls knows
	return cfg
}

// Late reports that a handshake failed because its time was up.
func Late(err error) bool {
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

// Refusal says for people why a handshake failed that was not late.
func Refusal(err error) string {
	var plain tls.RecordHeaderError
	switch {
	case Alert(err) != nil:
		return "the server refused: " + err.Error()
	case errors.As(err, &plain):
		return "the server answered in clear; a port without TLS at once does so"
	}
	return err.Error()
}

// Alert is the number of the alert by which the server ended TLS (RFC 8446
// section 6); nil: there was none. With TLS 1.3 it may come after the handshake,
// when the server does not like our certificate or the lack of one.
//
// crypto/tls gives the number only as a value of an unexported type below
// [net.OpError].
func Alert(err error) *int {
	var op *net.OpError
	if !errors.As(err, &op) || op.Op != "remote error" {
		return nil
	}
	v := reflect.ValueOf(op.Err)
	if v.Kind() != reflect.Uint8 {
		return nil
	}
	n := int(v.Uint())
	return &n
}
