package maillab

import (
	"context"
	"errors"
	"net"
	"syscall"
	"testing"
	"time"
)

// dialing gives what a dial of address ends in.
func dialing(t *testing.T, n *Net, address string) error {
	t.Helper()
	return dialingWithin(t.Context(), t, n, address)
}

func dialingWithin(ctx context.Context, t *testing.T, n *Net, address string) error {
	t.Helper()
	c, err := n.DialContext(ctx, "tcp", address)
	if err == nil {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
	return err
}

// Row T1 and T6 of the fault catalogue: what each kind of address does to a dial.
func TestDialErrorsAreThoseOfTheRealThing(t *testing.T) {
	n := NewNet()
	l, err := n.Listen(t.Context(), "192.0.2.25:25")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(n.Refuse("192.0.2.26"))
	must(n.Blackhole("192.0.2.27"))
	must(n.Fail("192.0.2.28:25", syscall.EMFILE))
	for _, c := range []struct {
		name, address string
		want          error
	}{
		{"listener", "192.0.2.25:25", nil},
		{"other port of a host", "192.0.2.25:26", syscall.ECONNREFUSED},
		{"refused", "192.0.2.26:25", syscall.ECONNREFUSED},
		{"injected", "192.0.2.28:25", syscall.EMFILE},
		{"unknown", "192.0.2.99:25", syscall.EHOSTUNREACH},
		{"unknown IPv6", "[2001:db8::1]:25", syscall.EHOSTUNREACH},
		{"outside", "10.0.0.1:25", syscall.EHOSTUNREACH},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := dialing(t, n, c.address)
			if !errors.Is(err, c.want) {
				t.Fatalf("got %v, want %v", err, c.want)
			}
			var op *net.OpError
			if err != nil && (!errors.As(err, &op) || op.Op != "dial" || op.Addr.String() != c.address) {
				t.Errorf("%#v is no *net.OpError of a dial of %s", err, c.address)
			}
		})
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	var ne net.Error
	if err := dialingWithin(ctx, t, n, "192.0.2.27:25"); !errors.As(err, &ne) || !ne.Timeout() || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("blackhole: %v", err)
	}
	if s := n.Strays(); len(s) != 1 || s[0] != "tcp 10.0.0.1:25" {
		t.Errorf("strays %q", s)
	}
}

func TestANameCannotBeDialled(t *testing.T) {
	var op *net.OpError
	if err := dialing(t, NewNet(), "localhost:25"); !errors.As(err, &op) {
		t.Errorf("got %v", err)
	}
}

func TestFaultsAreTakenAway(t *testing.T) {
	n := NewNet()
	for _, address := range []string{"*", "192.0.2.1:25"} {
		for _, errno := range []syscall.Errno{syscall.ENETUNREACH, syscall.EADDRNOTAVAIL} {
			if err := n.Fail(address, errno); err != nil {
				t.Fatal(err)
			}
			if err := dialing(t, n, "192.0.2.1:25"); !errors.Is(err, errno) {
				t.Errorf("%s: got %v, want %v", address, err, errno)
			}
		}
		if err := n.Fail(address, 0); err != nil {
			t.Fatal(err)
		}
	}
	if err := dialing(t, n, "192.0.2.1:25"); !errors.Is(err, syscall.EHOSTUNREACH) {
		t.Errorf("got %v", err)
	}
}

func TestListenTakesLabAddressesOnce(t *testing.T) {
	n := NewNet()
	for _, address := range []string{"127.0.0.1:25", "10.0.0.1:25", "192.0.2.1", "mx1:25"} {
		if l, err := n.Listen(t.Context(), address); err == nil {
			t.Errorf("%s was listened on: %v", address, l.Close())
		}
	}
	l, err := n.Listen(t.Context(), "192.0.2.1:25")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := n.Listen(t.Context(), "192.0.2.1:25"); err == nil {
		t.Errorf("an address was given twice: %v", again.Close())
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := dialing(t, n, "192.0.2.1:25"); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("after the listener is closed: %v", err)
	}
}

func TestConnectionsAtOnceAreCounted(t *testing.T) {
	n := NewNet()
	l, err := n.Listen(t.Context(), "192.0.2.25:25")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	dial := func() net.Conn {
		c, err := n.DialContext(t.Context(), "tcp", "192.0.2.25:25")
		if err != nil {
			t.Fatal(err)
		}
		if c.RemoteAddr().String() != "192.0.2.25:25" {
			t.Errorf("remote address %s", c.RemoteAddr())
		}
		return c
	}
	first, second := dial(), dial()
	_ = first.Close()
	_ = first.Close() // the second Close does not count
	_ = second.Close()
	_ = dial().Close()
	if total, most := n.Dials("192.0.2.25:25"); total != 3 || most != 2 {
		t.Errorf("total %d, at once %d, want 3 and 2", total, most)
	}
	if total, most := n.Dials("192.0.2.26:25"); total != 0 || most != 0 {
		t.Errorf("undialled: %d, %d", total, most)
	}
}
