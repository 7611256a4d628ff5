//go:build linux

package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"mx_exporter/probe/dnsq/dnsqtest"
)

// field is a field of mail servers on addresses of 127.0.0.0/8, which Linux has
// without being told, all on one port, and a resolver that knows them. A process
// of its own can talk to them.
type field struct {
	t         *testing.T
	port      int
	addresses []netip.Addr
	stall     func(n int, command string) bool // the n-th server says nothing to this command, or to none at all ("")
	dns       string

	mu     sync.Mutex
	ends   map[string]int // how conversations ended, by name
	open   int
	arrive *sync.Cond
	ended  sync.WaitGroup
}

// How a conversation ended, as the server saw it.
const (
	endQuit   = "quit"   // QUIT was said
	endClosed = "closed" // in order, without QUIT
	endReset  = "reset"
)

// perHost is how many addresses each host of a field has.
const perHost = 4

// plant starts n servers, and gives the zone text their addresses: "mx0.test."
// has the first four, "mx1.test." the next, and so on.
func plant(t *testing.T, n int, zone string, stall func(n int, command string) bool) *field {
	t.Helper()
	f := &field{t: t, stall: stall, ends: map[string]int{}}
	f.arrive = sync.NewCond(&f.mu)
	listeners := f.listen(n)
	text := zone
	for i, l := range listeners {
		text += fmt.Sprintf("\nmx%d.test. A %s", i/perHost, f.addresses[i])
		f.ended.Go(func() { f.serve(l, i) })
	}
	f.dns = dnsqtest.New(t, ". NS ns.test.\n"+text+"\n").Serve(t).Addr
	t.Cleanup(func() {
		for _, l := range listeners {
			_ = l.Close()
		}
		f.ended.Wait()
	})
	return f
}

// listen finds a port that is free on all addresses.
func (f *field) listen(n int) []net.Listener {
	var errs error
	for range 20 {
		all, err := f.tryPort(n)
		if err == nil {
			return all
		}
		errs = errors.Join(errs, err)
	}
	f.t.Fatal(errs)
	return nil
}

func (f *field) tryPort(n int) (all []net.Listener, err error) {
	f.port, f.addresses = 0, nil
	for i := range n {
		a := netip.AddrFrom4([4]byte{127, 0, byte(1 + i/250), byte(1 + i%250)})
		l, err := net.Listen("tcp", netip.AddrPortFrom(a, uint16(f.port)).String())
		if err != nil {
			for _, open := range all {
				_ = open.Close()
			}
			return nil, err
		}
		f.port = l.Addr().(*net.TCPAddr).Port
		all, f.addresses = append(all, l), append(f.addresses, a)
	}
	return all, nil
}

func (f *field) serve(l net.Listener, n int) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		f.ended.Go(func() {
			f.count(1, "")
			how := f.talk(c, n)
			_ = c.Close()
			f.count(-1, how)
		})
	}
}

// talk is one conversation, up to its end.
func (f *field) talk(c net.Conn, n int) string {
	r := bufio.NewReader(c)
	answer := "220 mx.test ESMTP"
	if f.stall(n, "") {
		answer = ""
	}
	quit := false
	for {
		if answer != "" {
			if _, err := io.WriteString(c, answer+"\r\n"); err != nil {
				return endOf(err, quit)
			}
		}
		line, err := r.ReadString('\n')
		if err != nil {
			return endOf(err, quit)
		}
		verb := strings.ToUpper(strings.TrimSpace(line[:min(4, len(line))]))
		quit = quit || verb == "QUIT"
		switch {
		case f.stall(n, verb):
			answer = ""
		case verb == "QUIT":
			answer = "221 bye"
		default:
			answer = "250 ok"
		}
	}
}

func endOf(err error, quit bool) string {
	switch {
	case quit:
		return endQuit
	case errors.Is(err, io.EOF):
		return endClosed
	}
	return endReset
}

func (f *field) count(open int, how string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.open += open
	if how != "" {
		f.ends[how]++
	}
	f.arrive.Broadcast()
}

// wait waits until so many conversations are open.
func (f *field) wait(n int) {
	late := false
	timer := time.AfterFunc(30*time.Second, func() {
		f.mu.Lock()
		late = true
		f.mu.Unlock()
		f.arrive.Broadcast()
	})
	defer timer.Stop()
	f.mu.Lock()
	defer f.mu.Unlock()
	for f.open != n {
		if late {
			f.t.Fatalf("%d conversations are open, and should be %d", f.open, n)
		}
		f.arrive.Wait()
	}
}

// never is a field whose servers answer everything.
func never(int, string) bool { return false }
