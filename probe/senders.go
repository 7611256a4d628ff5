package probe

import (
	"context"
	"net/netip"

	"mx_exporter/config"
	"mx_exporter/probe/dial"
	"mx_exporter/probe/dnsbl"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/spf"
)

// maxSenders bounds the sending addresses that are taken from an SPF record.
const maxSenders = 40

// senders is the addresses that send the domain's mail: those of the module, and
// those that the SPF record names one by one or in networks of up to eight. sent is
// closed when that has been read. What is left out by it all is said.
func (r *run) senders(ctx context.Context, sent <-chan struct{}) ([]netip.Addr, *dnsbl.Omitted) {
	as := r.module.DNSBL.Addresses()
	if !r.module.DNSBL.FromSPF() || r.module.Prober != config.ProberMX {
		return as, nil
	}
	patience, cancel := context.WithTimeout(ctx, policyTime)
	defer cancel()
	select {
	case <-sent:
	case <-patience.Done():
		return as, &dnsbl.Omitted{Why: "the SPF record was not read in time"}
	}
	record := r.result.SPF
	if record == nil {
		return as, &dnsbl.Omitted{Why: "the SPF record is not looked at: spf is not among the module's checks"}
	}
	policy := dial.Policy{Allow: r.module.Allowed()}
	named, more := fewAddresses(record, func(a netip.Addr) bool {
		return dnsbl.Allows(policy, dnsbl.Subject{Address: dial.Embedded(a), Role: dnsbl.Sender})
	})
	o := &dnsbl.Omitted{Addresses: more, Why: undecided(record)}
	if *o == (dnsbl.Omitted{}) {
		o = nil
	}
	return append(as, named...), o
}

// undecided says why there may be more senders than an SPF record shows now.
func undecided(s *spf.Result) string {
	switch {
	case s.Failure != nil:
		return "the SPF record could not be looked up (" + string(s.Failure.Reason) + ")"
	case s.Status == fact.Error:
		return "a part of the SPF record could not be looked up"
	}
	return ""
}

// fewAddresses gives the addresses of a record that may be asked about, up to the
// limit, and how many there are beyond it.
func fewAddresses(s *spf.Result, may func(netip.Addr) bool) (as []netip.Addr, more int) {
	for _, n := range s.Networks() {
		if n.Addr().BitLen()-n.Bits() > 3 {
			continue // a provider's: its addresses are its own affair
		}
		for a := n.Masked().Addr(); n.Contains(a); a = a.Next() {
			switch {
			case !may(a):
			case len(as) < maxSenders:
				as = append(as, a)
			default:
				more++
			}
		}
	}
	return as, more
}
