package maillab

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"syscall"
)

// Net is a closed world of IP addresses. The zero value is not usable; see
// [NewNet]. All methods may be called at the same time.
type Net struct {
	mu     sync.Mutex
	ports  map[netip.AddrPort]string // where an alias really listens
	hosts  map[netip.Addr]hostKind
	faults map[netip.AddrPort]syscall.Errno
	all    syscall.Errno // fault of every address; 0: none
	dials  map[netip.AddrPort]*dialCount
	strays []string
}

// hostKind is how an address without a listener on the port behaves.
type hostKind int

const (
	hostPresent   hostKind = iota + 1 // refuses the connection
	hostBlackhole                     // swallows it
)

type dialCount struct{ total, open, most int }

// NewNet gives an empty world: every address is unreachable.
func NewNet() *Net {
	return &Net{
		ports:  map[netip.AddrPort]string{},
		hosts:  map[netip.Addr]hostKind{},
		faults: map[netip.AddrPort]syscall.Errno{},
		dials:  map[netip.AddrPort]*dialCount{},
	}
}

// Ranges lists the documentation networks that the world consists of (RFC 5737
// and RFC 3849).
func Ranges() []netip.Prefix {
	return []netip.Prefix{
		netip.MustParsePrefix("192.0.2.0/24"),
		netip.MustParsePrefix("198.51.100.0/24"),
		netip.MustParsePrefix("203.0.113.0/24"),
		netip.MustParsePrefix("2001:db8::/32"),
	}
}

// Listen opens a random loopback port and gives it the name address, such as
// "192.0.2.25:25". Closing the listener frees the name; from then on the address
// refuses connections, as a host does whose service has stopped.
func (n *Net) Listen(ctx context.Context, address string) (net.Listener, error) {
	alias, err := labAddress(address)
	if err != nil {
		return nil, err
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening for %s: %w", address, err)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if _, taken := n.ports[alias]; taken {
		return nil, joinClose(fmt.Errorf("%s has a listener already: each address and port takes one", address), l)
	}
	n.ports[alias] = l.Addr().String()
	n.hosts[alias.Addr()] = hostPresent
	return &listener{Listener: l, net: n, alias: alias}, nil
}

// expose makes an address that already listens on loopback known under alias.
func (n *Net) expose(alias, real string) error {
	a, err := netip.ParseAddrPort(alias)
	if err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.ports[a] = real
	return nil
}

// Refuse makes a host known on which nothing listens: a dial is answered with
// ECONNREFUSED.
func (n *Net) Refuse(host string) error { return n.mark(host, hostPresent) }

// Blackhole makes a host known that swallows every packet: a dial hangs until
// its context is done.
func (n *Net) Blackhole(host string) error { return n.mark(host, hostBlackhole) }

func (n *Net) mark(host string, k hostKind) error {
	a, err := netip.ParseAddr(host)
	if err != nil {
		return fmt.Errorf("%q is no IP address: %w", host, err)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.hosts[a] = k
	return nil
}

// Fail makes each dial of address end in a fault of our own side, such as
// EMFILE, ENETUNREACH or EADDRNOTAVAIL; "*" stands for every address, and errno
// 0 takes the fault away.
func (n *Net) Fail(address string, errno syscall.Errno) error {
	if address == "*" {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.all = errno
		return nil
	}
	a, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%q is no address and port: %w", address, err)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.faults[a] = errno
	return nil
}

// Dials gives how many dials of address there were, and how many of them, under
// way or connected, stood at once.
func (n *Net) Dials(address string) (total, maxConcurrent int) {
	a, err := netip.ParseAddrPort(address)
	if err != nil {
		return 0, 0
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if c := n.dials[a]; c != nil {
		return c.total, c.most
	}
	return 0, 0
}

// Strays lists the addresses outside of [Ranges] that somebody tried to dial:
// the packets that a policy should have held back.
func (n *Net) Strays() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]string(nil), n.strays...)
}

// labAddress reads an address and port of the lab's ranges.
func labAddress(s string) (netip.AddrPort, error) {
	a, err := netip.ParseAddrPort(s)
	if err != nil {
		return a, fmt.Errorf("%q is no address and port: write 192.0.2.25:25 or [2001:db8::25]:25", s)
	}
	if !inRanges(a.Addr()) {
		return a, fmt.Errorf("%s is outside of the lab: use an address of %s", s, rangesText())
	}
	return a, nil
}

func inRanges(a netip.Addr) bool {
	for _, p := range Ranges() {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

func rangesText() string {
	var s []string
	for _, p := range Ranges() {
		s = append(s, p.String())
	}
	return strings.Join(s, ", ")
}
