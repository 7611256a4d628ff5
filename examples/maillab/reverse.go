package maillab

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// Reverse adds a PTR record for each address of the lab's [Ranges] that an A or
// AAAA record names, unless the address has one already. Where several names
// share an address, the first in the alphabet gets it.
func (z *Zones) Reverse() error {
	owners := z.addressOwners()
	for _, a := range sortedAddrs(owners) {
		name, err := dns.ReverseAddr(a.String())
		if err != nil {
			return err
		}
		if z.owns(name) {
			continue
		}
		if err := z.Add(reverseOrigin(a), name+" PTR "+slices.Min(owners[a])); err != nil {
			return err
		}
	}
	return nil
}

func (z *Zones) addressOwners() map[netip.Addr][]string {
	z.mu.Lock()
	defer z.mu.Unlock()
	owners := map[netip.Addr][]string{}
	for _, zo := range z.zones {
		for owner, rrs := range zo.names {
			for _, rr := range rrs {
				if a := addressOf(rr); inRanges(a) && !strings.HasPrefix(owner, "*.") {
					owners[a] = append(owners[a], owner)
				}
			}
		}
	}
	return owners
}

// owns reports whether name has a record of any type.
func (z *Zones) owns(name string) bool {
	z.mu.Lock()
	defer z.mu.Unlock()
	return len(z.zoneOf(name).names[dns.CanonicalName(name)]) > 0
}

func sortedAddrs(m map[netip.Addr][]string) []netip.Addr {
	as := make([]netip.Addr, 0, len(m))
	for a := range m {
		as = append(as, a)
	}
	slices.SortFunc(as, netip.Addr.Compare)
	return as
}

func addressOf(rr dns.RR) netip.Addr {
	var a netip.Addr
	switch r := rr.(type) {
	case *dns.A:
		a, _ = netip.AddrFromSlice(r.A.To4())
	case *dns.AAAA:
		a, _ = netip.AddrFromSlice(r.AAAA.To16())
	}
	return a
}

// reverseOrigin is the reverse zone of an address: a /24, or a /32 of IPv6.
func reverseOrigin(a netip.Addr) string {
	if a.Is4() {
		b := a.As4()
		return fmt.Sprintf("%d.%d.%d.in-addr.arpa.", b[2], b[1], b[0])
	}
	return "8.b.d.0.1.0.0.2.ip6.arpa."
}
