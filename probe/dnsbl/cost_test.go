package dnsbl_test

import (
	"context"
	"fmt"
	"net"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"mx_exporter/probe/dnsbl"
	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/dnsq/dnsqtest"
)

// lists gives n lists and their zones.
func lists(t testing.TB, n int) (ls []dnsbl.List, zone string) {
	t.Helper()
	for i := range n {
		name := fmt.Sprintf("l%d.test", i)
		ls, zone = append(ls, list(t, fmt.Sprintf("l%d", i), name)), zone+entries(name)
	}
	return ls, zone
}

// holding is a resolver in memory that answers nothing before it is told to. It
// has one goroutine for each socket.
type holding struct {
	z    *dnsqtest.Zones
	free chan struct{}

	mu      sync.Mutex
	held    int
	sockets int
}

func (h *holding) dial(context.Context, string, string) (net.Conn, error) {
	near, far := net.Pipe()
	h.mu.Lock()
	h.sockets++
	h.mu.Unlock()
	go h.serve(far)
	return near, nil
}

func (h *holding) serve(conn net.Conn) {
	defer conn.Close()
	var waiting []*dns.Msg
	for {
		select {
		case <-h.free:
			for _, q := range waiting {
				h.answer(conn, q)
			}
			waiting = nil
		default:
		}
		buf := make([]byte, 4096)
		n, err := conn.Read(buf)
		if err != nil {
			return
		}
		q := new(dns.Msg)
		if q.Unpack(buf[:n]) != nil {
			return
		}
		h.mu.Lock()
		h.held++
		h.mu.Unlock()
		waiting = append(waiting, q)
	}
}

func (h *holding) answer(conn net.Conn, q *dns.Msg) {
	a, err := h.z.Exchange(context.Background(), q)
	if err != nil {
		return
	}
	if raw, err := a.Pack(); err == nil {
		_, _ = conn.Write(raw)
	}
}

// performance.md goal 10: no goroutine for a list or an address, none left after;
// the bubble sees to the latter.
func TestListsCostNoGoroutines(t *testing.T) {
	ls, zone := lists(t, 30)
	synctest.Test(t, func(t *testing.T) {
		h := &holding{z: dnsqtest.New(t, zone), free: make(chan struct{})}
		x, err := dnsq.NewClient(dnsq.Options{Servers: []string{"192.0.2.53"}, Dial: h.dial})
		if err != nil {
			t.Fatal(err)
		}
		c := dnsbl.NewClient(x, dnsbl.Options{AllowNetworks: reserved})
		for i := range ls {
			ls[i].SelfTest = dnsbl.Skip
		}
		before := runtime.NumGoroutine()
		var r *dnsbl.Result
		var wg sync.WaitGroup
		wg.Go(func() { r = c.Check(t.Context(), ls, benchmark(4)) })
		synctest.Wait()
		h.mu.Lock()
		held, sockets := h.held, h.sockets
		h.mu.Unlock()
		// The one of wg, the one that asks, and two for each socket: ours and the
		// resolver's.
		if n := runtime.NumGoroutine() - before; n > 2+2*sockets || held < 100 {
			t.Errorf("%d goroutines for %d questions over %d sockets", n, held, sockets)
		}
		close(h.free)
		wg.Wait()
		c.Close()
		if err := x.Close(); err != nil {
			t.Error(err)
		}
		if len(r.Answers) != 120 {
			t.Errorf("%d answers", len(r.Answers))
		}
	})
}

// BenchmarkThirtyListsThreeAddresses is a first probe, self-tests included, over
// a resolver that takes 10 ms; ms/check is what a probe would wait.
func BenchmarkThirtyListsThreeAddresses(b *testing.B) {
	ls, zone := lists(b, 30)
	for i := range ls {
		ls[i].IP6, ls[i].Domains = false, false
	}
	z := dnsqtest.New(b, zone)
	for _, l := range ls {
		for i := range 3 {
			z.Delay[fmt.Sprintf("%d.0.18.198.%s. A", i, l.Zone)] = 10 * time.Millisecond
		}
	}
	x, err := dnsq.NewClient(dnsq.Options{Servers: []string{z.Serve(b).Addr}})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := x.Close(); err != nil {
			b.Error(err)
		}
	})
	b.ReportAllocs()
	for b.Loop() {
		c := dnsbl.NewClient(x, dnsbl.Options{AllowNetworks: reserved})
		for _, a := range c.Check(b.Context(), ls, benchmark(3)).Answers {
			if a.Verdict != dnsbl.NotListed {
				b.Fatalf("%s %s", a.List, brief(a))
			}
		}
		c.Close()
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/check")
}

// BenchmarkRemembered is every probe but the first.
func BenchmarkRemembered(b *testing.B) {
	ls, zone := lists(b, 30)
	c := client(b, dnsqtest.New(b, zone), dnsbl.Options{})
	c.Check(b.Context(), ls, benchmark(3))
	b.ReportAllocs()
	for b.Loop() {
		if r := c.Check(b.Context(), ls, benchmark(3)); !r.Answers[0].Cached {
			b.Fatal("not remembered")
		}
	}
}
