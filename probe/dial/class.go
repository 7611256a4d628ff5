// Package dial decides which addresses may be dialled, and dials them.
//
// A domain's owner names the servers of the domain, and so chooses where a
// probe connects to. Without a policy an MX record could point the exporter at
// a cloud's metadata service or at a host behind the firewall. So by default
// only public unicast addresses are dialled; a module opens others by network.
//
// The address that was judged is the address that is dialled: names are
// resolved before, and the socket's own address is judged once more right
// before it connects, so that no fault elsewhere can go around the policy.
package dial

import "net/netip"

// Class is what kind of address an address is, by the IANA special-purpose
// address registries. It is a label-safe word.
type Class string

// The classes. Only Public is dialled unless a network is allowed.
const (
	Public        Class = "public"
	Unspecified   Class = "unspecified" // 0.0.0.0/8, ::
	Loopback      Class = "loopback"
	Private       Class = "private" // RFC 1918, RFC 4193
	CGNAT         Class = "cgnat"   // RFC 6598
	LinkLocal     Class = "link_local"
	Metadata      Class = "metadata" // cloud metadata services, named one by one
	Documentation Class = "documentation"
	Benchmark     Class = "benchmark"
	Multicast     Class = "multicast"
	Reserved      Class = "reserved" // any other special purpose, and what is not given out
)

// Classes lists every Class.
func Classes() []Class {
	return []Class{Public, Unspecified, Loopback, Private, CGNAT, LinkLocal, Metadata, Documentation, Benchmark, Multicast, Reserved}
}

type special struct {
	prefix netip.Prefix
	class  Class
}

// specials4 is the IANA IPv4 Special-Purpose Address Registry (as of
// 2025-10), multicast, and the metadata addresses that lie in public or shared
// space. The first match counts, so single addresses come first.
var specials4 = table(
	"168.63.129.16/32", Metadata, // Azure's wire server: a public address in no registry
	"169.254.169.254/32", Metadata, // AWS, Google Cloud, Azure, OpenStack, …
	"169.254.170.2/32", Metadata, // AWS ECS task credentials
	"100.100.100.200/32", Metadata, // Alibaba Cloud
	"192.0.0.192/32", Metadata, // Oracle Cloud
	"0.0.0.0/8", Unspecified,
	"10.0.0.0/8", Private,
	"100.64.0.0/10", CGNAT,
	"127.0.0.0/8", Loopback,
	"169.254.0.0/16", LinkLocal,
	"172.16.0.0/12", Private,
	"192.0.0.0/24", Reserved,
	"192.0.2.0/24", Documentation,
	"192.88.99.0/24", Reserved, // RFC 7526
	"192.168.0.0/16", Private,
	"198.18.0.0/15", Benchmark,
	"198.51.100.0/24", Documentation,
	"203.0.113.0/24", Documentation,
	"224.0.0.0/4", Multicast,
	"240.0.0.0/4", Reserved,
)

// specials6 is the IANA IPv6 Special-Purpose Address Registry (as of 2025-10),
// multicast, the deprecated site-local range, and one metadata address.
var specials6 = table(
	"fd00:ec2::254/128", Metadata, // AWS
	"::/128", Unspecified,
	"::1/128", Loopback,
	"64:ff9b:1::/48", Private, // RFC 8215
	"100::/64", Reserved, // RFC 6666
	"100:0:0:1::/64", Reserved, // RFC 9780
	"2001:2::/48", Benchmark,
	"2001:db8::/32", Documentation,
	"3fff::/20", Documentation, // RFC 9637
	"2001:10::/28", Reserved, // ORCHID, RFC 4843
	"2001:20::/28", Reserved, // ORCHIDv2, RFC 7343
	"5f00::/16", Reserved, // RFC 9602
	"fc00::/7", Private,
	"fe80::/10", LinkLocal,
	"fec0::/10", Reserved, // RFC 3879
	"ff00::/8", Multicast,
)

func table(rows ...any) []special {
	var t []special
	for i := 0; i < len(rows); i += 2 {
		t = append(t, special{netip.MustParsePrefix(rows[i].(string)), rows[i+1].(Class)})
	}
	return t
}

// globalUnicast6 is all that IANA has given out as IPv6 unicast.
var globalUnicast6 = netip.MustParsePrefix("2000::/3")

// Classify says what kind of address a is. An IPv4 address carried inside an
// IPv6 address (mapped, NAT64, 6to4, Teredo, compatible) is judged as the IPv4
// address that packets would reach.
func Classify(a netip.Addr) Class {
	a = Embedded(a)
	t := specials4
	if a.Is6() {
		t = specials6
	}
	for _, s := range t {
		if s.prefix.Contains(a) {
			return s.class
		}
	}
	if a.Is6() && !globalUnicast6.Contains(a) {
		return Reserved
	}
	return Public
}

var (
	nat64      = netip.MustParsePrefix("64:ff9b::/96") // RFC 6052
	compatible = netip.MustParsePrefix("::/96")        // RFC 4291 section 2.5.5.1, deprecated
	sixToFour  = netip.MustParsePrefix("2002::/16")    // RFC 3056
	teredo     = netip.MustParsePrefix("2001::/32")    // RFC 4380
)

// Embedded returns the IPv4 address that an IPv6 address carries, or the
// address itself, always without a zone.
func Embedded(a netip.Addr) netip.Addr {
	a = a.Unmap().WithZone("")
	if !a.Is6() || a == netip.IPv6Unspecified() || a == netip.IPv6Loopback() {
		return a
	}
	b := a.As16()
	switch {
	case nat64.Contains(a), compatible.Contains(a):
		return netip.AddrFrom4([4]byte(b[12:16]))
	case sixToFour.Contains(a):
		return netip.AddrFrom4([4]byte(b[2:6]))
	case teredo.Contains(a): // the client's address, each bit inverted
		return netip.AddrFrom4([4]byte{^b[12], ^b[13], ^b[14], ^b[15]})
	}
	return a
}
