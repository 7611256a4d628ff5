package servers

import (
	"slices"

	"mx_exporter/probe/fact"
)

// Keep lets the domains that could not be looked up now stand as they stood in an
// earlier result: a resolver that is down for a minute takes no server away. A
// domain that does not exist any more, or has no mail server any more, is as it
// is now.
func (r *Result) Keep(old *Result) {
	if old == nil {
		return
	}
	before := make(map[string]Domain, len(old.Domains))
	for _, d := range old.Domains {
		before[d.Name] = d
	}
	kept := &Result{}
	names := map[string][]string{}
	for i, d := range r.Domains {
		was := before[d.Name]
		if !passing(d.Reason) || len(was.Servers) == 0 {
			continue
		}
		was.Reason = d.Reason
		r.Domains[i] = was
		for _, s := range was.Servers {
			names[s] = append(names[s], d.Name)
		}
	}
	for _, s := range old.Servers {
		if domains := names[s.Name]; domains != nil {
			s.Domains = slices.Clone(domains)
			kept.Servers = append(kept.Servers, s)
		}
	}
	r.Servers = Merge(r, kept)
}

// passing reports a failure that says nothing of the domain itself.
func passing(r fact.Reason) bool {
	switch r {
	case "", fact.DNSNXDomain, fact.DNSNoData:
		return false
	}
	return true
}

// Failed counts the domains that could not be looked up now, for a reason that
// says nothing of them.
func (r *Result) Failed() int {
	n := 0
	for _, d := range r.Domains {
		if passing(d.Reason) {
			n++
		}
	}
	return n
}
