package collector

import (
	"slices"

	"mx_exporter/probe/dnsbl"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mx"
)

// listFamilies are about block lists and reverse names. A list's zone may hold a
// key and stands nowhere here; its name is the configuration's.
func listFamilies() []family {
	return slices.Concat(listingFamilies(), listStateFamilies(), []family{reverseFamily()})
}

// listingFamilies are what lists say of addresses and names.
func listingFamilies() []family {
	return []family{
		{
			name:   "mx_dnsbl_listed",
			help:   "Whether the block list has the address; absent when not known; lists judge senders, so mind the role.",
			labels: []string{"list", "address", "role"},
			query:  `mx_dnsbl_listed{role="sender"} == 1`,
			emit: perAnswer(func(a *dnsbl.Answer, out *sink) {
				if a.Subject.Domain == "" && a.Verdict != dnsbl.Unknown {
					out.add(bit(a.Verdict == dnsbl.Listed), a.List, canonical(a.Subject.Address), string(a.Subject.Role))
				}
			}),
		},
		{
			name:   "mx_dnsbl_code",
			help:   "1 for each code of the block list for the address, and its meaning.",
			labels: []string{"list", "address", "code", "meaning"},
			query:  `mx_dnsbl_code{meaning!="PBL"}`,
			emit: perAnswer(func(a *dnsbl.Answer, out *sink) {
				for _, h := range a.Hits {
					if a.Subject.Domain == "" {
						out.add(1, a.List, canonical(a.Subject.Address), h.Code, h.Meaning)
					}
				}
			}),
		},
		{
			name:   "mx_dnsbl_domain_listed",
			help:   "Whether the block list has the name; absent when not known; the name is the domain's, or that of an MX host.",
			labels: []string{"list", "domain"},
			query:  `mx_dnsbl_domain_listed == 1`,
			emit: perAnswer(func(a *dnsbl.Answer, out *sink) {
				if a.Subject.Domain != "" && a.Verdict != dnsbl.Unknown {
					out.add(bit(a.Verdict == dnsbl.Listed), a.List, mx.Label(a.Subject.Domain))
				}
			}),
		},
	}
}

// listStateFamilies are about the lists themselves: what they do not say, and how
// well they are.
func listStateFamilies() []family {
	return []family{
		{
			name:   "mx_dnsbl_error",
			help:   "1 where the block list's answer says nothing, and why.",
			labels: []string{"list", "reason"},
			query:  `mx_dnsbl_error{reason=~"refused|quota"} == 1`,
			emit: perAnswer(func(a *dnsbl.Answer, out *sink) {
				if a.Verdict == dnsbl.Unknown {
					out.add(1, a.List, string(a.Reason))
				}
			}),
		},
		{
			name:   "mx_dnsbl_list_healthy",
			help:   "Whether the block list passes its self-test (RFC 5782); absent while not known.",
			labels: []string{"list"},
			query:  `mx_dnsbl_list_healthy == 0`,
			emit:   emitHealth,
		},
		{
			name:   "mx_dnsbl_list_unhealthy_info",
			help:   "1 for each reason why the block list fails its self-test; absent while it passes, or is not known.",
			labels: []string{"list", "reason"},
			query:  `mx_dnsbl_list_unhealthy_info == 1`,
			emit:   emitFaults,
		},
		{
			name:   "mx_dnsbl_lookup_duration_seconds",
			help:   "How long the slowest question to the block list took; those answered from memory do not count.",
			labels: []string{"list"},
			query:  `mx_dnsbl_lookup_duration_seconds > 1`,
			emit:   emitListTimes,
		},
	}
}

// reverseFamily is about the names that addresses lead back to.
func reverseFamily() family {
	return family{
		name:   "mx_fcrdns",
		help:   "State set of the reverse name of the address; none without one, pass when a name leads back, fail when none does.",
		labels: []string{"host", "address", "status"},
		query:  `mx_fcrdns{status=~"none|fail"} == 1`,
		emit: perAddress(func(a *address, out *sink) {
			if a.PTR != nil {
				states(out, a.PTR.Status, a.host, a.ip)
			}
		}),
	}
}

func perAnswer(emit func(a *dnsbl.Answer, out *sink)) func(*view, *sink) {
	return func(v *view, out *sink) {
		if v.DNSBL == nil {
			return
		}
		for i := range v.DNSBL.Answers {
			emit(&v.DNSBL.Answers[i], out)
		}
	}
}

// emitHealth says of each list whether it is healthy in every way in which it
// was tested.
func emitHealth(v *view, out *sink) {
	if v.DNSBL == nil {
		return
	}
	healthy := map[string]bool{}
	var order []string
	for _, h := range v.DNSBL.Lists {
		if h.State != dnsbl.Healthy && h.State != dnsbl.Broken {
			continue
		}
		was, seen := healthy[h.List]
		if !seen {
			order = append(order, h.List)
		}
		healthy[h.List] = h.State == dnsbl.Healthy && (was || !seen)
	}
	for _, l := range order {
		out.add(bit(healthy[l]), l)
	}
}

// emitFaults says why lists are not healthy, each reason once.
func emitFaults(v *view, out *sink) {
	if v.DNSBL == nil {
		return
	}
	type fault struct {
		list  string
		fault dnsbl.Fault
	}
	var told []fault
	for _, h := range v.DNSBL.Lists {
		if f := (fault{h.List, h.Fault}); h.State == dnsbl.Broken && !slices.Contains(told, f) {
			told = append(told, f)
			out.add(1, h.List, string(h.Fault))
		}
	}
}

func emitListTimes(v *view, out *sink) {
	if v.DNSBL == nil {
		return
	}
	slowest := map[string]fact.Elapsed{}
	var order []string
	for _, a := range v.DNSBL.Answers {
		if a.Cached || a.Took == 0 {
			continue
		}
		if _, seen := slowest[a.List]; !seen {
			order = append(order, a.List)
		}
		slowest[a.List] = max(slowest[a.List], a.Took)
	}
	for _, l := range order {
		out.add(slowest[l].Seconds(), l)
	}
}
