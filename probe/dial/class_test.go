package dial

import (
	"net/netip"
	"testing"
)

func TestClassifyJudgesWhatPacketsWouldReach(t *testing.T) {
	for _, tt := range []struct {
		address string
		want    Class
	}{
		{"8.8.8.8", Public},
		{"2001:4860:4860::8888", Public},
		// N16: each of these has been missed by a filter somewhere.
		{"127.0.0.1", Loopback},
		{"127.255.255.254", Loopback},
		{"0.0.0.0", Unspecified},
		{"0.1.2.3", Unspecified},
		{"10.0.0.1", Private},
		{"172.31.255.255", Private},
		{"172.32.0.1", Public},
		{"192.168.1.1", Private},
		{"100.64.0.1", CGNAT},
		{"100.127.255.255", CGNAT},
		{"100.128.0.0", Public},
		{"100.100.100.200", Metadata},
		{"169.254.169.254", Metadata},
		{"169.254.1.1", LinkLocal},
		{"168.63.129.16", Metadata},
		{"192.0.0.192", Metadata},
		{"192.0.0.8", Reserved},
		{"192.0.2.1", Documentation},
		{"198.51.100.1", Documentation},
		{"203.0.113.1", Documentation},
		{"198.18.0.1", Benchmark},
		{"224.0.0.1", Multicast},
		{"240.0.0.1", Reserved},
		{"255.255.255.255", Reserved},
		{"::", Unspecified},
		{"::1", Loopback},
		{"fd00:ec2::254", Metadata},
		{"fd12::1", Private},
		{"fc00::1", Private},
		{"fe80::1", LinkLocal},
		{"fe80::1%eth0", LinkLocal},
		{"fec0::1", Reserved},
		{"ff02::1", Multicast},
		{"2001:db8::1", Documentation},
		{"3fff::1", Documentation},
		{"100::1", Reserved},
		{"5f00::1", Reserved},
		{"4000::1", Reserved},
		// N15: an IPv4 address in an IPv6 coat.
		{"::ffff:10.0.0.1", Private},
		{"::ffff:8.8.8.8", Public},
		{"::127.0.0.1", Loopback},
		{"64:ff9b::7f00:1", Loopback},
		{"64:ff9b::808:808", Public},
		{"64:ff9b:1::1", Private},
		{"2002:a9fe:a9fe::1", Metadata},
		{"2002:808:808::1", Public},
		{"2001::f5ff:fffe", Private}, // Teredo, client 10.0.0.1 inverted
	} {
		if got := Classify(netip.MustParseAddr(tt.address)); got != tt.want {
			t.Errorf("%s is %s, want %s", tt.address, got, tt.want)
		}
	}
}

func FuzzClassifyNeverOpensACoatedAddress(f *testing.F) {
	f.Add([]byte{10, 0, 0, 1})
	f.Add([]byte{127, 0, 0, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) < 4 {
			return
		}
		v4 := netip.AddrFrom4([4]byte(b))
		want := Classify(v4)
		mapped := netip.AddrFrom16(v4.As16())
		nat := [16]byte{0, 0x64, 0xff, 0x9b, 12: b[0], 13: b[1], 14: b[2], 15: b[3]}
		tunnel := [16]byte{0x20, 2, b[0], b[1], b[2], b[3]}
		for _, a := range []netip.Addr{mapped, netip.AddrFrom16(nat), netip.AddrFrom16(tunnel)} {
			if got := Classify(a); got != want {
				t.Errorf("%s is %s, and carries %s, which is %s", a, got, v4, want)
			}
		}
	})
}
