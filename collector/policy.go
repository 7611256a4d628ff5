package collector

import (
	"mx_exporter/probe/dkim"
	"mx_exporter/probe/dmarc"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mtasts"
	"mx_exporter/probe/mx"
)

// policyFamilies are about what the domain publishes beside its servers. A check
// that was not made has no series.
func policyFamilies() []family {
	return append(senderFamilies(), transportFamilies()...)
}

// statusOf makes a row of the four statuses of one check, of which one is 1.
func statusOf(name, help, query string, status func(*view) (fact.Status, bool)) family {
	return family{name: name, help: help, labels: []string{"status"}, query: query, emit: func(v *view, out *sink) {
		if now, looked := status(v); looked {
			states(out, now)
		}
	}}
}

// states adds the state set of a status behind the label values given.
func states(out *sink, now fact.Status, labels ...string) {
	for _, s := range fact.Statuses() {
		out.add(bit(s == now), append(labels[:len(labels):len(labels)], string(s))...)
	}
}

// senderFamilies are about mail that claims to come from the domain.
func senderFamilies() []family {
	return []family{
		statusOf("mx_spf", "State set of the SPF record (RFC 7208); none, pass, fail where receivers give permerror, error where it could not be told now.",
			`mx_spf{status="fail"} == 1`,
			func(v *view) (fact.Status, bool) {
				if v.SPF == nil {
					return "", false
				}
				return v.SPF.Status, true
			}),
		{
			name:  "mx_spf_lookups",
			help:  "DNS look-ups that the SPF record costs a receiver; over 10 the record is void (RFC 7208 section 4.6.4), and counting stops at 40.",
			query: `mx_spf_lookups > 10`,
			emit: func(v *view, out *sink) {
				if v.SPF != nil && (v.SPF.Status == fact.Pass || v.SPF.Status == fact.Fail) {
					out.add(float64(v.SPF.Lookups))
				}
			},
		},
		statusOf("mx_dmarc", "State set of the DMARC record (RFC 9989) that applies to the domain.",
			`mx_dmarc{status="fail"} == 1`,
			func(v *view) (fact.Status, bool) {
				if v.DMARC == nil {
					return "", false
				}
				return v.DMARC.Status, true
			}),
		{
			name:   "mx_dmarc_policy",
			help:   "State set of the DMARC policy for the domain: none, quarantine, reject.",
			labels: []string{"policy"},
			query:  `mx_dmarc_policy{policy="none"} == 1`,
			emit:   emitDMARCPolicy,
		},
		{
			name:   "mx_dkim",
			help:   "State set of the DKIM key (RFC 6376) of each selector that the module names.",
			labels: []string{"selector", "status"},
			query:  `mx_dkim{status=~"none|fail"} == 1`,
			emit:   perKey(func(k *dkim.Result, out *sink) { states(out, k.Status, k.Selector) }),
		},
		{
			name:   "mx_dkim_key_bytes",
			help:   "Length of the DKIM key of each selector; 256 for RSA of 2048 bits, 32 for Ed25519.",
			labels: []string{"selector"},
			query:  `mx_dkim_key_bytes < 256 and mx_dkim_key_bytes > 32`,
			emit: perKey(func(k *dkim.Result, out *sink) {
				if k.Bits > 0 {
					out.add(float64(k.Bits)/8, k.Selector)
				}
			}),
		},
	}
}

// transportFamilies are about how mail to the domain is to travel.
func transportFamilies() []family {
	return []family{
		statusOf("mx_mta_sts", "State set of MTA-STS (RFC 8461): record, policy, and whether it covers every MX host.",
			`mx_mta_sts{status="fail"} == 1`,
			func(v *view) (fact.Status, bool) {
				if v.MTASTS == nil {
					return "", false
				}
				return v.MTASTS.Status, true
			}),
		{
			name:   "mx_mta_sts_mode",
			help:   "State set of the mode of the MTA-STS policy: enforce, testing, none.",
			labels: []string{"mode"},
			query:  `mx_mta_sts_mode{mode="enforce"} == 1`,
			emit:   perPolicy(emitMode),
		},
		{
			name: "mx_mta_sts_max_age_seconds",
			help: "How long senders keep the MTA-STS policy.",
			emit: perPolicy(func(p *mtasts.Policy, out *sink) { out.add(float64(p.MaxAge)) }),
		},
		{
			name:   "mx_mta_sts_host_covered",
			help:   "Whether the MTA-STS policy names the MX host.",
			labels: []string{"host"},
			query:  `mx_mta_sts_host_covered == 0`,
			emit:   emitCoverage,
		},
		statusOf("mx_tls_rpt", "State set of the TLS reporting record (RFC 8460).",
			`mx_tls_rpt{status="fail"} == 1`,
			func(v *view) (fact.Status, bool) {
				if v.TLSRPT == nil {
					return "", false
				}
				return v.TLSRPT.Status, true
			}),
		{
			name:   "mx_dane",
			help:   "State set of DANE (RFC 7672) for each host; none where it does not apply: the zone or the MX answer is not signed, or there is no TLSA record that can be used.",
			labels: []string{"host", "status"},
			query:  `mx_dane{status="fail"} == 1`,
			emit: perHost(func(h *host, out *sink) {
				if h.DANE != nil {
					states(out, h.DANE.Status, h.Label)
				}
			}),
		},
		{
			name:   "mx_dane_spare",
			help:   "Whether a TLSA record is published for the next key; with one, a change of key loses no mail.",
			labels: []string{"host"},
			query:  `mx_dane_spare == 0`,
			emit: perHost(func(h *host, out *sink) {
				if h.DANE != nil && h.DANE.Status == fact.Pass {
					out.add(bit(h.DANE.Spare), h.Label)
				}
			}),
		},
	}
}

func emitDMARCPolicy(v *view, out *sink) {
	if v.DMARC == nil || v.DMARC.Policy == "" {
		return
	}
	for _, p := range []dmarc.Policy{dmarc.None, dmarc.Quarantine, dmarc.Reject} {
		out.add(bit(p == v.DMARC.Policy), string(p))
	}
}

func emitMode(p *mtasts.Policy, out *sink) {
	for _, m := range mtasts.Modes() {
		out.add(bit(m == p.Mode), string(m))
	}
}

func emitCoverage(v *view, out *sink) {
	if v.MTASTS == nil {
		return
	}
	for _, c := range v.MTASTS.Coverage {
		out.add(bit(c.Covered), mx.Label(c.Host))
	}
}

func perKey(emit func(k *dkim.Result, out *sink)) func(*view, *sink) {
	return func(v *view, out *sink) {
		for _, k := range v.DKIM {
			if k != nil {
				emit(k, out)
			}
		}
	}
}

func perPolicy(emit func(p *mtasts.Policy, out *sink)) func(*view, *sink) {
	return func(v *view, out *sink) {
		if v.MTASTS != nil && v.MTASTS.Policy != nil {
			emit(v.MTASTS.Policy, out)
		}
	}
}
