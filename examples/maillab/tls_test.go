package maillab

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"os"
	"testing"
	"time"
)

// handshake goes as far as TLS at mx1.one.test, verifying nothing.
func handshake(t *testing.T, l *Lab) *tls.Conn {
	t.Helper()
	w := dialWire(t, l)
	w.talk("S: 220\nC: EHLO c.test\nS: 250\nC: STARTTLS\nS: 220")
	c := tls.Client(w.Conn, &tls.Config{ServerName: "mx1.one.test", InsecureSkipVerify: true}) //nolint:gosec // looked at below
	if err := c.HandshakeContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	return c
}

// Row L2: each kind of certificate is wrong in its own way and in no other.
func TestCertificateKinds(t *testing.T) {
	for _, c := range []struct {
		kind CertKind
		sent int
		bad  func(error) bool
	}{
		{CertGood, 2, nil},
		{CertExpired, 2, invalid(x509.Expired)},
		{CertExpiring, 2, nil},
		{CertNotYetValid, 2, invalid(x509.Expired)},
		{CertWrongName, 2, is[x509.HostnameError]},
		{CertSelfSigned, 1, is[x509.UnknownAuthorityError]},
		{CertIncomplete, 1, is[x509.UnknownAuthorityError]},
		{CertForClients, 2, invalid(x509.IncompatibleUsage)},
	} {
		t.Run(string(c.kind), func(t *testing.T) {
			l := lab(t, oneServer("certificate: "+string(c.kind)))
			conn := handshake(t, l)
			chain := conn.ConnectionState().PeerCertificates
			if len(chain) != c.sent {
				t.Errorf("%d certificates sent, want %d", len(chain), c.sent)
			}
			err := verify(l, chain, time.Now())
			if c.bad == nil && err != nil || c.bad != nil && !c.bad(err) {
				t.Errorf("verified with %v", err)
			}
		})
	}
}

func verify(l *Lab, chain []*x509.Certificate, now time.Time) error {
	mid := x509.NewCertPool()
	for _, c := range chain[1:] {
		mid.AddCert(c)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{DNSName: "mx1.one.test", Roots: l.Roots(), Intermediates: mid, CurrentTime: now})
	return err
}

func is[E error](err error) bool {
	var e E
	return errors.As(err, &e)
}

func invalid(r x509.InvalidReason) func(error) bool {
	return func(err error) bool {
		var e x509.CertificateInvalidError
		return errors.As(err, &e) && e.Reason == r
	}
}

func TestNotYetValidBecomesValid(t *testing.T) {
	l := lab(t, oneServer("certificate: not_yet_valid"))
	conn := handshake(t, l)
	if err := verify(l, conn.ConnectionState().PeerCertificates, time.Now().Add(2*day)); err != nil {
		t.Errorf("the day after tomorrow: %v", err)
	}
}

func TestKeysAndVersions(t *testing.T) {
	for _, c := range []struct {
		lines   string
		rsa     bool
		version uint16
	}{
		{"key: rsa\ntls-max: 1.2", true, tls.VersionTLS12},
		{"key: ecdsa", false, tls.VersionTLS13},
	} {
		conn := handshake(t, lab(t, oneServer(c.lines)))
		state := conn.ConnectionState()
		_, isRSA := state.PeerCertificates[0].PublicKey.(*rsa.PublicKey)
		_, isECDSA := state.PeerCertificates[0].PublicKey.(*ecdsa.PublicKey)
		if isRSA != c.rsa || isECDSA == c.rsa || state.Version != c.version {
			t.Errorf("%s: %T, version %x", c.lines, state.PeerCertificates[0].PublicKey, state.Version)
		}
	}
}

func TestOldServersAndNewClientsDoNotMeet(t *testing.T) {
	l := lab(t, oneServer("tls-min: 1.0\ntls-max: 1.1"))
	w := dialWire(t, l)
	w.talk("S: 220\nC: EHLO c.test\nS: 250\nC: STARTTLS\nS: 220")
	var alert tls.AlertError
	err := tls.Client(w.Conn, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}).HandshakeContext(t.Context()) //nolint:gosec // no verification needed
	if err == nil || errors.As(err, &alert) && alert != 70 {
		t.Errorf("got %v, want the alert protocol_version (70)", err)
	}
	w.hangUp()
	wantViolations(t, l)
}

// Row S19: what was said before TLS is forgotten, and STARTTLS is not offered
// again.
func TestStartTLSDiscardsState(t *testing.T) {
	l := lab(t, oneServer(""))
	conn := handshake(t, l)
	w := &wire{t: t, Conn: conn}
	w.r = bufio.NewReader(conn)
	w.talk("C: MAIL FROM:<>\nS: 503")
	wantViolations(t, l, "MAIL before EHLO")
	w.say("EHLO c.test\r\n")
	if got := w.reply(); got != "250-mx1.one.test greets c.test\r\n250-PIPELINING\r\n250-SIZE 10485760\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES\r\n" {
		t.Errorf("over TLS: %q", got)
	}
	w.talk("C: STARTTLS\nS: 502")
}

// Row S17: the injected reply comes in the same segment as the reply to
// STARTTLS, and the handshake follows.
func TestInjectionArrivesBeforeTLS(t *testing.T) {
	l := lab(t, oneServer(`inject: "250 injected\r\n"`))
	w := dialWire(t, l)
	w.talk("S: 220\nC: EHLO c.test\nS: 250\nC: STARTTLS\nS: 220 2.0.0 Go ahead")
	if n := w.r.Buffered(); n != len("250 injected\r\n") {
		t.Errorf("%d octets behind the reply", n)
	}
	w.talk("S: 250 injected")
	if err := tls.Client(w.Conn, &tls.Config{InsecureSkipVerify: true}).HandshakeContext(t.Context()); err != nil { //nolint:gosec // no verification needed
		t.Errorf("a careless client gets no TLS: %v", err)
	}
}

func TestImplicitTLSBeginsAtOnce(t *testing.T) {
	l := lab(t, oneServer("implicit-tls: on"))
	w := dialWire(t, l)
	c := tls.Client(w.Conn, &tls.Config{ServerName: "mx1.one.test", RootCAs: l.Roots(), MinVersion: tls.VersionTLS12})
	w = &wire{t: t, Conn: c, r: bufio.NewReader(c)}
	w.talk("S: 220\nC: EHLO c.test\nS: 250\nC: QUIT\nS: 221")
	wantViolations(t, l)
}

func TestHangsAtTLS(t *testing.T) {
	l := lab(t, oneServer("hang: tls"))
	w := dialWire(t, l)
	w.talk("S: 220\nC: EHLO c.test\nS: 250\nC: STARTTLS\nS: 220")
	if err := w.SetDeadline(time.Now().Add(20 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	err := tls.Client(w.Conn, &tls.Config{InsecureSkipVerify: true}).HandshakeContext(t.Context()) //nolint:gosec // no verification needed
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestCAFileHoldsTheRoot(t *testing.T) {
	l := lab(t, oneServer(""))
	name, err := l.CAFile(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	p := x509.NewCertPool()
	if !p.AppendCertsFromPEM(b) || !p.Equal(l.Roots()) {
		t.Errorf("the file holds %q", b)
	}
}
