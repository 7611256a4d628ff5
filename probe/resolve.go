package probe

import (
	"context"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe/dial"
	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mx"
)

// resolveBudget bounds the time spent on finding servers, so that a slow
// resolver leaves time to talk to them (faults: 8 s for the phase).
const resolveBudget = 8 * time.Second

// resolve finds the servers and their addresses.
func (r *run) resolve(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, resolveBudget)
	defer cancel()
	set, err := r.servers(ctx)
	r.set = set
	if err != nil {
		r.result.Failure = dnsFailure(err)
	}
	if r.module.Prober == config.ProberMX && (err == nil || dnsq.NotFound(err)) {
		r.result.MX = set
	}
	for i, h := range set.Hosts {
		host := newHost(h, r.module)
		host.Port = r.module.Port()
		if i < len(r.places) {
			host.Port, host.TLS = r.places[i].port, r.places[i].tls
		}
		r.result.Hosts = append(r.result.Hosts, host)
	}
	if err == nil && r.result.MX != nil && !set.Authentic && r.module.Runs(config.CheckMXLint) {
		set.Unsigned = mx.Validates(ctx, r.dns)
	}
	r.blameResolver(ctx)
	r.distrustResolver(ctx)
}

// servers is the MX set of a domain, what it announces for its users, or the set
// of one for a host.
func (r *run) servers(ctx context.Context) (*mx.Set, error) {
	o := mxOptions(r.module)
	switch {
	case r.module.Server != "":
		return r.named(ctx)
	case r.module.Prober.ForUsers():
		return r.announced(ctx)
	case r.module.Prober == config.ProberSMTP:
		return mx.Named(ctx, r.dns, r.target.Domain, o)
	}
	return mx.Lookup(ctx, r.dns, r.target.Domain, o)
}

func mxOptions(m config.Module) mx.Options {
	o := mx.Options{
		Family: mx.Both, Hosts: m.Limits.MXHosts, PerHost: m.Limits.AddressesPerHost,
		Addresses: m.Limits.Addresses, OneOfEachHost: m.Addresses == config.OnePerHost,
	}
	switch m.Addresses {
	case config.IP4:
		o.Family = mx.IP4
	case config.IP6:
		o.Family = mx.IP6
	case config.AllAddresses, config.OnePerHost:
	}
	return o
}

func newHost(h mx.Host, m config.Module) Host {
	host := Host{
		Name: h.Name, Label: h.Label, Preference: h.Preference, Role: h.Role,
		Expect: m.Expected(h.Name), Failure: h.Failure, Addresses: []Address{},
	}
	for _, a := range h.Addresses {
		host.Addresses = append(host.Addresses, Address{IP: a, Class: dial.Classify(a)})
	}
	return host
}

// dnsFailure is a look-up's error as a failure, without a stage.
func dnsFailure(err error) *fact.Failure {
	return &fact.Failure{Reason: dnsq.ReasonOf(err), Detail: err.Error()}
}

// blameResolver finds out, where a look-up failed for want of an answer,
// whether the resolver answers anything at all. If it does not, the failures
// are ours and say nothing about the domain (promise 1).
func (r *run) blameResolver(ctx context.Context) {
	suspects := []*fact.Failure{r.result.Failure}
	for i := range r.result.Hosts {
		suspects = append(suspects, r.result.Hosts[i].Failure)
	}
	for _, f := range suspects {
		if f != nil && wantsAnswer(f.Reason) && r.resolverFails(ctx, f.Reason) {
			f.Detail = "the resolver answers nothing; " + f.Detail
			f.Reason = fact.LocalResolver
		}
	}
}

// wantsAnswer reports whether a reason may be the resolver's own trouble.
func wantsAnswer(r fact.Reason) bool {
	switch r {
	case fact.DNSServfail, fact.DNSRefused, fact.DNSTimeout, fact.DNSTruncated:
		return true
	}
	return false
}

// canaryTime is what the resolver is given to show that it lives, when the time
// for look-ups may be over already.
const canaryTime = time.Second

// resolverFails reports whether a look-up failed, for the reason given, because
// the resolver fails for every name. It is asked once in a probe. A resolver that
// refuses the question for the root explains a refusal and nothing else: it may
// work for names of its own.
func (r *run) resolverFails(ctx context.Context, why fact.Reason) bool {
	if !r.canaryAsked {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), canaryTime)
		defer cancel()
		r.canaryAsked, r.canary = true, dnsq.Alive(ctx, r.dns)
	}
	if r.canary == nil {
		return false
	}
	return why == fact.DNSRefused || dnsq.ReasonOf(r.canary) != fact.DNSRefused
}
