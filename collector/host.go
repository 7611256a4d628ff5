package collector

import (
	"net/netip"

	"mx_exporter/probe"
	"mx_exporter/probe/mx"
)

// hostFamilies are about MX hosts, and about what the probe found.
func hostFamilies() []family {
	return []family{
		{
			name:   "mx_finding",
			help:   "1 for each finding; host and address are empty where it is about the whole domain.",
			labels: []string{"check", "code", "severity", "host", "address"},
			query:  `count by (code) (mx_finding{severity="critical"})`,
			emit:   emitFindings,
		},
		{
			name:   "mx_host_preference",
			help:   "Preference of the host's MX record; or the priority of its SRV record; the lowest is tried first.",
			labels: []string{"host", "role"},
			query:  `count by (instance) (mx_host_preference{role="backup"})`,
			emit:   emitPreferences,
		},
		{
			name:   "mx_host_up",
			help:   "Whether an address of the host did as expected of the host; absent where nothing can be told, as where it turned away nobody but us.",
			labels: []string{"host", "role"},
			query:  `mx_host_up{role="backup"} == 0`,
			emit: perHost(func(h *host, out *sink) {
				if h.State != probe.NotTested {
					out.add(bit(h.State == probe.Up), h.Label, h.role)
				}
			}),
		},
	}
}

// emitPreferences says nothing of a host that was probed by its own name.
func emitPreferences(v *view, out *sink) {
	if v.MX == nil && (v.SRV == nil || !v.SRV.Published) {
		return
	}
	for i := range v.hosts {
		h := &v.hosts[i]
		out.add(float64(h.Preference), h.Label, h.role)
	}
}

func emitFindings(v *view, out *sink) {
	for i := range v.Findings {
		f := &v.Findings[i]
		out.add(1, string(f.Check), string(f.Code), string(f.Severity), named(f.Host), parsed(f.Address))
	}
}

// named is the label of the host that a finding names, "" where it names none.
func named(host string) string {
	if host == "" {
		return ""
	}
	return mx.Label(host)
}

// parsed is the canonical text of an address given as text, "" where it is none.
func parsed(s string) string {
	if s == "" {
		return ""
	}
	ip, err := netip.ParseAddr(s)
	if err != nil {
		return ""
	}
	return canonical(ip)
}
