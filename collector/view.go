package collector

import (
	"net/netip"

	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/reply"
	"mx_exporter/probe/smtp"
)

// view is a result with its label values worked out, once for all families.
type view struct {
	*probe.Result
	hosts     []host
	addresses []address
	mailbox   bool // the prober speaks IMAP or POP3
	trimmed   bool // the samples did not fit and single addresses are left out
}

// host is one MX host as the families see it.
type host struct {
	*probe.Host
	role string
}

// address is one address as the families see it.
type address struct {
	*probe.Address
	host, ip, role string
	mailbox        bool // of a server of IMAP or POP3
	submission     bool // of a server that users send through
}

func newView(r *probe.Result) *view {
	n := 0
	for i := range r.Hosts {
		n += len(r.Hosts[i].Addresses)
	}
	v := &view{Result: r, hosts: make([]host, 0, len(r.Hosts)), addresses: make([]address, 0, n)}
	v.mailbox = r.Prober == config.ProberIMAP || r.Prober == config.ProberPOP3
	for i := range r.Hosts {
		h := &r.Hosts[i]
		v.hosts = append(v.hosts, host{h, string(h.Role)})
		for j := range h.Addresses {
			a := &h.Addresses[j]
			v.addresses = append(v.addresses, address{
				Address: a, host: h.Label, ip: canonical(a.IP), role: string(h.Role),
				mailbox: v.mailbox || a.Mailbox != nil, submission: r.Prober == config.ProberSubmission,
			})
		}
	}
	return v
}

// canonical is an address as text (RFC 5952). A zone is text without bounds and
// means nothing on another machine, so it is left out.
func canonical(ip netip.Addr) string {
	if !ip.IsValid() {
		return ""
	}
	return ip.WithZone("").String()
}

// stage is the stage of that name, nil where the dialogue did not reach it.
func (a *address) stage(name fact.Stage) *smtp.Stage {
	for i := range a.Dialogue.Stages {
		if s := &a.Dialogue.Stages[i]; s.Stage == name {
			return s
		}
	}
	return nil
}

// came reports that the conversation, of whatever protocol, came to a stage.
func (a *address) came(name fact.Stage) bool {
	if a.Dialogue != nil {
		return a.stage(name) != nil
	}
	return a.Reached(name)
}

// answered reports that a whole reply came in that stage.
func (a *address) answered(name fact.Stage) bool {
	s := a.stage(name)
	return s != nil && s.Reply != nil
}

// enhanced is the enhanced status code of a reply: as it was sent where a
// registry or a provider's documentation has it, "other" where nobody has, empty
// where there is none. A server that makes a new one up at each reply makes no
// new series (S12).
func enhanced(r *reply.Reply) string {
	e, ok := reply.ParseEnhanced(r.Enhanced)
	switch {
	case !ok:
		return ""
	case !e.Known():
		return "other"
	}
	return e.String()
}
