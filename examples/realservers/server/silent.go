//go:build linux

package server

import (
	"net"
	"testing"
)

// Silent takes connections at an address, keeps them and says nothing, until the
// test ends. The channel holds one word for each, of the first hundred.
func Silent(t testing.TB, address string) <-chan struct{} {
	t.Helper()
	l := listen(t, address)
	came, ended := make(chan struct{}, 100), make(chan struct{})
	go func() {
		defer close(ended)
		var kept []net.Conn
		for {
			c, err := l.Accept()
			if err != nil {
				break
			}
			kept = append(kept, c)
			select {
			case came <- struct{}{}:
			default:
			}
		}
		for _, c := range kept {
			c.Close()
		}
	}()
	t.Cleanup(func() {
		l.Close()
		<-ended
	})
	return came
}
