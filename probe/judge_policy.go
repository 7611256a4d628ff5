package probe

import (
	"mx_exporter/config"
	"mx_exporter/probe/dkim"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mtasts"
)

// What a sender meets that keeps to what the domain itself demands.
const (
	ClosedByMTASTS fact.Code = "closed-to-mta-sts-senders"
	ClosedByDANE   fact.Code = "closed-to-dane-senders"
)

var docsStrict = []fact.Doc{
	doc(mtasts.Name, ClosedByMTASTS, "No server passes what the domain's MTA-STS policy demands.",
		"Senders that honour MTA-STS, the largest mailbox providers among them, cannot deliver. Others can.",
		"Mend the certificates, or publish a policy that names the servers there are; until then, set its mode to testing and change the id of its record."),
	doc("dane", ClosedByDANE, "No server passes what the domain's TLSA records demand.",
		"Senders that honour DANE cannot deliver. Others can.",
		"Publish TLSA records for the certificates in use, and leave the old ones until their time to live is over."),
}

// assessPolicies takes over what each policy's own package found.
func assessPolicies(r *Result, _ config.Module) (fs []fact.Finding) {
	if r.SPF != nil {
		fs = append(fs, r.SPF.Findings()...)
	}
	if r.DMARC != nil {
		fs = append(fs, r.DMARC.Findings()...)
	}
	if r.TLSRPT != nil {
		fs = append(fs, r.TLSRPT.Findings()...)
	}
	if r.MTASTS != nil {
		fs = append(fs, r.MTASTS.Findings()...)
	}
	var keys []*dkim.Result
	for _, k := range r.DKIM {
		if k != nil {
			keys = append(keys, k)
		}
	}
	if len(keys) > 0 {
		fs = append(fs, dkim.Findings(keys)...)
	}
	return fs
}

// assessPromises judges whether the servers keep what the domain promises by
// MTA-STS and DANE.
func assessPromises(r *Result, _ config.Module) (fs []fact.Finding) {
	var seen []mtasts.Seen
	for i := range r.Hosts {
		h := &r.Hosts[i]
		if h.Expect != config.Accept {
			continue
		}
		if h.DANE != nil {
			for _, f := range h.DANE.Findings() {
				f.Host = h.Label
				fs = append(fs, f)
			}
		}
		for j := range h.Addresses {
			if a := &h.Addresses[j]; a.talkedTo() && !r.dateless(a.Dialogue) {
				d := a.Dialogue
				seen = append(seen, mtasts.Seen{
					Host: h.Label, Address: a.IP.String(), Offered: d.TLSOffered, Verified: d.TLS != nil && d.TLS.PKIX.OK,
				})
			}
		}
	}
	if r.MTASTS != nil {
		fs = append(fs, r.MTASTS.HostFindings(seen)...)
	}
	return fs
}

// strictlyClosed says why nobody can deliver who keeps to what the domain
// demands, where senders that do not could. It is empty where somebody can.
func strictlyClosed(r *Result, fs *[]fact.Finding) string {
	sts := r.MTASTS
	enforced := sts != nil && sts.Policy != nil && sts.Policy.Mode == mtasts.Enforce
	up, passSTS, passDANE := 0, 0, 0
	for i := range r.Hosts {
		h := &r.Hosts[i]
		for j := range h.Addresses {
			a := &h.Addresses[j]
			if h.Expect != config.Accept || a.State != Up {
				continue
			}
			up++
			if a.MTASTS == nil || a.MTASTS.Delivers {
				passSTS++
			}
			if deliversByDANE(h, a.IP.String()) {
				passDANE++
			}
		}
	}
	switch {
	case up == 0:
		return ""
	case enforced && passSTS == 0:
		*fs = append(*fs, find(ClosedByMTASTS, fact.Critical, ""))
		return "Senders that make sure of whom they talk to cannot deliver: no server is as the domain's policy (MTA-STS) demands."
	case passDANE == 0:
		*fs = append(*fs, find(ClosedByDANE, fact.Critical, ""))
		return "Senders that make sure of whom they talk to cannot deliver: no server is as the domain's DNS says (DANE)."
	}
	return ""
}

func deliversByDANE(h *Host, address string) bool {
	if h.DANE == nil {
		return true
	}
	for _, a := range h.DANE.Addresses {
		if a.Address == address {
			return a.Delivers
		}
	}
	return true
}
