//go:build linux

package server

import (
	"bytes"
	"context"
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// Fate is what becomes of a connection.
type Fate string

// The fates.
const (
	Cut   Fate = "cut"   // closed in an orderly way (FIN)
	Reset Fate = "reset" // torn down (RST)
	Hold  Fate = "hold"  // kept open, and nothing passes any more: the peer is gone and nobody said so
)

// Toxic is what a bad line does to what the server says. The zero value does
// nothing.
type Toxic struct {
	After string        // once the server has said this much …
	Fate  Fate          // … this happens
	Pace  time.Duration // each byte waits this long, and travels alone
}

// StartProxy puts a bad line in front of a server: it listens at one address and
// connects each connection through to another, until the test ends.
func StartProxy(t testing.TB, at, server string, x Toxic) {
	t.Helper()
	l := listen(t, at)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	t.Cleanup(func() {
		cancel()
		l.Close()
		wg.Wait()
	})
	wg.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { x.connect(ctx, client, server) })
		}
	})
}

// connect carries one connection until either side or the test ends it.
func (x Toxic) connect(ctx context.Context, client net.Conn, server string) {
	defer client.Close()
	upstream, err := (&net.Dialer{}).DialContext(ctx, "tcp", server)
	if err != nil {
		return
	}
	defer upstream.Close()
	stop := context.AfterFunc(ctx, func() {
		client.Close()
		upstream.Close()
	})
	defer stop()
	// The client may be talking into the void by then, and is read until it ends.
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_, _ = io.Copy(upstream, client)
	}()
	switch x.carry(client, upstream) {
	case Hold:
		<-gone
	case Reset:
		_ = client.(*net.TCPConn).SetLinger(0)
	}
	client.Close()
	upstream.Close()
	<-gone
}

// carry passes on what the server says, and returns the fate that it met, or Cut
// when a side ended it.
func (x Toxic) carry(client io.Writer, server io.Reader) Fate {
	var said []byte
	b := make([]byte, x.stride())
	for {
		n, err := server.Read(b)
		said = append(said, b[:n]...)
		out, met := b[:n], false
		if i := bytes.Index(said, []byte(x.After)); x.After != "" && i >= 0 {
			surplus := len(said) - i - len(x.After)
			out, met = b[:max(n-surplus, 0)], true
		}
		time.Sleep(x.Pace)
		if _, werr := client.Write(out); werr != nil || err != nil {
			return Cut
		}
		if met {
			return x.Fate
		}
	}
}

func (x Toxic) stride() int {
	if x.Pace > 0 {
		return 1
	}
	return 4096
}
