package dnsq_test

import (
	"testing"

	"github.com/miekg/dns"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/dnsq/dnsqtest"
)

// BenchmarkClientKeptSocket asks one question after the other over kept sockets.
// The time includes the server of the test, in the same process.
func BenchmarkClientKeptSocket(b *testing.B) {
	c := client(b, dnsq.Options{Servers: []string{dnsqtest.New(b, zone).Serve(b).Addr}})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := dnsq.Lookup[*dns.A](b.Context(), c, "mx1.example.test."); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkClientNewSocket is the same with a socket for each question.
func BenchmarkClientNewSocket(b *testing.B) {
	addr := dnsqtest.New(b, zone).Serve(b).Addr
	b.ReportAllocs()
	for b.Loop() {
		c, err := dnsq.NewClient(dnsq.Options{Servers: []string{addr}})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := dnsq.Lookup[*dns.A](b.Context(), c, "mx1.example.test."); err != nil {
			b.Fatal(err)
		}
		if err := c.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkClientParallel asks from many goroutines.
func BenchmarkClientParallel(b *testing.B) {
	c := client(b, dnsq.Options{Servers: []string{dnsqtest.New(b, zone).Serve(b).Addr}})
	b.ReportAllocs()
	b.SetParallelism(16)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := dnsq.Lookup[*dns.A](b.Context(), c, "mx1.example.test."); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

// BenchmarkCacheHit asks what the cache knows.
func BenchmarkCacheHit(b *testing.B) {
	c := dnsq.NewCache(dnsqtest.New(b, zone), 100)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := dnsq.Lookup[*dns.MX](b.Context(), c, "example.test."); err != nil {
			b.Fatal(err)
		}
	}
}
