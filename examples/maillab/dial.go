package maillab

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"syscall"
)

// DialContext connects to an address of the closed world; it has the form of
// [net.Dialer.DialContext]. Its errors are those of the real thing: a
// *net.OpError around ECONNREFUSED (a host without the port), EHOSTUNREACH (no
// such host), an injected errno, or the context's error.
func (n *Net) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	alias, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: &net.AddrError{Err: "the lab dials addresses, not names", Addr: address}}
	}
	real, fault := n.route(network, alias)
	release := n.count(alias)
	if fault != nil {
		defer release()
		return nil, dialError(network, alias, fault(ctx))
	}
	var d net.Dialer
	c, err := d.DialContext(ctx, network, real)
	if err != nil {
		release()
		return nil, err
	}
	tcp, ok := c.(*net.TCPConn)
	if !ok { // UDP, to the resolver: nothing to count
		release()
		return c, nil
	}
	return &conn{TCPConn: tcp, remote: net.TCPAddrFromAddrPort(alias), release: release}, nil
}

// route gives the real address behind alias, or what a dial of it ends in.
func (n *Net) route(network string, alias netip.AddrPort) (string, func(context.Context) error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if e := n.faults[alias]; e != 0 {
		return "", localFault(e)
	}
	if n.all != 0 {
		return "", localFault(n.all)
	}
	if real, ok := n.ports[alias]; ok && n.hosts[alias.Addr()] != hostBlackhole {
		return real, nil
	}
	if !inRanges(alias.Addr()) {
		n.strays = append(n.strays, network+" "+alias.String())
	}
	switch n.hosts[alias.Addr()] {
	case hostPresent:
		return "", constant(os.NewSyscallError("connect", syscall.ECONNREFUSED))
	case hostBlackhole:
		return "", func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	}
	return "", constant(os.NewSyscallError("connect", syscall.EHOSTUNREACH))
}

func constant(err error) func(context.Context) error {
	return func(context.Context) error { return err }
}

// localFault names the system call that fails with such an errno: EMFILE and
// its like come from socket, the others from connect.
func localFault(e syscall.Errno) func(context.Context) error {
	switch e {
	case syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM:
		return constant(os.NewSyscallError("socket", e))
	}
	return constant(os.NewSyscallError("connect", e))
}

func dialError(network string, alias netip.AddrPort, err error) error {
	var addr net.Addr = net.TCPAddrFromAddrPort(alias)
	if strings.HasPrefix(network, "udp") {
		addr = net.UDPAddrFromAddrPort(alias)
	}
	return &net.OpError{Op: "dial", Net: network, Addr: addr, Err: err}
}

// count notes a dial, and gives what to call when it is over or its connection
// closed.
func (n *Net) count(alias netip.AddrPort) (release func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	c := n.dials[alias]
	if c == nil {
		c = &dialCount{}
		n.dials[alias] = c
	}
	c.total++
	c.open++
	c.most = max(c.most, c.open)
	return sync.OnceFunc(func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		c.open--
	})
}

// conn is a loopback connection that bears the alias as its remote address.
type conn struct {
	*net.TCPConn
	remote  net.Addr
	release func()
}

func (c *conn) RemoteAddr() net.Addr { return c.remote }

func (c *conn) Close() error {
	defer c.release()
	return c.TCPConn.Close()
}

// listener frees its alias when it is closed.
type listener struct {
	net.Listener
	net   *Net
	alias netip.AddrPort
}

func (l *listener) Close() error {
	l.net.mu.Lock()
	if l.net.ports[l.alias] == l.Addr().String() {
		delete(l.net.ports, l.alias)
	}
	l.net.mu.Unlock()
	return l.Listener.Close()
}

// joinClose closes c and gives err together with what closing said.
func joinClose(err error, c io.Closer) error { return errors.Join(err, c.Close()) }
