package probe

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe/dial"
)

// ParseSelf reads an address that others see this exporter at, which its sockets do
// not show behind a NAT. The error says what would be right.
func ParseSelf(s string) (netip.Addr, error) {
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return netip.Addr{}, fmt.Errorf("%q is no IP address; want one such as 198.51.100.25", s)
	}
	a = dial.Embedded(a)
	switch c := dial.Classify(a); c {
	case dial.Public, dial.Documentation, dial.Benchmark:
		return a, nil
	default:
		return netip.Addr{}, fmt.Errorf("%s is not public (%s); want the address that mail servers see, outside of the NAT", a, c)
	}
}

// ours is the addresses that we speak from: those that sockets had, and those that
// the operator says we have. Of the latter nobody knows what was said there, so they
// stand for every name that the modules announce.
func (e *Env) ours(c *config.Config, now time.Time) []ourAddress {
	all := e.outgoing.list(now)
	modules := e.reliedOn(c)
	if len(modules) == 0 {
		return all
	}
	names := map[string]bool{}
	for _, m := range modules {
		if name := cmp.Or(m.SMTP.EHLOName, e.Hostname); name != "" {
			names[name] = true
		}
	}
	for _, a := range e.SelfAddresses {
		if !slices.ContainsFunc(all, func(o ourAddress) bool { return o.address == a }) {
			all = append(all, ourAddress{a, modules[0], slices.Sorted(maps.Keys(names))})
		}
	}
	slices.SortFunc(all, func(a, b ourAddress) int { return a.address.Compare(b.address) })
	return all
}
