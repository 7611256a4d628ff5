// Package probe looks at a mail target and says what it saw.
//
// [Run] has three phases. Resolve finds the servers: MX records, addresses. Fan
// out does everything that can run side by side: a timed SMTP dialogue with
// every address of every server. Judge is pure: it turns what was seen into
// findings and a verdict.
//
// A probe never logs, never registers a metric and always gives a [Result]:
// what was learned before a deadline or a fault is kept. Views (metrics, page,
// text, JSON) read the Result and nothing else.
package probe

import (
	"context"
	"fmt"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mx"
)

// quitBudget is kept back from the deadline, so that each conversation under
// way can still say QUIT: servers count a lost connection as abuse.
const quitBudget = 300 * time.Millisecond

// run is one probe under way.
type run struct {
	env    *Env
	module config.Module
	target Target
	dns    *dnsq.Recorder // times what the probe asks
	trust  *trust
	result *Result
	set    *mx.Set // what resolve found; also where the result has none to show
	places []place // where the hosts of set are spoken to; empty: all at the module's port
	logins *sequence

	grace time.Duration // for each conversation's QUIT when the time is up

	canaryAsked bool
	canary      error // why the resolver did not answer for the root
}

// Run probes a target as a module says. It ends by the deadline of ctx or the
// module's timeout, whichever comes first. An error means that the probe could
// not even start: an unknown prober, a recipient that is not allowed, resolvers
// that cannot be used.
func Run(ctx context.Context, env *Env, target Target, m config.Module) (*Result, error) {
	env.begin()
	target, err := permitted(target, m)
	if err != nil {
		return nil, err
	}
	x, err := env.exchanger(m.DNS)
	if err != nil {
		return nil, fmt.Errorf("module %s: dns: %w", m.Name, err)
	}
	trust, err := env.trust(tlsSettings(m))
	if err != nil {
		return nil, fmt.Errorf("module %s: tls: %w", m.Name, err)
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(m.Timeout))
	defer cancel()
	r := &run{env: env, module: m, target: target, dns: dnsq.NewRecorder(x), trust: trust, result: newResult(ctx, target, m), logins: newSequence()}
	work, cancelWork := r.beforeDeadline(ctx)
	defer cancelWork()

	sent, policies := r.policies(work)
	r.resolve(work)
	r.fanOut(work, sent)
	policies()
	r.result.ClockSuspect = env.clockSuspect()
	r.strict(time.Now())
	r.result.Lookups = lookups(r.dns)
	if r.result.MX != nil {
		r.result.MXTTL = env.ttls.note(target.Domain, r.result.MX.TTL, time.Now())
	}
	r.result.EgressSuspect = r.egressSuspect(time.Now())
	judge(r.result, m)
	r.result.Duration = fact.Elapsed(time.Since(r.result.Started))
	return r.result, nil
}

func newResult(ctx context.Context, target Target, m config.Module) *Result {
	now := time.Now()
	deadline, _ := ctx.Deadline()
	return &Result{
		Target: target, Module: m.Name, Prober: m.Prober, Started: now,
		Timeout:  fact.Elapsed(deadline.Sub(now)),
		Findings: []fact.Finding{}, Hosts: []Host{}, Lookups: []Lookup{},
	}
}

// beforeDeadline gives the time in which servers may answer: all but the last
// moments, which are for QUIT, or but a tenth of a very short time.
func (r *run) beforeDeadline(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, _ := ctx.Deadline()
	back := min(quitBudget, time.Until(deadline)/10)
	r.grace = back * 4 / 5
	return context.WithDeadline(ctx, deadline.Add(-back))
}

// egressSuspect reports that nothing seems to get out to a port that the probe
// used.
func (r *run) egressSuspect(now time.Time) bool {
	suspect := r.env.egress.suspect(r.module.Port(), now)
	for i := range r.result.Hosts {
		suspect = suspect || r.env.egress.suspect(r.result.Hosts[i].Port, now)
	}
	return suspect
}

// RecipientError is a mailbox that the module does not allow to be tried.
type RecipientError struct {
	Recipient, Module string
}

// Error says what would allow the mailbox.
func (e *RecipientError) Error() string {
	return fmt.Sprintf("module %s does not allow the recipient %q; recipients.allow in its configuration names those that may be tried",
		e.Module, e.Recipient)
}

func lookups(rec *dnsq.Recorder) []Lookup {
	ls := []Lookup{}
	for _, s := range rec.Slowest() {
		ls = append(ls, Lookup{Type: s.Type, Took: fact.Elapsed(s.Took)})
	}
	return ls
}
