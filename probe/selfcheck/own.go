package selfcheck

import (
	"context"
	"net/netip"
	"slices"

	"github.com/miekg/dns"

	"mx_exporter/probe/dnsq"
)

// Leads reports whether a name has an address. known is false where that could
// not be found out.
func Leads(ctx context.Context, x dnsq.Exchanger, name string, a netip.Addr) (yes, known bool) {
	ctx, cancel := context.WithTimeout(ctx, resolverTime)
	defer cancel()
	if a.Is4() {
		return among(ctx, x, name, a, func(r *dns.A) []byte { return r.A })
	}
	return among(ctx, x, name, a, func(r *dns.AAAA) []byte { return r.AAAA })
}

func among[R dns.RR](ctx context.Context, x dnsq.Exchanger, name string, a netip.Addr, ip func(R) []byte) (yes, known bool) {
	answer, err := dnsq.Lookup[R](ctx, x, name)
	yes = slices.ContainsFunc(answer.Records, func(r R) bool {
		found, ok := netip.AddrFromSlice(ip(r))
		return ok && found.Unmap() == a
	})
	return yes, err == nil || dnsq.NotFound(err)
}
