package mx

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"sync"

	"github.com/miekg/dns"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/fact"
)

// resolve finds a host's addresses, both families side by side.
func (h *Host) resolve(ctx context.Context, x dnsq.Exchanger, f Family) error {
	if wrong, ok := hostname(h.Name); !ok {
		err := &dnsq.Error{Name: h.Name, Reason: fact.DNSMalformed}
		h.Failure = &fact.Failure{Reason: fact.DNSMalformed, Detail: "this cannot be the name of a mail server: " + wrong}
		return err
	}
	var (
		a4, a6 family
		wg     sync.WaitGroup
	)
	if f != IP6 {
		wg.Go(func() { a4 = lookupFamily(ctx, x, h.Name, func(r *dns.A) net.IP { return r.A.To4() }) })
	}
	if f != IP4 {
		a6 = lookupFamily(ctx, x, h.Name, func(r *dns.AAAA) net.IP { return r.AAAA.To16() })
	}
	wg.Wait()
	h.Aliases = trimDots(a4.aliases)
	if len(h.Aliases) == 0 {
		h.Aliases = trimDots(a6.aliases)
	}
	h.Authentic = (f == IP6 || a4.authentic) && (f == IP4 || a6.authentic)
	a6.addrs = slices.DeleteFunc(a6.addrs, func(a netip.Addr) bool { return slices.Contains(a4.addrs, a) })
	h.Addresses = append(h.Addresses, interleave(a4.addrs, a6.addrs)...)
	err := worse(a4.err, a6.err)
	if len(h.Addresses) > 0 && (err == nil || dnsq.NotFound(err)) {
		return nil
	}
	if err != nil {
		h.Failure = &fact.Failure{Reason: dnsq.ReasonOf(err), Detail: err.Error()}
	}
	if len(h.Addresses) > 0 {
		return nil
	}
	return err
}

// family is what one address look-up gave.
type family struct {
	addrs     []netip.Addr
	aliases   []string
	authentic bool
	err       error
}

func lookupFamily[R dns.RR](ctx context.Context, x dnsq.Exchanger, name string, ip func(R) net.IP) family {
	a, err := dnsq.Lookup[R](ctx, x, name+".")
	f := family{aliases: a.CNAMEs, authentic: a.Authentic, err: err}
	for _, r := range a.Records {
		addr, ok := netip.AddrFromSlice(ip(r))
		// An IPv4 address in an AAAA record is reached as what it is.
		if addr = addr.Unmap(); ok && !slices.Contains(f.addrs, addr) {
			f.addrs = append(f.addrs, addr)
		}
	}
	slices.SortFunc(f.addrs, netip.Addr.Compare)
	return f
}

// worse picks the error that says more: a fault before an absence, an absent
// name before an absent record.
func worse(a, b error) error {
	rank := func(err error) int {
		switch {
		case err == nil:
			return 0
		case dnsq.ReasonOf(err) == fact.DNSNoData:
			return 1
		case dnsq.ReasonOf(err) == fact.DNSNXDomain:
			return 2
		}
		return 3
	}
	if rank(b) > rank(a) {
		return b
	}
	return a
}

// interleave takes from both families in turn, so that a limit leaves some of
// each.
func interleave(a, b []netip.Addr) []netip.Addr {
	var out []netip.Addr
	for i := range max(len(a), len(b)) {
		if i < len(a) {
			out = append(out, a[i])
		}
		if i < len(b) {
			out = append(out, b[i])
		}
	}
	return out
}

// limitAddresses cuts each host's addresses, then the sum: every host keeps its
// first address before any keeps its second.
func (s *Set) limitAddresses(o Options) {
	per := o.PerHost
	if o.OneOfEachHost {
		per = 1
	}
	for i := range s.Hosts {
		h := &s.Hosts[i]
		if per > 0 && len(h.Addresses) > per {
			h.Addresses = h.Addresses[:per]
			if !o.OneOfEachHost {
				s.limited(LimitAddressesPerHost)
			}
		}
	}
	if o.Addresses <= 0 {
		return
	}
	keep := make([]int, len(s.Hosts))
	left := o.Addresses
	for round := 0; left > 0; round++ {
		gave := false
		for i, h := range s.Hosts {
			if round < len(h.Addresses) && left > 0 {
				keep[i]++
				left--
				gave = true
			}
		}
		if !gave {
			return
		}
	}
	for i := range s.Hosts {
		if keep[i] < len(s.Hosts[i].Addresses) {
			s.Hosts[i].Addresses = s.Hosts[i].Addresses[:keep[i]]
			s.limited(LimitAddresses)
		}
	}
}

func (s *Set) limited(l Limit) {
	if !slices.Contains(s.Limited, l) {
		s.Limited = append(s.Limited, l)
	}
}
