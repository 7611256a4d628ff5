package probe

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe/dial"
	"mx_exporter/probe/dkim"
	"mx_exporter/probe/dmarc"
	"mx_exporter/probe/fact"
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
	// Unfinished are the checks for which the probe's time was not enough, or
	// whose questions our resolver did not answer. What they had seen by then says
	// nothing, and is left out.
	Unfinished []config.Check `json:"unfinished,omitempty"`
}

const (
	// policyFetch is what a policy host is given for its policy, as senders give it
	// (RFC 8461 section 3.3). No probe waits for so long: once the last conversation
	// is over, and a first look has had policyPatience for it, the fetch goes on beside
	// and the next probe has what it brought.
	policyFetch    = time.Minute
	policyPatience = 2 * time.Second
	// policyTime is how long records may be looked up in any case, and policyGrace
	// how long that may go on when the last conversation with a server is over.
	// Usually it is over long before.
	policyTime  = 6 * time.Second
	policyGrace = 2 * time.Second
)

// policies begins to look at everything about the domain that needs no server,
// beside whatever else goes on. sent is closed when the SPF record has been read,
// where that was to be; wait waits for the end of it all.
func (r *run) policies(ctx context.Context) (sent <-chan struct{}, wait func()) {
	ctx, cancel := context.WithCancel(ctx)
	began := time.Now()
	var wg sync.WaitGroup
	domain, p := r.target.Domain, &r.result.Policies
	x := r.env.doubted(r.dns, r.module.DNS)
	var late unfinished
	look := func(check config.Check, at func()) {
		if r.module.Runs(check) {
			wg.Go(func() {
				defer r.survive()
				at()
				late.note(ctx, check)
			})
		}
	}
	read := make(chan struct{})
	if r.module.Runs(config.CheckSPF) {
		look(config.CheckSPF, func() {
			defer close(read)
			p.SPF = spf.Check(ctx, x, domain, spf.Options{Senders: r.module.DNSBL.Addresses()})
		})
	} else {
		close(read)
	}
	look(config.CheckDMARC, func() { p.DMARC = dmarc.Check(ctx, x, domain) })
	look(config.CheckTLSRPT, func() { p.TLSRPT = tlsrpt.Check(ctx, x, domain) })
	enough := make(chan struct{})
	look(config.CheckMTASTS, func() { p.MTASTS = mtasts.Check(ctx, x, domain, r.mtaSTSOptions(enough)) })
	if r.module.Prober == config.ProberMX {
		p.DKIM = make([]*dkim.Result, len(r.module.DKIMSelectors))
		for i, selector := range r.module.DKIMSelectors {
			wg.Go(func() {
				defer r.survive()
				p.DKIM[i] = dkim.Check(ctx, x, domain, selector)
			})
		}
	}
	return read, func() {
		patience := time.AfterFunc(policyPatience-time.Since(began), func() { close(enough) })
		defer patience.Stop()
		timer := time.AfterFunc(max(policyGrace, policyTime-time.Since(began)), cancel)
		wg.Wait()
		timer.Stop()
		cancel()
		p.leaveOut(append(late.checks, r.untold(ctx)...))
	}
}

// untold is the checks that could not be decided because the resolver fails for
// every name: that says nothing about the domain (promise 1).
func (r *run) untold(ctx context.Context) (checks []config.Check) {
	p := &r.result.Policies
	for check, failed := range map[config.Check]bool{
		config.CheckSPF:    p.SPF != nil && p.SPF.Status == fact.Error,
		config.CheckDMARC:  p.DMARC != nil && p.DMARC.Status == fact.Error,
		config.CheckTLSRPT: p.TLSRPT != nil && p.TLSRPT.Status == fact.Error,
		config.CheckMTASTS: p.MTASTS != nil && p.MTASTS.Failure != nil,
	} {
		if failed && r.resolverFails(ctx, fact.DNSServfail) {
			checks = append(checks, check)
		}
	}
	for i, k := range p.DKIM {
		if k != nil && k.Status == fact.Error && r.resolverFails(ctx, fact.DNSServfail) {
			p.DKIM[i] = nil
		}
	}
	return checks
}

// unfinished collects the checks that the end of their time cut short.
type unfinished struct {
	mu     sync.Mutex
	checks []config.Check
}

func (u *unfinished) note(ctx context.Context, c config.Check) {
	if ctx.Err() == nil {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.checks = append(u.checks, c)
}

// leaveOut drops what checks saw that were cut short.
func (p *Policies) leaveOut(checks []config.Check) {
	slices.Sort(checks)
	p.Unfinished = slices.Compact(checks)
	for _, c := range checks {
		switch c {
		case config.CheckSPF:
			p.SPF = nil
		case config.CheckDMARC:
			p.DMARC = nil
		case config.CheckMTASTS:
			p.MTASTS = nil
		case config.CheckTLSRPT:
			p.TLSRPT = nil
		}
	}
}

// mtaSTSOptions lets the policy host be reached as a mail server is: by the same
// rules for addresses, and trusted by the same roots.
func (r *run) mtaSTSOptions(enough <-chan struct{}) mtasts.Options {
	return mtasts.Options{
		Dialer: dial.Dialer{Policy: dial.Policy{Allow: r.module.Allowed()}, Dial: r.env.Dial, Routed: r.env.Routed},
		Roots:  r.trust.config.RootCAs, Timeout: policyFetch,
		Cache: r.env.policyCache(r.module), Enough: enough, OnPanic: r.env.OnPanic,
	}
}

// survive keeps a panic in one check from ending anything else.
func (r *run) survive() {
	if p := recover(); p != nil {
		r.tellPanic(p)
	}
}

// policyCache gives the memory of MTA-STS policies for modules that fetch them
// in the same way: a module that trusts or opens more must not answer for one
// that does not.
func (e *Env) policyCache(m config.Module) *mtasts.Cache {
	key := trustKey(m.SMTP.TLS) + fmt.Sprint(m.Allowed())
	e.mu.Lock()
	defer e.mu.Unlock()
	c := e.policies[key]
	if c == nil {
		c = mtasts.NewCache(mtaSTSCacheSize)
		e.policies[key] = c
	}
	return c
}
