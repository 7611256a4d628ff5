package mailbox

import (
	"bytes"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"mx_exporter/probe/talk"
)

// handover is the connection as go-imap gets it after the login: it begins with a
// greeting of our own, which says that the login is done, goes on with what was
// read ahead, and then with what the server sends, counted. Deadlines are ours
// alone: go-imap would put its own in their place.
type handover struct {
	c     *conversation
	begin io.Reader

	mu  sync.Mutex
	err error // of writing
}

// preauth announces no more than what every server can do: what else this one can
// do is asked of conversation.caps.
const preauth = "* PREAUTH [CAPABILITY IMAP4rev1] logged in\r\n"

func newHandover(c *conversation) (*handover, error) {
	ahead, err := c.in.br.Peek(c.in.br.Buffered())
	if err != nil {
		return nil, err
	}
	h := &handover{c: c, begin: io.MultiReader(bytes.NewReader([]byte(preauth)), bytes.NewReader(bytes.Clone(ahead)))}
	c.b.follow(h.server)
	return h, nil
}

// server puts a line into the transcript.
func (h *handover) server(line string) {
	h.c.t.Add(time.Now(), talk.Server, h.c.hush.Clean(line))
}

func (h *handover) Read(p []byte) (int, error) {
	n, err := h.begin.Read(p)
	if n > 0 || !errors.Is(err, io.EOF) {
		return n, err
	}
	return h.c.b.Read(p)
}

func (h *handover) Write(p []byte) (int, error) {
	for line := range bytes.Lines(p) {
		h.c.t.Add(time.Now(), talk.Client, string(bytes.TrimRight(line, "\r\n")))
	}
	n, err := h.c.conn.Write(p)
	if err != nil {
		h.mu.Lock()
		h.err = errors.Join(h.err, err)
		h.mu.Unlock()
	}
	return n, err
}

// why is what ended the connection; nil: nothing did.
func (h *handover) why() error {
	if err := h.c.b.why(); err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.err
}

// Close closes the connection below TLS: the alert that ends TLS would wait for a
// server that does not read.
func (h *handover) Close() error { return h.c.raw.Close() }

func (h *handover) LocalAddr() net.Addr              { return h.c.raw.LocalAddr() }
func (h *handover) RemoteAddr() net.Addr             { return h.c.raw.RemoteAddr() }
func (h *handover) SetDeadline(time.Time) error      { return nil }
func (h *handover) SetReadDeadline(time.Time) error  { return nil }
func (h *handover) SetWriteDeadline(time.Time) error { return nil }
