package smtp_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"mx_exporter/probe/cert"
	"mx_exporter/probe/cert/certtest"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/smtp"
)

// loopback accepts one connection and hands it to serve. The pipe of the
// scripts will not do where both sides write at once, as TLS does.
func loopback(t testing.TB, serve func(net.Conn)) net.Conn {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer func() { _ = conn.Close() }()
		_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
		serve(conn)
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-done
	})
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// answers says each reply in turn, one for each line heard; the first is said
// unasked.
func answers(conn io.ReadWriter, replies ...string) {
	in := bufio.NewReader(conn)
	for i, r := range replies {
		if i > 0 {
			if _, err := in.ReadString('\n'); err != nil {
				return
			}
		}
		if _, err := io.WriteString(conn, r); err != nil {
			return
		}
	}
}

var offer = []string{"220 mx\r\n", "250-mx\r\n250 STARTTLS\r\n", "220 go\r\n"}

// overTLS is a server that goes to STARTTLS and then on over TLS.
func overTLS(cfg *tls.Config, replies ...string) func(net.Conn) {
	return func(conn net.Conn) {
		answers(conn, offer...)
		c := tls.Server(conn, cfg)
		if c.Handshake() != nil {
			return
		}
		answers(c, append([]string{""}, replies...)...)
	}
}

func wantFailure(t *testing.T, d *smtp.Dialogue, stage fact.Stage, why fact.Reason) {
	t.Helper()
	if d.Failure == nil || d.Failure.Stage != stage || d.Failure.Reason != why {
		t.Errorf("failure %v, want %s: %s", d.Failure, stage, why)
	}
}

func TestFactsOfTLS(t *testing.T) {
	on := newStage(t)
	var sni string
	var resumed bool
	conn := loopback(t, overTLS(&tls.Config{GetConfigForClient: func(h *tls.ClientHelloInfo) (*tls.Config, error) {
		sni = h.ServerName
		resumed = h.Extensions != nil && contains(h.Extensions, 35) // session_ticket, RFC 5077
		return &tls.Config{Certificates: []tls.Certificate{on.cert}}, nil
	}}, "250 mx\r\n", "221 bye\r\n"))
	d := smtp.Run(t.Context(), conn, smtp.Options{Host: "mx.example.test", TLS: &tls.Config{RootCAs: on.ca.Pool()}})
	if d.Failure != nil || !d.TLSEstablished || !d.QuitClean {
		t.Fatalf("failure %v, established %v, quit %v", d.Failure, d.TLSEstablished, d.QuitClean)
	}
	if d.TLS.Version != "TLS 1.3" || !strings.HasPrefix(d.TLS.Cipher, "TLS_") || d.TLS.Curve == "" || !d.TLS.PKIX.OK {
		t.Errorf("facts %+v", d.TLS)
	}
	if sni != "mx.example.test" {
		t.Errorf("L8: SNI %q", sni)
	}
	if resumed {
		t.Error("L7: a ticket was offered")
	}
}

func contains(have []uint16, want uint16) bool {
	for _, h := range have {
		if h == want {
			return true
		}
	}
	return false
}

// L8: an address has no SNI.
func TestAddressHasNoSNI(t *testing.T) {
	on := newStage(t)
	sni := "unset"
	conn := loopback(t, overTLS(&tls.Config{GetConfigForClient: func(h *tls.ClientHelloInfo) (*tls.Config, error) {
		sni = h.ServerName
		return &tls.Config{Certificates: []tls.Certificate{on.cert}}, nil
	}}, "250 mx\r\n", "221 bye\r\n"))
	d := smtp.Run(t.Context(), conn, smtp.Options{Host: "[127.0.0.1]"})
	if d.Failure != nil || sni != "" {
		t.Errorf("failure %v, SNI %q", d.Failure, sni)
	}
}

