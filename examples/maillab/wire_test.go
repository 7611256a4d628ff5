package maillab

import (
	"bufio"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"
)

// wire is a raw connection to a server: what a test says goes out as it stands.
type wire struct {
	t *testing.T
	net.Conn
	r *bufio.Reader
}

// dialWire connects to the server of [oneServer].
func dialWire(t *testing.T, l *Lab) *wire {
	t.Helper()
	c, err := l.Net.DialContext(t.Context(), "tcp", "192.0.2.25:25")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return &wire{t, c, bufio.NewReader(c)}
}

func (w *wire) say(s string) {
	w.t.Helper()
	if _, err := w.Write([]byte(s)); err != nil {
		w.t.Fatal(err)
	}
}

// reply reads one reply, of however many lines, as it came.
func (w *wire) reply() string {
	var all strings.Builder
	for {
		line, err := w.r.ReadString('\n')
		all.WriteString(line)
		if err != nil || len(line) < 4 || line[3] != '-' {
			return all.String()
		}
	}
}

// ends reports whether the server closed the connection.
func (w *wire) ends() bool {
	rest, err := w.r.ReadString('\n')
	return rest == "" && err != nil && !errors.Is(err, os.ErrDeadlineExceeded)
}

// hangUp ends what the client says and waits until the server has closed the
// connection: what it has to report, it has reported by then.
func (w *wire) hangUp() {
	w.t.Helper()
	half, ok := w.Conn.(interface{ CloseWrite() error })
	if !ok {
		w.t.Fatalf("%T cannot be closed half", w.Conn)
	}
	_ = half.CloseWrite() // the server may have closed it
	_, _ = io.Copy(io.Discard, w.r)
}

// talk runs a script of "C: " and "S: " lines; of a reply only the beginning has
// to agree. "S: EOF" wants the connection closed.
func (w *wire) talk(script string) {
	w.t.Helper()
	for line := range strings.SplitSeq(script, "\n") {
		line = unescape.Replace(strings.TrimLeft(line, "\t"))
		if line == "" {
			continue
		}
		switch who, what := line[:3], line[3:]; {
		case who == "C: ":
			w.say(what + "\r\n")
		case what == "EOF":
			if !w.ends() {
				w.t.Errorf("the connection is open still")
			}
		default:
			if got := w.reply(); !strings.HasPrefix(got, what) {
				w.t.Fatalf("got %q, want %q", got, what)
			}
		}
	}
}

// unescape is how control octets are written in a script.
var unescape = strings.NewReplacer(`\r`, "\r", `\n`, "\n", `\0`, "\x00")

// wantViolations fails unless exactly the given words were reported, one each.
func wantViolations(t *testing.T, l *Lab, want ...string) {
	t.Helper()
	got := l.Violations()
	if len(got) != len(want) {
		t.Fatalf("violations %q, want %q", got, want)
	}
	for i := range want {
		if !strings.Contains(got[i], want[i]) {
			t.Errorf("violation %q, want %q in it", got[i], want[i])
		}
	}
}
