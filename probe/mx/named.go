package mx

import (
	"context"
	"net/netip"
	"strings"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/fact"
)

// Named is the set of one host that somebody named: no MX record is asked for.
// It errs as [Lookup] does, where the host has no address.
func Named(ctx context.Context, x dnsq.Exchanger, host string, o Options) (*Set, error) {
	name := strings.TrimSuffix(strings.ToLower(host), ".")
	s := &Set{
		Domain: name, Named: 1,
		Hosts: []Host{{Name: name, Label: Label(name), Role: fact.Primary, Addresses: []netip.Addr{}}},
	}
	err := s.resolve(ctx, x, o)[0]
	s.Authentic = s.Hosts[0].Authentic
	s.limitAddresses(o)
	return s, err
}
