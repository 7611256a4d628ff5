package dnsq

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/miekg/dns"
)

// Client asks resolvers over the network. It is an [Exchanger], safe for many
// goroutines.
//
// Over UDP it keeps a few connected sockets per resolver and sends many
// questions over each, told apart by random ids; the sockets are renewed after
// some thousand questions or two minutes, and closed after half a minute
// without one. An answer that was cut is asked for again over TCP. Connections
// of TCP and TLS are kept and shared in the same way.
//
// Resolvers are asked in their order. A second query, to the next one, goes out
// when the first is late by 0.8 s (or half the timeout), or at once when it
// failed or was answered with an error code; whichever answers first counts. A
// resolver that kept silent is asked last for half a minute.
type Client struct {
	o     Options
	fixed []netip.AddrPort // the servers, unless
	conf  *conf            // says them
	stats counters
	life  context.Context //nolint:containedctx // ends with Close, and ends the sockets
	end   context.CancelFunc

	mu        sync.Mutex
	closed    bool
	running   sync.WaitGroup
	upstreams map[netip.AddrPort]*upstream
	order     []*upstream
	listed    []netip.AddrPort // what order was made from
}

// NewClient makes a client. It opens no socket before the first question.
func NewClient(o Options) (*Client, error) {
	o, err := o.filled()
	if err != nil {
		return nil, err
	}
	list, err := o.parseServers(o.Servers)
	if err != nil {
		return nil, err
	}
	c := &Client{o: o, fixed: list, upstreams: map[netip.AddrPort]*upstream{}}
	if len(list) == 0 {
		c.conf = &conf{path: resolvConf, port: o.port()}
	}
	c.life, c.end = context.WithCancel(context.Background())
	return c, nil
}

// Close ends what is under way, closes all sockets and waits for the goroutines
// that served them.
func (c *Client) Close() error {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.end()
	c.running.Wait()
	return nil
}

// Exchange sends q to the resolvers and gives the first usable response. When
// all that answered did so with an error code, one of those is given. The error
// is an [*Error].
func (c *Client) Exchange(ctx context.Context, q *dns.Msg) (*dns.Msg, error) {
	if err := ctx.Err(); err != nil {
		return nil, &Error{Reason: transportReason(err), Err: err}
	}
	r, err := c.race(q)
	if err != nil {
		return nil, err
	}
	defer r.stop()
	return r.run(ctx)
}

// servers gives the resolvers in the order in which to ask them.
func (c *Client) servers() []*upstream {
	list := c.fixed
	if c.conf != nil {
		list = c.conf.servers()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.order == nil || !sameList(list, c.listed) {
		c.listed, c.order = list, make([]*upstream, 0, len(list))
		kept := map[netip.AddrPort]*upstream{}
		for _, a := range list {
			if kept[a] != nil {
				continue
			}
			kept[a] = c.upstreams[a]
			if kept[a] == nil {
				kept[a] = newUpstream(c, a)
			}
			c.order = append(c.order, kept[a])
		}
		c.upstreams = kept // sockets to the others close when they are idle
	}
	return inOrder(c.order)
}

// sameList compares by identity: a list is never changed in place.
func sameList(a, b []netip.AddrPort) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// newSocket makes a socket of a connection.
func (c *Client) newSocket(conn net.Conn, stream bool) *socket {
	c.stats.sockets.Add(1)
	return &socket{
		conn: conn, stream: stream, timeout: c.o.Timeout, stats: &c.stats,
		born: time.Now(), pending: map[uint16]*call{},
	}
}

// start lets a socket be read. Where the client is closed it closes the socket
// and reports false.
func (c *Client) start(s *socket) bool {
	ok := c.spawn(func() {
		defer context.AfterFunc(c.life, func() { s.conn.Close() })()
		s.serve()
	})
	if !ok {
		s.conn.Close()
	}
	return ok
}

// spawn runs f in a goroutine that Close waits for, unless the client is closed.
func (c *Client) spawn(f func()) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed {
		c.running.Go(f)
	}
	return !c.closed
}

// counters count what a client does on the network.
type counters struct {
	sent, retries, cut, dropped, sockets atomic.Uint64
}

// ClientStats are counters since the client was made.
type ClientStats struct {
	Sent    uint64 // queries sent, retries included
	Retries uint64 // queries sent because another was late or failed
	Cut     uint64 // answers asked for again over TCP because they were cut
	Dropped uint64 // messages that answered nothing asked: late, forged or broken
	Sockets uint64 // sockets opened
}

// Stats gives the counters as they are now.
func (c *Client) Stats() ClientStats {
	return ClientStats{
		Sent: c.stats.sent.Load(), Retries: c.stats.retries.Load(), Cut: c.stats.cut.Load(),
		Dropped: c.stats.dropped.Load(), Sockets: c.stats.sockets.Load(),
	}
}
