package probe

import (
	"context"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe/dane"
	"mx_exporter/probe/mtasts"
	"mx_exporter/probe/smtp"
)

// Strict says whether a sender that enforces a policy of the domain would deliver
// to an address, and on which ground. It says so also while the policy is only
// being tested.
type Strict struct {
	Delivers bool          `json:"delivers"`
	Ground   mtasts.Ground `json:"ground"`
}

// lookupTLSA asks for the TLSA records of a host, while it is talked to.
func (r *run) lookupTLSA(ctx context.Context, i int) {
	h := &r.result.Hosts[i]
	o := dane.Options{Port: uint16(h.Port), Aliases: r.set.Hosts[i].Aliases, Authentic: r.set.Hosts[i].Authentic}
	// Prober smtp was given the host by the operator, so its name is as good as
	// a signed one.
	o.MXAuthentic = r.set.Authentic || r.module.Prober == config.ProberSMTP
	h.DANE = &dane.Result{Records: dane.Lookup(ctx, r.believed(), h.Name, o)}
}

// strict compares what the servers showed with what DANE and MTA-STS promise.
func (r *run) strict(now time.Time) {
	sts := r.result.MTASTS
	if sts != nil {
		sts.Cover(accepting(r.result.Hosts))
	}
	for i := range r.result.Hosts {
		h := &r.result.Hosts[i]
		if h.DANE != nil {
			h.DANE = r.judgeDANE(h, now)
		}
		if sts == nil || sts.Policy == nil || sts.Policy.Mode == mtasts.ModeOff {
			continue
		}
		for j := range h.Addresses {
			if a := &h.Addresses[j]; a.talkedTo() && !r.result.dateless(a.Dialogue) {
				d := a.Dialogue
				ground := sts.Policy.Judge(h.Name, d.TLSOffered, d.TLS != nil && d.TLS.PKIX.OK)
				a.MTASTS = &Strict{ground == mtasts.Verified, ground}
			}
		}
	}
}

// judgeDANE compares what a host showed with its TLSA records. An address whose
// certificate they bind but for its dates is left out while our clock is suspect:
// a sender with a better one may deliver.
func (r *run) judgeDANE(h *Host, now time.Time) *dane.Result {
	records, seen := h.DANE.Records, seenForDANE(h)
	names := records.Names(r.target.Domain, r.set.Aliases...)
	judged := records.Judge(seen, names, now)
	if !r.result.ClockSuspect {
		return judged
	}
	var told []dane.Seen
	for i, a := range judged.Addresses {
		if a.Verification.Reason == dane.NotInTime {
			continue
		}
		if a.Other != nil && a.Other.Reason == dane.NotInTime {
			seen[i].Other = nil
		}
		told = append(told, seen[i])
	}
	return records.Judge(told, names, now)
}

// dateless reports that a certificate fails by its dates while our clock is
// suspect, so that nobody can say whether it holds.
func (r *Result) dateless(d *smtp.Dialogue) bool {
	return r.ClockSuspect && d.TLS != nil && d.TLS.PKIX.OfDates()
}

// accepting names the hosts that are expected to take mail. What a trap or a
// decoy shows is held against no policy.
func accepting(hs []Host) (names []string) {
	for i := range hs {
		if hs[i].Expect == config.Accept {
			names = append(names, hs[i].Name)
		}
	}
	return names
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
		if a.Other != nil {
			s.Other = a.Other.Certificates()
		}
		seen = append(seen, s)
	}
	return seen
}
