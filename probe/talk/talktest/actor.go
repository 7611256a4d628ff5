package talktest

import (
	"bufio"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// MaxCommand is the longest line that a client may say: what every server of SMTP
// takes (RFC 5321 section 4.5.3.1.4).
const MaxCommand = 512

// Play plays a script to a client at the other end of the connection that it
// gives. done is closed when the script is over. The certificate is for TLS.
func Play(t testing.TB, s Script, cert tls.Certificate) (client net.Conn, done <-chan struct{}) {
	c, server := net.Pipe()
	reset := new(atomic.Bool)
	over := make(chan struct{})
	a := &actor{t: t, raw: server, conn: server, in: bufio.NewReader(server), cert: cert, reset: reset}
	go func() {
		defer close(over)
		a.play(s)
	}()
	return &brittle{Conn: c, reset: reset}, over
}

// actor plays a script on one end of a pipe.
type actor struct {
	t     testing.TB
	raw   net.Conn // the pipe
	conn  net.Conn // what is spoken on: raw, or TLS on it
	in    *bufio.Reader
	cert  tls.Certificate
	slow  time.Duration
	reset *atomic.Bool
}

func (a *actor) play(s Script) {
	defer func() { _ = a.conn.Close() }()
	for _, st := range s.Steps {
		if !a.step(st) {
			return
		}
	}
	_ = a.conn.SetReadDeadline(time.Now())
	if b, err := a.in.Peek(1); err == nil {
		a.t.Errorf("after the script's end the client went on with %q", b)
	}
}

// step reports whether the script goes on.
func (a *actor) step(st Step) bool {
	switch st.Word {
	case "S", "RAW", "REPEAT", "FILL":
		return a.speak(st)
	case "C", "LIKE":
		return a.hear(st)
	case "QUIET":
		return a.quiet(st)
	case "SLOW":
		a.slow = Duration(a.t, st.Rest)
	case "WAIT":
		time.Sleep(Duration(a.t, st.Rest))
	case "TLS":
		return a.secure()
	case "HANG":
		_, _ = io.Copy(io.Discard, a.in)
		return false
	case "STALL":
		time.Sleep(time.Hour)
		return false
	case "RESET":
		a.reset.Store(true)
		_ = a.raw.Close() // without the alert that ends TLS
		return false
	case "CLOSE":
		return false
	}
	return true
}

func (a *actor) speak(st Step) bool {
	n, text, _ := strings.Cut(st.Rest, " ")
	switch st.Word {
	case "RAW":
		raw, err := strconv.Unquote(`"` + st.Rest + `"`)
		if err != nil {
			a.t.Errorf("%v: %v", st, err)
		}
		return a.say(raw)
	case "REPEAT":
		return a.often(n, text+"\r\n")
	case "FILL":
		return a.often(n, text)
	}
	return a.say(st.Rest + "\r\n")
}

func (a *actor) say(text string) bool {
	if a.slow == 0 {
		_, err := io.WriteString(a.conn, text)
		return err == nil
	}
	for i := range len(text) {
		time.Sleep(a.slow)
		if _, err := a.conn.Write([]byte{text[i]}); err != nil {
			return false
		}
	}
	return true
}

func (a *actor) often(n, text string) bool {
	for range count(a.t, n) {
		if !a.say(text) {
			return false
		}
	}
	return true
}

// quiet is what servers do that tell bots by their impatience.
func (a *actor) quiet(st Step) bool {
	_ = a.conn.SetReadDeadline(time.Now().Add(Duration(a.t, st.Rest)))
	b, err := a.in.Peek(1)
	if err == nil {
		a.t.Errorf("%v: the client spoke out of turn: %q", st, b)
		return false
	}
	a.in.Reset(a.conn)
	return a.conn.SetReadDeadline(time.Time{}) == nil
}

// hear is strict: a real server would not forgive a bare LF or a long line.
func (a *actor) hear(st Step) bool {
	got, err := a.in.ReadString('\n')
	line, ended := strings.CutSuffix(got, "\r\n")
	fits := line == st.Rest
	if st.Word == "LIKE" {
		fits = regexp.MustCompile("^(?:" + st.Rest + ")$").MatchString(line)
	}
	if !fits || !ended {
		a.t.Errorf("%v: the client said %q (%v)", st, got, err)
		return false
	}
	if len(got) > MaxCommand {
		a.t.Errorf("%v: the client said %d octets in a line", st, len(got))
	}
	return true
}

// secure sends no session tickets: on a pipe without a buffer both sides would
// write at once and wait for each other for ever.
func (a *actor) secure() bool {
	c := tls.Server(a.conn, &tls.Config{Certificates: []tls.Certificate{a.cert}, SessionTicketsDisabled: true})
	if err := c.HandshakeContext(a.t.Context()); err != nil {
		a.t.Logf("the server's handshake: %v", err)
		return false
	}
	a.conn, a.in = c, bufio.NewReader(c)
	return true
}

// brittle is a client's end on which a script can pull the plug.
type brittle struct {
	net.Conn
	reset *atomic.Bool
}

func (b *brittle) Read(p []byte) (int, error) {
	n, err := b.Conn.Read(p)
	if errors.Is(err, io.EOF) && b.reset.Load() {
		err = &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", syscall.ECONNRESET)}
	}
	return n, err
}
