//go:build linux

package server

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"testing"
	"time"
)

// Port is a port that nobody uses on 127.0.0.1 just now. The servers of an MX
// set share one, each on an address of its own.
func Port(t testing.TB) int {
	t.Helper()
	l := listen(t, "127.0.0.1:0")
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// Block is the beginning of 254 loopback addresses, as "127.200.17.", at which
// nobody else listens: for servers that have to be found at their usual ports, even
// where these tests run twice at once.
func Block(t testing.TB) string {
	t.Helper()
	for range 20 {
		block := fmt.Sprintf("127.%d.%d.", 128+rand.IntN(100), rand.IntN(256))
		l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", block+"1:25")
		if err == nil {
			l.Close()
			return block
		}
	}
	t.Fatal("no port 25 can be listened at; these tests run as root, and no server may listen at every address")
	return ""
}

// At is address:port.
func At(address string, port int) string { return net.JoinHostPort(address, strconv.Itoa(port)) }

// HasIPv6 says whether ::1 can be used: a container may have been started
// without it.
func HasIPv6(t testing.TB) bool {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp6", "[::1]:0")
	if err != nil {
		return false
	}
	l.Close()
	return true
}

func listen(t testing.TB, address string) net.Listener {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func listens(t testing.TB, address string) bool {
	c, err := (&net.Dialer{Timeout: time.Second}).DialContext(t.Context(), "tcp", address)
	if err != nil {
		return false
	}
	c.Close()
	return true
}
