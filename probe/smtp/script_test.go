package smtp_test

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"mx_exporter/probe/cert/certtest"
)

// script is one hostile or friendly server, as a file in testdata. Each line is
// a word, a colon and the rest:
//
//	S: 220 mx ready        say a line, with CRLF
//	RAW: 220 a\r\n         say octets, with the escapes of a Go string
//	REPEAT: 1000 220-x     say a line many times, until the client goes
//	FILL: 1000 x           say a text many times, without line ends
//	C: EHLO probe.test     hear exactly this line
//	SLOW: 1s               from here on, this long before each octet said
//	WAIT: 6s               do nothing for a while
//	QUIET: 6s              the same, and the client must say nothing meanwhile
//	TLS:                   a handshake as the server mx.example.test
//	HANG:                  hear whatever comes, and say nothing more
//	STALL:                 not even hear
//	CLOSE: RESET:          go, in good or bad manner
//	OPTION: name value     an option of the client, see options
//	WANT: name value       what must come of it, see want
//
// The end of a script closes the connection, and the client must have said all
// that it was to say, and nothing else.
type script struct {
	steps   []step
	options []step
	wants   []step
}

type step struct {
	line int
	word string
	rest string
}

func readScript(t testing.TB, path string) script {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return parseScript(t, string(b))
}

func parseScript(t testing.TB, text string) script {
	t.Helper()
	var s script
	for i, l := range strings.Split(text, "\n") {
		if l == "" || strings.HasPrefix(l, "#") {
			continue
		}
		word, rest, ok := strings.Cut(l, ":")
		if !ok {
			t.Fatalf("line %d has no word with a colon: %q", i+1, l)
		}
		st := step{line: i + 1, word: word, rest: strings.TrimPrefix(rest, " ")}
		switch word {
		case "OPTION":
			s.options = append(s.options, st)
		case "WANT":
			s.wants = append(s.wants, st)
		case "S", "C", "RAW", "REPEAT", "FILL", "SLOW", "WAIT", "QUIET", "TLS", "HANG", "STALL", "CLOSE", "RESET":
			s.steps = append(s.steps, st)
		default:
			t.Fatalf("line %d has the unknown word %q", i+1, word)
		}
	}
	return s
}

// actor plays a script on one end of a pipe.
type actor struct {
	t     testing.TB
	conn  net.Conn
	in    *bufio.Reader
	cert  tls.Certificate
	slow  time.Duration
	reset *atomic.Bool
}

func newActor(t testing.TB, on stage, conn net.Conn, reset *atomic.Bool) *actor {
	return &actor{t: t, conn: conn, in: bufio.NewReader(conn), cert: on.cert, reset: reset}
}

func (a *actor) play(s script) {
	defer func() { _ = a.conn.Close() }()
	for _, st := range s.steps {
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
func (a *actor) step(st step) bool {
	switch st.word {
	case "S":
		return a.say(st.rest + "\r\n")
	case "RAW":
		raw, err := strconv.Unquote(`"` + st.rest + `"`)
		if err != nil {
			a.t.Errorf("line %d: %q: %v", st.line, st.rest, err)
		}
		return a.say(raw)
	case "REPEAT":
		n, text, _ := strings.Cut(st.rest, " ")
		return a.sayOften(n, text+"\r\n")
	case "FILL":
		n, text, _ := strings.Cut(st.rest, " ")
		return a.sayOften(n, text)
	case "QUIET":
		return a.quiet(st)
	case "C":
		return a.hear(st)
	case "SLOW":
		a.slow = duration(a.t, st.rest)
	case "WAIT":
		time.Sleep(duration(a.t, st.rest))
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
		return false
	case "CLOSE":
		return false
	}
	return true
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

func (a *actor) sayOften(n, text string) bool {
	times, err := strconv.Atoi(n)
	if err != nil {
		a.t.Errorf("%q is no number", n)
	}
	for range times {
		if !a.say(text) {
			return false
		}
	}
	return true
}

// quiet is what servers do that tell bots by their impatience.
func (a *actor) quiet(st step) bool {
	_ = a.conn.SetReadDeadline(time.Now().Add(duration(a.t, st.rest)))
	b, err := a.in.Peek(1)
	if err == nil {
		a.t.Errorf("%v: the client spoke out of turn: %q", st, b)
		return false
	}
	a.in.Reset(a.conn)
	return a.conn.SetReadDeadline(time.Time{}) == nil
}

// hear is strict: a real server would not forgive a bare LF or a long line.
func (a *actor) hear(st step) bool {
	got, err := a.in.ReadString('\n')
	if want := st.rest + "\r\n"; got != want {
		a.t.Errorf("line %d: the client said %q (%v), want %q", st.line, got, err, want)
		return false
	}
	if len(got) > 512 {
		a.t.Errorf("line %d: the client said %d octets in a line", st.line, len(got))
	}
	return true
}

// secure sends no session tickets: on a pipe without a buffer both sides would
// write at once and wait for each other for ever.
func (a *actor) secure() bool {
	c := tls.Server(a.conn, &tls.Config{Certificates: []tls.Certificate{a.cert}, SessionTicketsDisabled: true})
	if err := c.Handshake(); err != nil {
		a.t.Logf("the server's handshake: %v", err)
		return false
	}
	a.conn, a.in = c, bufio.NewReader(c)
	return true
}

func duration(t testing.TB, s string) time.Duration {
	d, err := time.ParseDuration(s)
	if err != nil {
		t.Errorf("%q is no duration", s)
	}
	return d
}

// pipe gives a client's end on which a script can pull the plug.
func pipe() (client net.Conn, server net.Conn, reset *atomic.Bool) {
	c, s := net.Pipe()
	reset = new(atomic.Bool)
	return &brittle{Conn: c, reset: reset}, s, reset
}

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

// stage is one identity for all scripts: making keys is slow.
type stage struct {
	ca   *certtest.CA
	cert tls.Certificate
}

func newStage(t testing.TB) stage {
	ca := certtest.NewCA(t)
	return stage{ca: ca, cert: ca.Issue(t, []string{"mx.example.test"})}
}

func (s step) String() string { return fmt.Sprintf("line %d: %s: %s", s.line, s.word, s.rest) }
