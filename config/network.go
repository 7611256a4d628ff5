package config

import (
	"fmt"
	"net/netip"
)

// UnmarshalText takes "10.0.0.0/8", "fd00::/8" or a bare address.
//
// Bits behind the prefix length are an error rather than cut off: who writes
// 10.0.0.1/8 may mean one host and would open sixteen million. IPv4 inside IPv6
// is an error too, because addresses are compared after they were unwrapped and
// such a range would never match.
func (n *Network) UnmarshalText(b []byte) error {
	s := string(b)
	p, err := netip.ParsePrefix(s)
	if a, bare := netip.ParseAddr(s); bare == nil {
		p, err = netip.PrefixFrom(a.WithZone(""), a.BitLen()), nil
		if a.Zone() != "" {
			return fmt.Errorf("%s has a zone: write %s", quote(s), a.WithZone(""))
		}
	}
	switch {
	case err != nil:
		return fmt.Errorf("%s is not a network: write 10.0.0.0/8, fd00::/8 or one address", quote(s))
	case p.Addr().Is4In6():
		return fmt.Errorf("%s is IPv4 inside IPv6: write the IPv4 network itself", quote(s))
	case p != p.Masked():
		return fmt.Errorf("%s has host bits set: write %s for the whole network or %s for the one address",
			quote(s), p.Masked(), p.Addr())
	}
	*n = Network(p)
	return nil
}

// MarshalText gives CIDR notation, or the bare address of a range of one.
func (n Network) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

// String gives CIDR notation, or the bare address of a range of one.
func (n Network) String() string {
	p := netip.Prefix(n)
	if p.IsSingleIP() {
		return p.Addr().String()
	}
	return p.String()
}

// Prefix gives the standard library's type.
func (n Network) Prefix() netip.Prefix { return netip.Prefix(n) }
