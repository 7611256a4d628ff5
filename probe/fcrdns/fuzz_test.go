package fcrdns

import (
	"net/netip"
	"testing"
)

// FuzzGeneric: names are foreign; looking at them must end and never panic, and
// a name that holds the address is always found out.
func FuzzGeneric(f *testing.F) {
	for _, s := range []string{"mail.example.test", "192-0-2-13.pool.example.test", "", ".", "...", "1.2.3.4.5.6", "c000020d.a.b", "ip-999999999999999999999.a.b"} {
		f.Add(s, uint32(0xc000020d))
	}
	f.Fuzz(func(t *testing.T, name string, n uint32) {
		a := netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
		generic(name, a)
		generic(name, netip.AddrFrom16(a.As16()))
		if with := a.String() + "." + name + ".example.test"; !generic(with, a) {
			t.Errorf("%s does not look generic", with)
		}
	})
}
