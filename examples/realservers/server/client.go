//go:build linux

package server

import (
	"bufio"
	"net"
	"strings"
	"testing"
	"time"
)

// Client speaks SMTP line by line, without any wit of its own: for holding a
// connection, for bad manners, and for recording what servers say.
type Client struct {
	conn net.Conn
	r    *bufio.Reader
}

// Dial connects to a server. The connection ends with the test.
func Dial(t testing.TB, address string) *Client {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	return &Client{conn: conn, r: bufio.NewReader(conn)}
}

// Say sends one line.
func (c *Client) Say(t testing.TB, line string) {
	t.Helper()
	if _, err := c.conn.Write([]byte(line + "\r\n")); err != nil {
		t.Fatalf("saying %q: %v", line, err)
	}
}

// Hear returns one reply, all of its lines as they came.
func (c *Client) Hear(t testing.TB) string {
	t.Helper()
	var reply strings.Builder
	for {
		line, err := c.r.ReadString('\n')
		if err != nil {
			t.Fatalf("after %q: %v", reply.String()+line, err)
		}
		reply.WriteString(line)
		if len(line) < 4 || line[3] != '-' {
			return reply.String()
		}
	}
}

// Ask sends one line and returns the reply to it.
func (c *Client) Ask(t testing.TB, line string) string {
	t.Helper()
	c.Say(t, line)
	return c.Hear(t)
}
