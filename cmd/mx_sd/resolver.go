package main

import (
	"context"
	"net/netip"
	"time"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/mx"
)

// resolver asks the DNS, and remembers the answers.
type resolver struct {
	client *dnsq.Client
	cache  *dnsq.Cache
}

// rememberedAnswers bounds the cache: a list of domains names each domain once
// and each server often.
const rememberedAnswers = 20_000

// addressesPerHost is how many addresses of a web server are tried.
const addressesPerHost = 8

func (w world) resolver(servers []string, timeout time.Duration) (*resolver, error) {
	o := dnsq.Options{Servers: servers, Timeout: timeout}
	if w.dns != nil {
		o.Dial = w.dns
	}
	c, err := dnsq.NewClient(o)
	if err != nil {
		return nil, err
	}
	return &resolver{c, dnsq.NewCache(c, rememberedAnswers)}, nil
}

func (r *resolver) close() { _ = r.client.Close() }

// addresses gives those of one host, both families in turn.
func (r *resolver) addresses(ctx context.Context, host string) ([]netip.Addr, error) {
	s, err := mx.Named(ctx, r.cache, host, mx.Options{PerHost: addressesPerHost})
	if err != nil {
		return nil, err
	}
	return s.Hosts[0].Addresses, nil
}