// L2: whatever the certificate, the handshake is completed, the dates are there,
// and the verdict stands apart.
func TestBadCertificateIsNoFailure(t *testing.T) {
	on := newStage(t)
	old := certtest.Valid(certtest.Begin(), time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC))
	verifier := cert.NewVerifier(on.ca.Pool(), 10)
	for want, c := range map[cert.Reason]tls.Certificate{
		cert.Expired:      on.ca.Issue(t, []string{"mx.example.test"}, old),
		cert.SelfSigned:   certtest.SelfSigned(t, []string{"mx.example.test"}),
		cert.NameMismatch: on.ca.Issue(t, []string{"other.example.test"}),
		cert.WrongUse:     on.ca.Issue(t, []string{"mx.example.test"}, certtest.Usage(x509.ExtKeyUsageCodeSigning)),
	} {
		t.Run("L2 "+string(want), func(t *testing.T) {
			conn := loopback(t, overTLS(&tls.Config{Certificates: []tls.Certificate{c}}, "250 mx\r\n", "221 bye\r\n"))
			d := smtp.Run(t.Context(), conn, smtp.Options{Host: "mx.example.test", Verifier: verifier})
			if d.Failure != nil || !d.TLSEstablished {
				t.Fatalf("failure %v", d.Failure)
			}
			if d.TLS.PKIX.OK || d.TLS.PKIX.Reason != want || d.TLS.EarliestExpiry.IsZero() {
				t.Errorf("verdict %+v, expiry %v", d.TLS.PKIX, d.TLS.EarliestExpiry)
			}
		})
	}
}

// L6: alerts keep their number; a server without TLS 1.2 is measured only where
// the module allows it.
func TestHandshakeThatFails(t *testing.T) {
	on := newStage(t)
	certs := []tls.Certificate{on.cert}
	for name, c := range map[string]struct {
		serve func(net.Conn)
		alert int // 0: none
	}{
		"L6 TLS 1.1 only": {overTLS(&tls.Config{Certificates: certs, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}), 70},
		"L6 plain reply": {func(conn net.Conn) {
			answers(conn, append(offer, "500 5.5.1 unrecognized command\r\n")...)
		}, 0},
		"L6 hangs up": {func(conn net.Conn) { answers(conn, offer...) }, 0},
		"L6 alert alone": {func(conn net.Conn) {
			answers(conn, offer...)
			_, _ = io.ReadFull(conn, make([]byte, 5))
			_, _ = conn.Write([]byte{21, 3, 3, 0, 2, 2, 40})
			_, _ = io.Copy(io.Discard, conn)
		}, 40},
		"S18 injected after the check": {func(conn net.Conn) {
			answers(conn, offer...)
			_, _ = io.ReadFull(conn, make([]byte, 5)) // the handshake has begun
			_, _ = io.WriteString(conn, "250 injected\r\n")
			_, _ = io.Copy(io.Discard, conn)
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			d := smtp.Run(t.Context(), loopback(t, c.serve), smtp.Options{Host: "mx.example.test"})
			wantFailure(t, d, fact.TLS, fact.TLSHandshake)
			if d.TLSEstablished || !d.TLSOffered {
				t.Errorf("offered %v, established %v", d.TLSOffered, d.TLSEstablished)
			}
			if c.alert == 0 && d.TLSAlert != nil || c.alert != 0 && (d.TLSAlert == nil || *d.TLSAlert != c.alert) {
				t.Errorf("alert %v, want %d", d.TLSAlert, c.alert)
			}
		})
	}
}

// With TLS 1.3 the server's refusal of our certificate comes after the handshake.
func TestServerThatWantsAClientCertificate(t *testing.T) {
	on := newStage(t)
	cfg := &tls.Config{Certificates: []tls.Certificate{on.cert}, ClientAuth: tls.RequireAnyClientCert}
	d := smtp.Run(t.Context(), loopback(t, overTLS(cfg)), smtp.Options{Host: "mx.example.test"})
	if d.Failure == nil || d.Failure.Reason != fact.TLSHandshake || d.TLSAlert == nil || *d.TLSAlert != 116 {
		t.Errorf("failure %v, alert %v, want 116 (certificate_required)", d.Failure, d.TLSAlert)
	}
}

// L10: a port that speaks in clear, asked for TLS at once.
func TestImplicitTLSToAPlainPort(t *testing.T) {
	d := smtp.Run(t.Context(), loopback(t, func(conn net.Conn) {
		answers(conn, "220 mx ESMTP\r\n")
		_, _ = io.Copy(io.Discard, conn)
	}), smtp.Options{Host: "mx.example.test", ImplicitTLS: true})
	wantFailure(t, d, fact.TLS, fact.TLSHandshake)
	if d.Failure != nil && !strings.Contains(d.Failure.Detail, "in clear") {
		t.Errorf("the detail %q gives no hint", d.Failure.Detail)
	}
}
