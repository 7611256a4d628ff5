package collector

import (
	"net/netip"

	"mx_exporter/probe"
	"mx_exporter/probe/fact"
)

// tlsFamilies are about TLS at each address. Whether it was offered, whether it
// came about and whether its certificate holds are three questions with three
// answers.
func tlsFamilies() []family {
	return []family{
		{
			name:   "mx_tls_offered",
			help:   "Whether the server offers TLS; by the keyword STARTTLS, or from the first byte.",
			labels: []string{"host", "address"},
			query:  `mx_tls_offered == 0`,
			emit:   perTalk(emitOffered),
		},
		{
			name:   "mx_tls_established",
			help:   "Whether a TLS session came about, with whatever certificate.",
			labels: []string{"host", "address"},
			query:  `mx_tls_offered == 1 and mx_tls_established == 0`,
			emit:   perTalk(emitEstablished),
		},
		{
			name:   "mx_tls_info",
			help:   "1, with TLS version and cipher suite.",
			labels: []string{"host", "address", "version", "cipher"},
			query:  `mx_tls_info{version!~"TLS 1.[23]"}`,
			emit: perTalk(func(a *address, talk *probe.Talk, out *sink) {
				if t := talk.TLS; t != nil && t.Version != "" {
					out.add(1, a.host, a.ip, t.Version, t.Cipher)
				}
			}),
		},
		{
			name:   "mx_tls_verified",
			help:   "Whether the server passes by this method; pkix: its certificate has a path to a trusted root, the host's name and good dates; dane and mta_sts: a sender that honours the domain's TLSA records or MTA-STS policy would deliver.",
			labels: []string{"host", "address", "method"},
			query:  `mx_tls_verified{method="pkix"} == 0`,
			emit:   emitVerified,
		},
		{
			name:   "mx_tls_certificate_not_after_seconds",
			help:   "When the first certificate of the chain expires, in Unix time; with smtp.both_certificates, the first of both chains.",
			labels: []string{"host", "address"},
			query:  `mx_tls_certificate_not_after_seconds - time() < 14 * 86400`,
			emit: perTalk(func(a *address, talk *probe.Talk, out *sink) {
				if t := talk.TLS; t != nil && !t.EarliestExpiry.IsZero() {
					until := t.EarliestExpiry
					if a.Other != nil && a.Other.EarliestExpiry.Before(until) {
						until = a.Other.EarliestExpiry
					}
					out.add(float64(until.Unix()), a.host, a.ip)
				}
			}),
		},
	}
}

// offerKnown reports that the conversation came to where TLS is offered.
func offerKnown(a *address, t *probe.Talk) bool {
	switch {
	case t.TLSOffered:
		return true
	case a.Mailbox != nil:
		return a.came(fact.Capability) && (a.Failure == nil || a.Failure.Stage != fact.Capability)
	}
	s := a.stage(fact.EHLO)
	return s != nil && s.Reply != nil && s.Reply.Positive()
}

func emitVerified(v *view, out *sink) {
	for i := range v.addresses {
		a := &v.addresses[i]
		if t := a.Talk(); t != nil && t.TLS != nil && !(v.ClockSuspect && t.TLS.PKIX.OfDates()) {
			out.add(bit(t.TLS.PKIX.OK), a.host, a.ip, "pkix")
		}
		if a.MTASTS != nil {
			out.add(bit(a.MTASTS.Delivers), a.host, a.ip, "mta_sts")
		}
	}
	for i := range v.hosts {
		h := &v.hosts[i]
		if h.DANE == nil || !h.DANE.Records.Applies() {
			continue
		}
		for _, seen := range h.DANE.Addresses {
			if ip, err := netip.ParseAddr(seen.Address); err == nil {
				out.add(bit(seen.Delivers), h.Label, canonical(ip), "dane")
			}
		}
	}
}

func emitOffered(a *address, t *probe.Talk, out *sink) {
	if offerKnown(a, t) {
		out.add(bit(t.TLSOffered), a.host, a.ip)
	}
}

// emitEstablished says nothing where TLS was offered and the module asked not
// to use it.
func emitEstablished(a *address, t *probe.Talk, out *sink) {
	tried := a.came(fact.StartTLS) || a.came(fact.TLS)
	if tried || offerKnown(a, t) && !t.TLSOffered {
		out.add(bit(t.TLSEstablished), a.host, a.ip)
	}
}
