package mx

import (
	"context"

	"github.com/miekg/dns"

	"mx_exporter/probe/dnsq"
)

// Validates reports whether a resolver checks DNSSEC signatures, so that an
// answer it does not vouch for is unsigned: the root is signed since 2010, and
// a resolver that validates says so of it.
func Validates(ctx context.Context, x dnsq.Exchanger) bool {
	a, err := dnsq.Lookup[*dns.NS](ctx, x, ".")
	return err == nil && a.Authentic
}
