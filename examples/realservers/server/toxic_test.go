//go:build linux

package server

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"
)

// speaker listens on loopback and says one thing to everybody who says something
// first: a reset must not overtake the connection itself.
func speaker(t *testing.T, text string) string {
	t.Helper()
	l := listen(t, "127.0.0.1:0")
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { c.Close() })
			if _, err := c.Read(make([]byte, 1)); err == nil {
				_, _ = io.WriteString(c, text)
			}
		}
	}()
	return l.Addr().String()
}

func TestToxicLineDoesToTheServersWordsWhatItsFateSays(t *testing.T) {
	const text = "220 hello\r\n250-PIPELINING\r\n250 SIZE\r\n"
	for _, test := range []struct {
		name  string
		toxic Toxic
		heard string
		ends  error
	}{
		{"nothing", Toxic{}, text, os.ErrDeadlineExceeded},
		{"cut in mid-word", Toxic{After: "250-PIPE", Fate: Cut}, "220 hello\r\n250-PIPE", io.EOF},
		{"reset in mid-word", Toxic{After: "250-PIPE", Fate: Reset}, "", syscall.ECONNRESET},
		{"held in mid-word", Toxic{After: "250-PIPE", Fate: Hold}, "220 hello\r\n250-PIPE", os.ErrDeadlineExceeded},
		{"byte by byte", Toxic{Pace: time.Millisecond}, text, os.ErrDeadlineExceeded},
	} {
		t.Run(test.name, func(t *testing.T) {
			at := At("127.0.0.1", Port(t))
			StartProxy(t, at, speaker(t, text), test.toxic)
			heard, err := hear(t, at)
			// A reset may overtake the words before it.
			if test.toxic.Fate != Reset && heard != test.heard {
				t.Errorf("heard %q, want %q", heard, test.heard)
			}
			if !errors.Is(err, test.ends) {
				t.Errorf("the connection ended with %v, want %v", err, test.ends)
			}
		})
	}
}

// hear reads until the connection ends, or says nothing more for a while.
func hear(t *testing.T, address string) (string, error) {
	t.Helper()
	c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, "\n"); err != nil {
		t.Fatal(err)
	}
	var heard []byte
	b := make([]byte, 512)
	for {
		if err := c.SetReadDeadline(time.Now().Add(500 * time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		n, err := c.Read(b)
		heard = append(heard, b[:n]...)
		if err != nil {
			return string(heard), err
		}
	}
}
