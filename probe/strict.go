package probe

import (
	"context"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe/dane"
	"mx_exporter/probe/mtasts"
)

// Strict says whether a sender that honours a policy of the domain would deliver
// to an address, and on which ground.
type Strict struct {
	Delivers bool          `json:"delivers"`
	Ground   mtasts.Ground `json:"ground"`
}

// lookupTLSA asks for the TLSA records of a host, while it is talked to.
func (r *run) lookupTLSA(ctx context.Context, i int) {
	h := &r.result.Hosts[i]
	o := dane.Options{Port: uint16(r.module.SMTP.Port), Aliases: r.set.Hosts[i].Aliases, Authentic: r.set.Hosts[i].Authentic}
	// Prober smtp was given the host by the operator, so its name is as good as
	// a signed one.
	o.MXAuthentic = r.set.Authentic || r.module.Prober == config.ProberSMTP
	h.DANE = &dane.Result{Records: dane.Lookup(ctx, r.dns, h.Name, o)}
}

// strict compares what the servers showed with what DANE and MTA-STS promise.
func (r *run) strict(now time.Time) {
	sts := r.result.MTASTS
	if sts != nil {
		var names []string
		for i := range r.result.Hosts {
			names = append(names, r.result.Hosts[i].Name)
		}
		sts.Cover(names)
	}
	for i := range r.result.Hosts {
		h := &r.result.Hosts[i]
		if h.DANE != nil {
			records := h.DANE.Records
			h.DANE = records.Judge(seenForDANE(h), records.Names(r.target.Domain, r.set.Aliases...), now)
		}
		if sts == nil || sts.Policy == nil || sts.Policy.Mode == mtasts.ModeOff {
			continue
		}
		for j := range h.Addresses {
			if a := &h.Addresses[j]; a.talkedTo() {
				a.MTASTS = promised(sts, h, a)
			}
		}
	}
}

// promised is what a sender that enforces the policy would do, also where the
// policy itself is only being tested.
func promised(sts *mtasts.Result, h *Host, a *Address) *Strict {
	enforced := *sts.Policy
	enforced.Mode = mtasts.Enforce
	as := *sts
	as.Policy = &enforced
	d := a.Dialogue
	ok, ground := as.WouldDeliver(h.Name, d.TLSOffered, d.TLS != nil && d.TLS.PKIX.OK)
	return &Strict{ok, ground}
}

// talkedTo reports that the server's extensions are known, so that what it
// offers can be held against a policy.
func (a *Address) talkedTo() bool { return a.Dialogue != nil && greeted(a.Dialogue) }

func seenForDANE(h *Host) (seen []dane.Seen) {
	for j := range h.Addresses {
		a := &h.Addresses[j]
		if !a.talkedTo() {
			continue
		}
		s := dane.Seen{Address: a.IP.String(), Offered: a.Dialogue.TLSOffered, Established: a.Dialogue.TLSEstablished}
		if a.Dialogue.TLS != nil {
			s.Chain = a.Dialogue.TLS.Certificates()
		}
		seen = append(seen, s)
	}
	return seen
}
