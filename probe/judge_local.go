package probe

import (
	"mx_exporter/config"
	"mx_exporter/probe/fact"
)

// assessLocal says where we could not look, and why.
func assessLocal(r *Result, _ config.Module) (fs []fact.Finding) {
	if r.ResolverLies && r.Failure == nil {
		fs = append(fs, find(ResolverLies, fact.Info, ""))
	}
	if r.ClockSuspect {
		fs = append(fs, find(ClockSuspect, fact.Info, ""))
	}
	if r.EgressSuspect {
		fs = append(fs, find(EgressBlocked, fact.Warning, ""))
	}
	for _, c := range r.Unfinished {
		fs = append(fs, find(NotTestedCode, fact.Info, "check "+string(c)))
	}
	for i := range r.Hosts {
		h := &r.Hosts[i]
		if h.Failure != nil && h.Failure.Reason.Local() {
			fs = append(fs, at(local(h.Failure), h))
		}
		for j := range h.Addresses {
			a := &h.Addresses[j]
			if a.Failure != nil && a.Failure.Reason.Local() && a.Failure.Reason != fact.LoginBackoff {
				fs = append(fs, on(local(a.Failure), h, a))
			}
		}
	}
	return fs
}

// local is a finding of our own trouble. It is information: what we could not
// see does not make the domain worse.
func local(f *fact.Failure) fact.Finding {
	code := LocalTrouble
	switch f.Reason {
	case fact.NotTested, fact.LocalOverload:
		code = NotTestedCode
	case fact.LocalResolver:
		code = ResolverDown
	case fact.LocalResolverLies:
		code = ResolverLies
	case fact.LocalPanic:
		code = ExporterDefect
	}
	return find(code, fact.Info, f.Error())
}
