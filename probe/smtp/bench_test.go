package smtp_test

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"strings"
	"testing"

	"mx_exporter/probe/cert"
	"mx_exporter/probe/smtp"
)

// The benchmarks hold whole conversations with a server in the same process,
// whose cost is in the figures: about 0.1 ms in clear and 0.5 ms with TLS.

func BenchmarkPlain(b *testing.B) { converse(b, smtp.Options{StartTLS: smtp.Never}) }

func BenchmarkPipelined(b *testing.B) {
	converse(b, smtp.Options{StartTLS: smtp.Never, Pipelining: true})
}

func BenchmarkStartTLS(b *testing.B) { converse(b, smtp.Options{}) }

func converse(b *testing.B, o smtp.Options) {
	on := newStage(b)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			attend(conn, &tls.Config{Certificates: []tls.Certificate{on.cert}})
		}
	}()
	o.Host, o.Name, o.MailFrom, o.Recipients = "mx.example.test", "probe.test", "a@probe.test", []string{"b@example.test"}
	o.Verifier = cert.NewVerifier(on.ca.Pool(), 10)
	b.ReportAllocs()
	for b.Loop() {
		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			b.Fatal(err)
		}
		if d := smtp.Run(b.Context(), conn, o); d.Failure != nil {
			b.Fatal(d.Failure)
		}
	}
	_ = l.Close()
	<-done
}

// attend is a server without any faults.
func attend(conn net.Conn, cfg *tls.Config) {
	defer func() { _ = conn.Close() }()
	in := bufio.NewReader(conn)
	_, _ = io.WriteString(conn, "220 mx ESMTP\r\n")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		answer := "250 2.0.0 Ok\r\n"
		switch {
		case strings.HasPrefix(line, "EHLO"):
			answer = "250-mx\r\n250-STARTTLS\r\n250 PIPELINING\r\n"
		case strings.HasPrefix(line, "STARTTLS"):
			answer = "220 go\r\n"
		case strings.HasPrefix(line, "QUIT"):
			answer = "221 bye\r\n"
		}
		if _, err := io.WriteString(conn, answer); err != nil || answer[:3] == "221" {
			return
		}
		if answer == "220 go\r\n" {
			c := tls.Server(conn, cfg)
			conn, in = c, bufio.NewReader(c)
		}
	}
}
