package probe

import (
	"cmp"
	"slices"

	"mx_exporter/config"
	"mx_exporter/probe/fact"
)

// judge turns what was seen into states, findings and the verdict. It is pure:
// it asks nobody, and the same Result gives the same judgement.
func judge(r *Result, m config.Module) {
	for i := range r.Hosts {
		judgeHost(r, &r.Hosts[i], m)
	}
	fs := []fact.Finding{}
	for _, assess := range assessors(m.Prober) {
		fs = append(fs, assess(r, m)...)
	}
	r.Verdict, r.Why = conclude(r, m, &fs)
	r.Findings = tidy(fs)
	r.Success = r.Verdict == fact.Satisfactory ||
		r.Verdict == fact.Impaired && m.Success != config.SuccessSatisfactory
}

// assessors are the rules by which what a prober saw is judged.
func assessors(p config.Prober) []func(*Result, config.Module) []fact.Finding {
	if p.ForUsers() {
		return []func(*Result, config.Module) []fact.Finding{
			assessLookup, assessService, assessServers, assessLogins, assessProtection, assessLocal,
		}
	}
	return []func(*Result, config.Module) []fact.Finding{
		assessLookup, assessMX, assessHostNames, assessDefinition, assessHosts, assessReplies, assessUnknown, assessTLS, assessPolicies, assessPromises, assessLists, assessReverse, assessLocal,
	}
}

// tidy puts the worst findings first and drops those said twice.
func tidy(fs []fact.Finding) []fact.Finding {
	rank := slices.Index[[]fact.Severity]
	slices.SortStableFunc(fs, func(a, b fact.Finding) int {
		return cmp.Or(
			cmp.Compare(rank(fact.Severities(), b.Severity), rank(fact.Severities(), a.Severity)),
			cmp.Compare(a.Check, b.Check), cmp.Compare(a.Code, b.Code),
			cmp.Compare(a.Host, b.Host), cmp.Compare(a.Address, b.Address),
		)
	})
	return slices.CompactFunc(fs, func(a, b fact.Finding) bool {
		a.Detail, b.Detail = "", ""
		return a == b
	})
}

// find makes a finding; the check is the one that the catalog gives the code.
func find(c fact.Code, s fact.Severity, detail string) fact.Finding {
	d, _ := Explain(c)
	return fact.Finding{Check: d.Check, Code: c, Severity: s, Detail: detail}
}

// at says on which host a finding was made.
func at(f fact.Finding, h *Host) fact.Finding {
	f.Host = h.Label
	return f
}

// on says on which address of a host a finding was made.
func on(f fact.Finding, h *Host, a *Address) fact.Finding {
	f.Host, f.Address = h.Label, a.IP.String()
	return f
}
