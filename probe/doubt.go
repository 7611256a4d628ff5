package probe

import (
	"context"

	"mx_exporter/config"
	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/selfcheck"
)

// doubted gives a resolver with what is known of its lies, for those who draw
// conclusions from what it denies.
func (e *Env) doubted(x dnsq.Exchanger, c config.DNS) dnsq.Exchanger {
	if e.watch == nil {
		return x
	}
	return selfcheck.Doubt(x, func(ctx context.Context) selfcheck.Lies { return e.lies(ctx, c) })
}

// believed is the resolver for what is looked up once the servers are known, when
// it has been found out whether the resolver lies. An honest one is asked in
// batches, which doubt stands in the way of.
func (r *run) believed() dnsq.Exchanger {
	if r.result.ResolverLies {
		return r.env.doubted(r.dns, r.module.DNS)
	}
	return r.dns
}
