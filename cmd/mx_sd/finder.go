package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"mx_exporter/cmd/mx_sd/servers"
	"mx_exporter/config/sd"
	"mx_exporter/probe/crawl"
	"mx_exporter/probe/crawl/pdf"
	"mx_exporter/probe/dial"
	"mx_exporter/probe/fact"
)

// finder does the work of serve.
type finder struct {
	world    world
	resolver func() (*resolver, error) // by the configuration that is valid now
	contact  func() string
	pdf      pdf.Reader
}

// Crawl implements [discovery.Finder].
func (f *finder) Crawl(ctx context.Context, s sd.Site) (*crawl.Result, error) {
	start, err := crawl.ParseStart(s.URL)
	if err != nil {
		return nil, err
	}
	x, err := f.resolver()
	if err != nil {
		return nil, err
	}
	defer x.close()
	var allow []netip.Prefix
	for _, n := range s.AllowNetworks {
		allow = append(allow, n.Prefix())
	}
	delay := time.Duration(s.Delay)
	if delay == 0 {
		delay = -1 // a zero would be the default
	}
	r := crawl.Run(ctx, start, crawl.Options{
		Limits: crawl.Limits{Pages: s.Pages, Depth: s.Depth, Time: time.Duration(s.Time), Delay: delay},
		Lookup: x.addresses, PDF: f.pdf.Read, Domains: s.Domains, UserAgent: userAgent(f.contact()), Roots: f.world.roots,
		Dialer: dial.Dialer{Policy: dial.Policy{Allow: allow}, Dial: f.world.dial},
	})
	if len(r.Pages) == 0 {
		return nil, errors.New("no page could be read in time")
	}
	if p := r.Pages[0]; p.Reason != "" {
		return nil, fmt.Errorf("the first page was not read: %s: %s", p.Reason, shown(p.Detail))
	}
	return r, nil
}

// Expand implements [discovery.Finder].
func (f *finder) Expand(ctx context.Context, domains []string) (*servers.Result, error) {
	x, err := f.resolver()
	if err != nil {
		return nil, err
	}
	defer x.close()
	r := servers.Expand(ctx, x.cache, domains, nil)
	if n := r.Failed(); n > 0 && n == len(r.Domains) {
		return nil, fmt.Errorf("none of %d domains could be looked up: %s", n, firstReason(r))
	}
	return r, nil
}

func firstReason(r *servers.Result) fact.Reason {
	for _, d := range r.Domains {
		if d.Reason != "" {
			return d.Reason
		}
	}
	return ""
}

// List implements [discovery.Finder].
func (f *finder) List(file string) ([]string, error) { return readFile(file, nil) }
