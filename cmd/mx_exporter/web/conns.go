package web

import (
	"net"
	"net/http"
	"sync"
)

// conns bounds how many HTTP connections are open, so that those who wait for
// an answer do not take the descriptors that probes need. Beyond the limit,
// connections wait in the kernel's queue; one that lies idle is closed for each
// that waits.
type conns struct {
	limit int

	mu     sync.Mutex
	freed  sync.Cond
	states map[net.Conn]http.ConnState
}

func newConns(limit int) *conns {
	c := &conns{limit: limit, states: map[net.Conn]http.ConnState{}}
	c.freed.L = &c.mu
	return c
}

// track is an [http.Server]'s ConnState. The server calls it for a new
// connection from the loop that accepts, so that to wait here is to accept no
// more.
func (c *conns) track(conn net.Conn, s http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch s {
	case http.StateClosed, http.StateHijacked:
		delete(c.states, conn)
		c.freed.Broadcast()
	case http.StateNew:
		c.states[conn] = s
		for len(c.states) > c.limit {
			c.evict()
			c.freed.Wait()
		}
	default:
		c.states[conn] = s
		c.freed.Broadcast()
	}
}

// evict closes a connection that lies idle. The server notices, and reports it
// closed.
func (c *conns) evict() {
	for conn, s := range c.states {
		if s == http.StateIdle {
			// Its owner's next request meets a closed connection and is sent again.
			_ = conn.Close()
			return
		}
	}
}

// open counts the connections.
func (c *conns) open() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.states)
}

// crowded reports that connections had better not be kept open when idle.
func (c *conns) crowded() bool { return c.open() > c.limit/2 }
