package dial

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
)

// Policy says which addresses may be dialled beside public unicast ones.
type Policy struct {
	Allow []netip.Prefix
}

// Check gives the class of an address, and whether the policy lets it be
// dialled.
func (p Policy) Check(a netip.Addr) (Class, bool) {
	c := Classify(a)
	if c == Public {
		return c, true
	}
	plain, carried := a.Unmap().WithZone(""), Embedded(a)
	for _, n := range p.Allow {
		if n.Contains(plain) || n.Contains(carried) {
			return c, true
		}
	}
	return c, false
}

// BlockedError is a dial that the policy refused. No packet was sent.
type BlockedError struct {
	Address netip.Addr
	Class   Class
}

// Error says which address was refused, and how to open it.
func (e *BlockedError) Error() string {
	return fmt.Sprintf("%s is a %s address and not dialled; allow_networks opens it", e.Address, e.Class)
}

// Func dials. It has the shape of [net.Dialer.DialContext].
type Func func(ctx context.Context, network, address string) (net.Conn, error)

// Dialer dials addresses that its policy lets through. The zero value dials
// public addresses on the real network.
type Dialer struct {
	Policy Policy
	// Dial is the network to dial on; nil is the machine's own, where the
	// socket's address is judged once more before it connects.
	Dial Func
	// Routed says whether this machine has a route to an address; nil asks the
	// kernel, without sending anything.
	Routed func(netip.Addr) bool
}

// DialContext connects to an address and port, never to a name. An error is a
// *[BlockedError] where the policy refuses, else as from [net.Dialer], with
// [ErrNoRoute] joined where this machine has no route to the address.
func (d Dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil, fmt.Errorf("dial %q: want an address and a port: %w", address, err)
	}
	if c, ok := d.Policy.Check(ap.Addr()); !ok {
		return nil, &BlockedError{ap.Addr(), c}
	}
	conn, err := d.network()(ctx, network, address)
	if err != nil && errors.Is(err, syscall.ENETUNREACH) && !d.routed(ap.Addr()) {
		err = errors.Join(ErrNoRoute, err)
	}
	return conn, err
}

func (d Dialer) network() Func {
	if d.Dial != nil {
		return d.Dial
	}
	nd := net.Dialer{Control: d.control, KeepAlive: -1}
	return nd.DialContext
}

// control runs on the socket after its address is fixed and before it
// connects.
func (d Dialer) control(_, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	if c, ok := d.Policy.Check(ap.Addr()); !ok {
		return &BlockedError{ap.Addr(), c}
	}
	return nil
}

func (d Dialer) routed(a netip.Addr) bool {
	if d.Routed != nil {
		return d.Routed(a)
	}
	return Routed(a)
}

// Routed asks the kernel whether it has a route to an address. Connecting a UDP
// socket looks the route up and sends nothing.
func Routed(a netip.Addr) bool {
	var nd net.Dialer
	c, err := nd.DialContext(context.Background(), "udp", netip.AddrPortFrom(a, 9).String())
	if err != nil {
		return false
	}
	_ = c.Close()
	return true
}
