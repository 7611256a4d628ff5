//go:build linux

package smtp_test

import (
	"io"
	"net"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/smtp"
)

// S17: octets that are in the socket, but were not read with the reply, count
// as well. The wrapper makes the two segments arrive between two reads.
func TestInjectionInASegmentOfItsOwn(t *testing.T) {
	second := make(chan struct{})
	arrived := make(chan struct{})
	conn := loopback(t, func(conn net.Conn) {
		answers(conn, offer...)
		<-second
		_, _ = io.WriteString(conn, "250 injected\r\n")
		close(arrived)
		_, _ = io.Copy(io.Discard, conn)
	})
	g := &gate{TCPConn: conn.(*net.TCPConn), at: 3, open: func() {
		close(second)
		<-arrived
		waitReadable(t, conn.(*net.TCPConn))
	}}
	d := smtp.Run(t.Context(), g, smtp.Options{Host: "mx.example.test"})
	wantFailure(t, d, fact.StartTLS, fact.StartTLSInjection)
}

// S15: the same for a reply that nobody asked for.
func TestUnsolicitedReplyInASegmentOfItsOwn(t *testing.T) {
	second := make(chan struct{})
	arrived := make(chan struct{})
	conn := loopback(t, func(conn net.Conn) {
		answers(conn, "220 mx\r\n", "250 mx\r\n")
		<-second
		_, _ = io.WriteString(conn, "250 once more\r\n")
		close(arrived)
		answers(conn, "", "221 bye\r\n")
	})
	g := &gate{TCPConn: conn.(*net.TCPConn), at: 2, open: func() {
		close(second)
		<-arrived
		waitReadable(t, conn.(*net.TCPConn))
	}}
	d := smtp.Run(t.Context(), g, smtp.Options{MailFrom: "<>"})
	wantFailure(t, d, fact.Mail, fact.ReplyInvalid)
	if !d.QuitClean {
		t.Error("QUIT was not answered")
	}
}

// gate calls open when the read number at has returned.
type gate struct {
	*net.TCPConn
	at, reads int
	open      func()
}

func (g *gate) Read(p []byte) (int, error) {
	n, err := g.TCPConn.Read(p)
	if g.reads++; g.reads == g.at {
		g.open()
	}
	return n, err
}

func waitReadable(t *testing.T, c *net.TCPConn) {
	raw, err := c.SyscallConn()
	if err != nil {
		t.Error(err)
		return
	}
	_ = raw.Read(func(fd uintptr) bool {
		n, _, _ := syscall.Recvfrom(int(fd), make([]byte, 1), syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		return n > 0
	})
}

// Small writes must not wait for an acknowledgement: with Nagle's algorithm the
// EHLO after TLS 1.3 takes 40 ms longer (performance.md).
func TestNoDelayIsKept(t *testing.T) {
	var without atomic.Bool
	conn := loopback(t, func(conn net.Conn) { answers(conn, "220 mx\r\n", "250 mx\r\n", "221 bye\r\n") })
	n := &nodelay{TCPConn: conn.(*net.TCPConn), without: &without}
	if d := smtp.Run(t.Context(), n, smtp.Options{}); d.Failure != nil {
		t.Fatal(d.Failure)
	}
	if without.Load() {
		t.Error("a command was written without TCP_NODELAY")
	}
}

type nodelay struct {
	*net.TCPConn
	without *atomic.Bool
}

func (n *nodelay) Write(p []byte) (int, error) {
	raw, err := n.SyscallConn()
	if err != nil {
		return 0, err
	}
	err = raw.Control(func(fd uintptr) {
		on, err := syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_NODELAY)
		if err != nil || on == 0 {
			n.without.Store(true)
		}
	})
	if err != nil {
		return 0, err
	}
	return n.TCPConn.Write(p)
}

// A reset is told from a proper end.
func TestResetOfARealSocket(t *testing.T) {
	conn := loopback(t, func(conn net.Conn) {
		answers(conn, "220 mx\r\n")
		_, _ = conn.Read(make([]byte, 4)) // leaves octets unread, so that closing resets
		_ = conn.(*net.TCPConn).SetLinger(0)
	})
	d := smtp.Run(t.Context(), conn, smtp.Options{Timeouts: smtp.Timeouts{Command: 5 * time.Second}})
	wantFailure(t, d, fact.EHLO, fact.Reset)
}
