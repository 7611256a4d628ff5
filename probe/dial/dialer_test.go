package dial

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"syscall"
	"testing"

	"mx_exporter/probe/fact"
)

func loopback(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l.Addr().String()
}

func TestDialerRefusesWhatThePolicyDoesNotOpen(t *testing.T) {
	address := loopback(t)
	_, err := Dialer{}.DialContext(t.Context(), "tcp", address)
	var blocked *BlockedError
	if !errors.As(err, &blocked) || blocked.Class != Loopback {
		t.Fatalf("a loopback address was not refused: %v", err)
	}
	open := Dialer{Policy: Policy{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}}
	c, err := open.DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	_ = c.Close()
}

func TestAllowedNetworkOpensItsAddressInAnyCoat(t *testing.T) {
	p := Policy{Allow: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}}
	for address, want := range map[string]bool{
		"10.1.2.3": true, "::ffff:10.1.2.3": true, "fd00::1": true, "8.8.8.8": true,
		"192.168.0.1": false, "::ffff:127.0.0.1": false, "fe80::1": false,
	} {
		if _, got := p.Check(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: allowed %v, want %v", address, got, want)
		}
	}
}

// N17: the socket's own address is judged again, so that no way around
// DialContext connects to a blocked one.
func TestControlJudgesTheSocketsAddress(t *testing.T) {
	d := Dialer{}
	nd := net.Dialer{Control: d.control}
	_, err := nd.DialContext(t.Context(), "tcp", loopback(t))
	if ReasonOf(err) != fact.AddressBlocked {
		t.Fatalf("want a blocked address, got %v", err)
	}
}

func TestDialerTakesNoNames(t *testing.T) {
	if _, err := (Dialer{}).DialContext(t.Context(), "tcp", "localhost:25"); err == nil {
		t.Fatal("a name was dialled")
	}
}

// N14: no route of ours is our lack; a network that refuses is not.
func TestMissingRouteIsOurs(t *testing.T) {
	fail := func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ENETUNREACH)}
	}
	for routed, want := range map[bool]fact.Reason{false: fact.LocalNetwork, true: fact.Unreachable} {
		d := Dialer{Dial: fail, Routed: func(netip.Addr) bool { return routed }}
		_, err := d.DialContext(t.Context(), "tcp", "8.8.8.8:25")
		if got := ReasonOf(err); got != want {
			t.Errorf("routed %v: %s, want %s", routed, got, want)
		}
	}
}

func TestRoutedAsksTheKernel(t *testing.T) {
	if !Routed(netip.MustParseAddr("127.0.0.1")) {
		t.Error("there is always a route to loopback")
	}
}

// T1, T6: what is short here is never the server's fault.
func TestReasonOf(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want fact.Reason
	}{
		{syscall.ECONNREFUSED, fact.Refused},
		{syscall.EHOSTUNREACH, fact.Unreachable},
		{syscall.ECONNRESET, fact.Reset},
		{syscall.EPIPE, fact.Reset},
		{syscall.ETIMEDOUT, fact.ConnectTimeout},
		{syscall.EMFILE, fact.LocalFD},
		{syscall.ENFILE, fact.LocalFD},
		{syscall.ENOBUFS, fact.LocalFD},
		{syscall.ENOMEM, fact.LocalFD},
		{syscall.EADDRNOTAVAIL, fact.LocalNetwork},
		{syscall.EACCES, fact.LocalNetwork},
		{syscall.EPERM, fact.LocalNetwork},
		{context.DeadlineExceeded, fact.ConnectTimeout},
		{os.ErrDeadlineExceeded, fact.ConnectTimeout},
		{io.EOF, fact.EOF},
		{errors.New("something else"), fact.Unreachable},
	} {
		wrapped := fmt.Errorf("somewhere: %w", &net.OpError{Op: "dial", Err: tt.err})
		if got := ReasonOf(wrapped); got != tt.want {
			t.Errorf("%v is %s, want %s", tt.err, got, tt.want)
		}
	}
}
