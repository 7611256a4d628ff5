package spf

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"github.com/miekg/dns"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/fact"
)

// ask does look-ups side by side.
func (t *tree) ask(ctx context.Context, looks []*look) {
	turn := make(chan struct{}, workers)
	var wg sync.WaitGroup
	for _, l := range looks {
		turn <- struct{}{}
		wg.Go(func() {
			defer func() { <-turn }()
			l.ask(ctx, t.x)
		})
	}
	wg.Wait()
}

// ask does one look-up. Past the limit only records are read: addresses would
// cost many questions and change nothing.
func (l *look) ask(ctx context.Context, x dnsq.Exchanger) {
	switch {
	case l.child != nil:
		l.child.fetch(ctx, x)
	case l.target == "" || l.after || l.loop:
	case l.term.Name == A:
		l.addrs, l.err = addresses(ctx, x, l.target)
		l.void = l.err == nil && len(l.addrs) == 0
	case l.term.Name == Exists:
		_, err := dnsq.Lookup[*dns.A](ctx, x, l.target)
		l.err = undecided(err, l.target)
		l.void = err != nil && l.err == nil
	case l.term.Name == MX:
		l.mail(ctx, x)
	}
}

// mail resolves the hosts of mx.
func (l *look) mail(ctx context.Context, x dnsq.Exchanger) {
	a, err := dnsq.Lookup[*dns.MX](ctx, x, l.target)
	l.err = undecided(err, l.target)
	l.void = err != nil && l.err == nil
	l.hosts = max(a.Total, len(a.Records))
	if l.hosts > maxHosts {
		return // a permerror, whatever their addresses
	}
	for _, r := range a.Records {
		if r.Mx == "." { // a null MX, RFC 7505
			continue
		}
		addrs, err := addresses(ctx, x, r.Mx)
		l.addrs = append(l.addrs, addrs...)
		if err != nil {
			l.err = err
		}
	}
}

// addresses asks for both kinds at once. Either kind may be missing; the error
// is for a look-up that failed for now.
func addresses(ctx context.Context, x dnsq.Exchanger, name string) ([]netip.Addr, error) {
	var v4, v6 []netip.Addr
	var err4, err6 error
	var wg sync.WaitGroup
	wg.Go(func() { v4, err4 = lookup4(ctx, x, name) })
	wg.Go(func() { v6, err6 = lookup6(ctx, x, name) })
	wg.Wait()
	addrs := slices.Concat(v4, v6)
	if err := undecided(err4, name); err != nil {
		return addrs, err
	}
	return addrs, undecided(err6, name)
}

func lookup4(ctx context.Context, x dnsq.Exchanger, name string) (addrs []netip.Addr, err error) {
	a, err := dnsq.Lookup[*dns.A](ctx, x, name)
	for _, r := range a.Records {
		if ip, ok := netip.AddrFromSlice(r.A); ok {
			addrs = append(addrs, ip.Unmap())
		}
	}
	return addrs, err
}

func lookup6(ctx context.Context, x dnsq.Exchanger, name string) (addrs []netip.Addr, err error) {
	a, err := dnsq.Lookup[*dns.AAAA](ctx, x, name)
	for _, r := range a.Records {
		if ip, ok := netip.AddrFromSlice(r.AAAA); ok {
			addrs = append(addrs, ip)
		}
	}
	return addrs, err
}

// undecided passes on the errors that say nothing about a name. A name that does
// not exist, or that cannot exist, finds nothing and is no error (RFC 7208
// sections 4.3 and 5).
func undecided(err error, name string) error {
	if err == nil || dnsq.NotFound(err) {
		return nil
	}
	if dnsq.ReasonOf(err) == fact.DNSMalformed && !exists(name) {
		return nil
	}
	return err
}

// exists reports whether a name can be asked for at all.
func exists(name string) bool {
	_, ok := dns.IsDomainName(name)
	return ok && !strings.Contains(strings.TrimSuffix(name, "."), "..") && !strings.HasPrefix(name, ".")
}
