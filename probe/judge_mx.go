package probe

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"mx_exporter/config"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mx"
)

// assessLookup judges why there is no set of servers.
func assessLookup(r *Result, _ config.Module) []fact.Finding {
	f := r.Failure
	if f == nil {
		return nil
	}
	switch {
	case f.Reason == fact.LocalResolver:
		return []fact.Finding{find(ResolverDown, fact.Critical, f.Detail)}
	case f.Reason == fact.LocalResolverLies:
		return []fact.Finding{find(ResolverLies, fact.Critical, f.Detail)}
	case f.Reason.Local():
		return []fact.Finding{find(LocalTrouble, fact.Critical, f.Detail)}
	case f.Reason == fact.DNSNXDomain:
		return []fact.Finding{find(DomainNotFound, fact.Critical, f.Detail)}
	case f.Reason == fact.DNSNoData:
		return []fact.Finding{find(NoMailServer, fact.Critical, f.Detail)}
	}
	return []fact.Finding{find(DNSFailure, fact.Critical, f.Detail)}
}

// assessMX judges the MX records as they are published.
func assessMX(r *Result, m config.Module) (fs []fact.Finding) {
	s := r.MX
	if s == nil || r.Failure != nil {
		return nil
	}
	if s.Null && m.Expected(".") != config.Refuse {
		fs = append(fs, find(NullMX, fact.Critical, ""))
	}
	if s.NullMixed {
		fs = append(fs, find(NullMXMixed, fact.Warning, fmt.Sprintf("%d records", s.Records)))
	}
	if s.Implicit {
		fs = append(fs, find(ImplicitMX, fact.Info, ""))
	}
	if len(s.Duplicates) > 0 {
		fs = append(fs, find(MXDuplicate, fact.Info, strings.Join(s.Duplicates, ", ")))
	}
	if len(s.Limited) > 0 {
		fs = append(fs, find(MXLimitExceeded, fact.Warning,
			fmt.Sprintf("%d hosts with %d addresses are published; looked at are %d hosts", s.Named, s.Addressed, len(s.Hosts))))
	}
	return fs
}

// assessHostNames judges what the MX records name.
func assessHostNames(r *Result, _ config.Module) (fs []fact.Finding) {
	owner := map[netip.Addr]string{}
	for i := range r.Hosts {
		h := &r.Hosts[i]
		if r.MX != nil && i < len(r.MX.Hosts) && len(r.MX.Hosts[i].Aliases) > 0 && !r.MX.Implicit {
			fs = append(fs, at(find(MXIsAlias, fact.Warning, "it stands for "+strings.Join(r.MX.Hosts[i].Aliases, ", ")), h))
		}
		if f := h.Failure; f != nil && h.Expect != config.Unreachable && !f.Reason.Local() {
			fs = append(fs, at(hostLookup(h, f), h))
		}
		for j := range h.Addresses {
			a := &h.Addresses[j]
			if a.Failure != nil && a.Failure.Reason == fact.AddressBlocked && h.Expect != config.Unreachable {
				fs = append(fs, on(find(MXAddressNotPublic, fact.Warning, a.Failure.Detail), h, a))
			}
			if owner[a.IP] == "" {
				owner[a.IP] = h.Label
			} else if owner[a.IP] != h.Label {
				fs = append(fs, at(find(MXAddressesShared, fact.Info, owner[a.IP]+" has the same address "+a.IP.String()), h))
			}
		}
	}
	return fs
}

func hostLookup(h *Host, f *fact.Failure) fact.Finding {
	switch {
	case len(h.Addresses) > 0:
		return find(MXLookupIncomplete, fact.Warning, f.Detail)
	case slices.Contains([]fact.Reason{fact.DNSNXDomain, fact.DNSNoData}, f.Reason):
		return find(MXWithoutAddress, fact.Warning, f.Detail)
	case f.Reason == fact.DNSMalformed && !mx.HostName(h.Name):
		return find(MXNotAHostName, fact.Warning, f.Detail)
	}
	return find(MXHostLookupFailed, fact.Warning, f.Detail)
}
