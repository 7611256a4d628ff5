package probe

import (
	"context"
	"sync"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe/dial"
	"mx_exporter/probe/dkim"
	"mx_exporter/probe/dmarc"
	"mx_exporter/probe/mtasts"
	"mx_exporter/probe/spf"
	"mx_exporter/probe/tlsrpt"
)

// Policies is what a domain publishes about its mail beside its servers. A nil
// part was not looked at.
type Policies struct {
	SPF    *spf.Result    `json:"spf,omitempty"`
	DMARC  *dmarc.Result  `json:"dmarc,omitempty"`
	DKIM   []*dkim.Result `json:"dkim,omitempty"` // one for each selector that the module names
	MTASTS *mtasts.Result `json:"mta_sts,omitempty"`
	TLSRPT *tlsrpt.Result `json:"tls_rpt,omitempty"`
}

// policyGrace is how long the look-ups of policies may go on when the last
// conversation with a server is over. Usually they are over long before; a slow
// policy host must not hold the probe.
const policyGrace = 2 * time.Second

// policies begins to look at everything about the domain that needs no server,
// beside whatever else goes on. The function that it gives waits for the end.
func (r *run) policies(ctx context.Context) (wait func()) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	domain, p := r.target.Domain, &r.result.Policies
	look := func(check config.Check, at func()) {
		if r.module.Runs(check) {
			wg.Go(func() {
				defer r.survive()
				at()
			})
		}
	}
	look(config.CheckSPF, func() {
		p.SPF = spf.Check(ctx, r.dns, domain, spf.Options{Senders: r.module.DNSBL.Addresses()})
	})
	look(config.CheckDMARC, func() { p.DMARC = dmarc.Check(ctx, r.dns, domain) })
	look(config.CheckTLSRPT, func() { p.TLSRPT = tlsrpt.Check(ctx, r.dns, domain) })
	look(config.CheckMTASTS, func() { p.MTASTS = mtasts.Check(ctx, r.dns, domain, r.mtaSTSOptions()) })
	if r.module.Prober == config.ProberMX {
		p.DKIM = make([]*dkim.Result, len(r.module.DKIMSelectors))
		for i, selector := range r.module.DKIMSelectors {
			wg.Go(func() {
				defer r.survive()
				p.DKIM[i] = dkim.Check(ctx, r.dns, domain, selector)
			})
		}
	}
	return func() {
		late := time.AfterFunc(policyGrace, cancel)
		wg.Wait()
		late.Stop()
		cancel()
	}
}

// mtaSTSOptions lets the policy host be reached as a mail server is: by the same
// rules for addresses, and trusted by the same roots.
func (r *run) mtaSTSOptions() mtasts.Options {
	return mtasts.Options{
		Dialer: dial.Dialer{Policy: dial.Policy{Allow: r.module.Allowed()}, Dial: r.env.Dial, Routed: r.env.Routed},
		Roots:  r.trust.config.RootCAs,
		Cache:  r.env.mtaSTS,
	}
}

// survive keeps a panic in one check from ending anything else.
func (r *run) survive() {
	if p := recover(); p != nil {
		r.tellPanic(p)
	}
}
