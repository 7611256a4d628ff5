package mx

import (
	"context"
	"net/netip"

	"mx_exporter/probe/dnsq"
)

// Chosen is the set of hosts that something other than MX records named, SRV
// records or an operator: no MX record is asked for. The hosts have their names,
// preferences and roles, and stand in order; one that has addresses is left as it
// is. A host without an address is not an error but a Host with a Failure, and so
// the first error comes back only where no host has an address.
func Chosen(ctx context.Context, x dnsq.Exchanger, domain string, hosts []Host, o Options) (*Set, error) {
	s := &Set{Domain: domain, Named: len(hosts), Hosts: hosts}
	for i := range s.Hosts {
		h := &s.Hosts[i]
		h.Label = Label(h.Name)
		if h.Addresses == nil {
			h.Addresses = []netip.Addr{}
		}
	}
	errs := s.resolve(ctx, x, o)
	s.limitAddresses(o)
	for _, h := range s.Hosts {
		if len(h.Addresses) > 0 {
			return s, nil
		}
	}
	for _, err := range errs {
		if err != nil {
			return s, err
		}
	}
	return s, nil
}
