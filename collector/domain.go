package collector

import (
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mx"
)

// domainFamilies are about the probe and the domain as a whole. They come first
// in the table, and few of them grow with the number of hosts, so they are
// there also where the limit of samples cuts what follows.
func domainFamilies() []family {
	return append(probeFamilies(), setFamilies()...)
}

// probeFamilies say what came of the probe.
func probeFamilies() []family {
	return []family{
		{
			name:  "probe_success",
			help:  "Whether the verdict is what the module asks for; by default 1 unless it is compromised or unknown.",
			query: `probe_success == 0`,
			emit:  func(v *view, out *sink) { out.add(bit(v.Success)) },
		},
		{
			name: "probe_duration_seconds",
			help: "How long the probe took.",
			emit: func(v *view, out *sink) { out.add(v.Duration.Seconds()) },
		},
		{
			name:  "probe_timeout_seconds",
			help:  "How long the probe was allowed to take.",
			query: `probe_duration_seconds > 0.9 * probe_timeout_seconds`,
			emit:  func(v *view, out *sink) { out.add(v.Timeout.Seconds()) },
		},
		{
			name:   "mx_verdict",
			help:   "State set of the verdict on the domain; 1 for the verdict, 0 for the others.",
			labels: []string{"verdict"},
			query:  `mx_verdict{verdict="compromised"} == 1`,
			emit:   emitVerdict,
		},
		{
			name:   "mx_failure_info",
			help:   "1, with the reason why there is no set of MX hosts, or why nothing can be said about it.",
			labels: []string{"reason"},
			query:  `mx_verdict{verdict="compromised"} * on (instance) group_left (reason) mx_failure_info == 1`,
			emit: func(v *view, out *sink) {
				if v.Failure != nil {
					out.add(1, string(v.Failure.Reason))
				}
			},
		},
		{
			name:   "mx_limit_exceeded",
			help:   "1 for each limit that kept something out of this probe or of this exposition.",
			labels: []string{"limit"},
			query:  `mx_limit_exceeded == 1`,
			emit:   emitLimits,
		},
	}
}

// setFamilies are about the set of MX hosts and how it was found.
func setFamilies() []family {
	return []family{
		set("mx_records", "MX records of the domain; before any limit.",
			`mx_records != mx_records offset 1d`,
			func(s *mx.Set) float64 { return float64(s.Records) }),
		set("mx_hosts", "Different hosts that the MX records name; before any limit.",
			`mx_hosts == 1`,
			func(s *mx.Set) float64 { return float64(s.Named) }),
		set("mx_addresses", "Addresses of all MX hosts together; before any limit.", "",
			func(s *mx.Set) float64 { return float64(s.Addressed) }),
		set("mx_null", "Whether the domain says that it takes no mail (null MX, RFC 7505).", "",
			func(s *mx.Set) float64 { return bit(s.Null) }),
		set("mx_implicit", "Whether the domain's own addresses take its mail, without an MX record (RFC 5321 section 5.1).", "",
			func(s *mx.Set) float64 { return bit(s.Implicit) }),
		set("mx_dnssec", "Whether the MX answer was validated by DNSSEC; the resolver says so with the AD bit.", "",
			func(s *mx.Set) float64 { return bit(s.Authentic) }),
		{
			name:   "mx_dns_lookup_duration_seconds",
			help:   "How long the slowest look-up of this type took.",
			labels: []string{"type"},
			query:  `max by (type) (mx_dns_lookup_duration_seconds) > 1`,
			emit: func(v *view, out *sink) {
				for _, l := range v.Lookups {
					out.add(l.Took.Seconds(), l.Type)
				}
			},
		},
	}
}

// set is a row about the set of MX hosts. It has a series only where there was
// an answer: not for a failed look-up, and not for a prober that asks for none.
func set(name, help, query string, value func(*mx.Set) float64) family {
	return family{name: name, help: help, query: query, emit: func(v *view, out *sink) {
		if v.MX != nil {
			out.add(value(v.MX))
		}
	}}
}

func emitVerdict(v *view, out *sink) {
	for _, w := range fact.Verdicts() {
		out.add(bit(v.Verdict == w), string(w))
	}
}

func emitLimits(v *view, out *sink) {
	if v.MX != nil {
		for _, l := range v.MX.Limited {
			out.add(1, string(l))
		}
	}
	if v.DNSBL != nil && v.DNSBL.Omitted != nil && v.DNSBL.Omitted.Addresses > 0 {
		out.add(1, "senders")
	}
	if v.trimmed {
		out.add(1, "samples")
	}
}
