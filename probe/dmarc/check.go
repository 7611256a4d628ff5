package dmarc

import (
	"context"
	"strings"

	"github.com/miekg/dns"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/tagvalue"
	"mx_exporter/probe/txt"
)

// Result is what is known of a domain's DMARC policy.
type Result struct {
	Status fact.Status `json:"status"` // none: no record applies; fail: receivers do not read what was meant
	Domain string      `json:"domain"`

	Found        string `json:"found,omitempty"`                 // the domain whose record applies
	Source       Source `json:"source,omitempty"`                // what that domain is to this one
	Organisation string `json:"organizational_domain,omitempty"` // by the tree walk
	Older        string `json:"rfc7489_found,omitempty"`         // the domain whose record a receiver of RFC 7489 applies
	Record       string `json:"record,omitempty"`                // the one that applies, as published; foreign text
	Void         bool   `json:"void,omitempty"`                  // a tag in it stands twice: receivers may not use any of it
	Records      int    `json:"records"`                         // of DMARC at the domain itself

	Policy      Policy `json:"policy,omitempty"`       // that applies to the domain; "" for none
	Subdomains  Policy `json:"subdomains,omitempty"`   // that the record means for subdomains of its domain
	NonExistent Policy `json:"non_existent,omitempty"` // that it means for those that do not exist
	Testing     bool   `json:"testing,omitempty"`      // t=y: one step milder than that
	StrictDKIM  bool   `json:"strict_dkim,omitempty"`
	StrictSPF   bool   `json:"strict_spf,omitempty"`

	Aggregate []Destination `json:"rua,omitempty"`
	Failures  []Destination `json:"ruf,omitempty"`

	Walk      []Visit            `json:"walk,omitempty"`
	Similar   []string           `json:"lookalikes,omitempty"` // TXT records at the domain's own place that were meant to be one; foreign text
	Misplaced []string           `json:"misplaced,omitempty"`  // names where a record of DMARC stands in vain
	Problems  []tagvalue.Problem `json:"problems,omitempty"`   // of the record that applies
	Failure   *fact.Failure      `json:"failure,omitempty"`    // why it is not known what applies
}

// Check finds the policy of a domain, which is an absolute name in A-label form.
// It costs at most 8 look-ups for the walk, 2 for a record in the wrong place, 1
// for whether the domain exists, and 8 for the consent of outside domains.
func Check(ctx context.Context, x dnsq.Exchanger, domain string) *Result {
	domain = strings.ToLower(strings.TrimSuffix(domain, "."))
	visits, all := walk(ctx, x, domain)
	own := &visits[0]
	r := &Result{
		Domain: domain, Walk: visits, Records: own.Records, Similar: own.similar,
		Organisation: organisation(visits), Older: older(all),
	}
	v, source := pick(visits, r.Organisation)
	r.Failure = undecided(visits, v)
	if own.Records == 0 && r.Failure == nil {
		r.misplaced(ctx, x)
	}
	if v != nil && r.Failure == nil {
		r.take(ctx, x, v, source)
	}
	r.Status = r.status(v)
	return r
}

// undecided gives the failed question without which it is not known what
// applies. When the domain has a record of its own, or a name above it one, the
// question about the last label does not matter: what stands there applies only
// where nothing else does.
func undecided(visits []Visit, found *Visit) *fact.Failure {
	if visits[0].record != nil {
		return nil
	}
	for i, v := range visits {
		last := i > 0 && !strings.Contains(v.Domain, ".")
		if v.Failure != nil && (found == nil || !last) {
			return v.Failure
		}
	}
	return nil
}

// take reads the record that applies.
func (r *Result) take(ctx context.Context, x dnsq.Exchanger, v *Visit, source Source) {
	r.Found, r.Source, r.Record = v.Domain, source, v.text.Text
	rec, problems := Parse(r.Record)
	r.Problems, r.Void = problems, rec.void
	p, sub, np, ok := rec.Applied()
	if ok {
		r.Policy, r.Subdomains, r.NonExistent = p, sub, np
	}
	if ok && source != Own {
		r.Policy = sub
		if np != sub && missing(ctx, x, r.Domain) {
			r.Policy = np
		}
	}
	r.Testing, r.StrictDKIM, r.StrictSPF = rec.Testing, rec.StrictDKIM, rec.StrictSPF
	r.Aggregate, r.Failures = destinations(ctx, x, v.Domain, r.Organisation, rec)
}

// missing reports whether a domain does not exist.
func missing(ctx context.Context, x dnsq.Exchanger, domain string) bool {
	_, err := dnsq.Lookup[*dns.MX](ctx, x, domain)
	return dnsq.ReasonOf(err) == fact.DNSNXDomain
}

// misplaced looks where records of DMARC end up by mistake: at the domain
// itself, and at the name that a zone editor makes when it adds the domain once
// more.
func (r *Result) misplaced(ctx context.Context, x dnsq.Exchanger) {
	for _, name := range []string{r.Domain, "_dmarc." + r.Domain + "." + r.Domain} {
		a, err := txt.Lookup(ctx, x, name)
		if err != nil {
			continue // the place where it belongs has been asked; this is a courtesy
		}
		for _, rec := range a.Records {
			if Is(rec.Text) {
				r.Misplaced = append(r.Misplaced, name)
				break
			}
		}
	}
}

// status puts it into one word.
func (r *Result) status(v *Visit) fact.Status {
	own := r.Walk[0]
	switch {
	case r.Failure != nil:
		return fact.Error
	case own.Records > 1 || own.Records == 0 && len(r.Similar)+len(r.Misplaced) > 0:
		return fact.Fail
	case v == nil && own.answer.Truncated:
		return fact.Error // it may stand among those that were not looked at
	case v == nil:
		return fact.None
	case r.Policy == "":
		return fact.Fail
	}
	for _, p := range r.Problems {
		if !harmless(p.Kind) {
			return fact.Fail
		}
	}
	return fact.Pass
}
