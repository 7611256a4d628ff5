package mtasts

import (
	"context"
	"crypto/x509"
	"strings"
	"time"

	"mx_exporter/probe/dial"
	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/tagvalue"
	"mx_exporter/probe/txt"
)

// Options shape a check. The zero value dials public addresses on the real
// network, trusts the system's roots, and remembers nothing.
type Options struct {
	Dialer  dial.Dialer    // judges and dials the policy host
	Roots   *x509.CertPool // nil: the system's
	Timeout time.Duration  // of a fetch, with its look-ups; 0: a minute, as senders wait
	Refresh time.Duration  // how old a remembered policy may be; 0: 30 min
	Cache   *Cache
	// Enough is closed when a fetch under way is waited for no longer; with a Cache it
	// goes on. A nil one never is.
	Enough <-chan struct{}
	// OnPanic is told of a panic that a fetch survived.
	OnPanic func(recovered any, stack []byte)
	Hosts   []string // the domain's MX hosts, for [Result.Cover]
}

func (o Options) timeout() time.Duration {
	if o.Timeout <= 0 {
		return DefaultTimeout
	}
	return o.Timeout
}

func (o Options) refresh() time.Duration {
	if o.Refresh <= 0 {
		return DefaultRefresh
	}
	return o.Refresh
}

// Result is what a domain says by MTA-STS.
type Result struct {
	Status  fact.Status   `json:"status"`
	Domain  string        `json:"domain"`
	Failure *fact.Failure `json:"failure,omitempty"` // why the record could not be told

	Record         *Record            `json:"record,omitempty"`
	Records        int                `json:"records"`                   // that claim to be one
	RecordText     string             `json:"record_text,omitempty"`     // the first of them, quoted and cut
	RecordProblems []tagvalue.Problem `json:"record_problems,omitempty"` // of the first of them

	Fetch    *Fetch    `json:"fetch,omitempty"`    // the last try
	Cached   bool      `json:"cached"`             // it was made by an earlier probe
	Policy   *Policy   `json:"policy,omitempty"`   // nil: none that a sender could use
	Pending  bool      `json:"pending,omitempty"`  // a fetch is under way, and nothing is known of this id's policy so far
	Stale    bool      `json:"stale"`              // an earlier one, which cannot be had now; senders that have it go by it
	Problems []Problem `json:"problems,omitempty"` // of the policy last fetched
	Change   Change    `json:"change,omitempty"`

	Coverage []Coverage `json:"coverage,omitempty"`
}

// Coverage says whether the policy names one MX host.
type Coverage struct {
	Host    string `json:"host"`
	Covered bool   `json:"covered"`
}

// Check looks up a domain's record, gets its policy or remembers it, and
// compares it with o.Hosts. It never returns nil.
func Check(ctx context.Context, x dnsq.Exchanger, domain string, o Options) *Result {
	r := &Result{Domain: strings.TrimSuffix(strings.ToLower(domain), ".")}
	r.record(ctx, x)
	if r.Record != nil {
		r.policy(ctx, x, o)
	}
	r.Cover(o.Hosts)
	return r
}

// record looks for the one record there should be (RFC 8461 section 3.1).
func (r *Result) record(ctx context.Context, x dnsq.Exchanger) {
	a, err := txt.Lookup(ctx, x, "_mta-sts."+r.Domain)
	switch {
	case dnsq.NotFound(err):
		r.Status = fact.None
		return
	case err != nil:
		r.Status = fact.Error
		r.Failure = &fact.Failure{Reason: dnsq.ReasonOf(err), Detail: err.Error()}
		return
	}
	// What begins otherwise is discarded by senders. A record that is only
	// written wrongly is shown all the same.
	claims, total := a.Starting("v=STSv1")
	var good []txt.Record
	for _, c := range claims {
		if strings.HasPrefix(c.Text, version) {
			good = append(good, c)
		}
	}
	if len(good) > 0 {
		claims, total = good, len(good)
	}
	r.Records = total
	if total == 0 {
		r.Status = fact.None
		return
	}
	r.Status = fact.Fail
	r.RecordText = txt.Quote(claims[0].Text)
	rec, problems := ParseRecord(claims[0].Text)
	r.RecordProblems = problems
	if total == 1 && rec != nil {
		r.Record, r.Status = rec, fact.Pass
	}
}

// policy takes the policy from the cache or gets it.
func (r *Result) policy(ctx context.Context, x dnsq.Exchanger, o Options) {
	now := time.Now()
	e := o.Cache.recall(r.Domain)
	id := r.Record.ID
	r.Cached = e.fresh(id, now, o.refresh()) || e.resting(id, now)
	if !r.Cached {
		told := false
		if e, told = r.renewed(ctx, x, o, e); !told && !e.tells(id, now) {
			r.Pending = true
			if e.live(now) {
				r.Policy, r.Stale = e.policy, true
			}
			return
		}
		r.Cached = !told
	}
	r.Policy, r.Change = e.policy, e.change
	if e.failed == nil {
		r.Fetch, r.Problems = e.fetch, e.problems
		return
	}
	r.Fetch, r.Problems = e.failed, e.spoiled
	r.Stale = e.live(now)
	if !r.Stale {
		r.Policy, r.Change = nil, NoChange
	}
}

// renewed gets the policy and gives what is known then, or, where that takes too
// long, what was known before.
func (r *Result) renewed(ctx context.Context, x dnsq.Exchanger, o Options, e entry) (entry, bool) {
	if o.Cache == nil {
		return renew(ctx, x, r.Domain, r.Record.ID, o, e), true
	}
	f := o.Cache.board(x, r.Domain, r.Record.ID, o)
	if f == nil {
		return e, false
	}
	if got, told := f.await(ctx, o.Enough); told {
		return got, true
	}
	return e, false
}

// renew gets the policy and gives what is known from then on.
func renew(ctx context.Context, x dnsq.Exchanger, domain, id string, o Options, e entry) entry {
	f := fetch(ctx, x, domain, o)
	if f.Failure != nil {
		return e.spoilt(id, f, nil)
	}
	p, problems := ParsePolicy(f.body)
	if p == nil {
		return e.spoilt(id, f, problems)
	}
	return e.renewed(id, f, p, problems, f.At)
}

// Cover compares the policy with the domain's MX hosts, and settles the Status
// with it. Check does so for the hosts in its options; a caller that learns them
// later does it then.
func (r *Result) Cover(hosts []string) {
	if r.Record == nil {
		return
	}
	r.Coverage = nil
	r.Status = r.unjudged()
	if r.Policy == nil || r.Policy.Mode == ModeOff {
		return
	}
	for _, h := range hosts {
		c := Coverage{strings.TrimSuffix(strings.ToLower(h), "."), r.Policy.Matches(h)}
		if !c.Covered && r.Policy.Cut() {
			continue // it may be named further down
		}
		r.Coverage = append(r.Coverage, c)
		if !c.Covered {
			r.Status = fact.Fail
		}
	}
}

// unjudged is the status before the hosts are looked at.
func (r *Result) unjudged() fact.Status {
	switch {
	case r.Pending || r.Fetch == nil:
		return fact.Error
	case r.Fetch.Failure != nil:
		return r.Fetch.Failure.status()
	case r.Policy == nil || r.Stale:
		return fact.Fail
	}
	return fact.Pass
}
