package probe

import (
	"context"
	"net/netip"

	"mx_exporter/config"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mx"
	"mx_exporter/probe/srv"
)

// doors are the records of a service for users (RFC 6186 section 3, RFC 8314
// section 5.1): the one that the module means, then the other.
func doors(m config.Module) (first, second srv.Service) {
	pairs := map[config.Prober][2]srv.Service{
		config.ProberSubmission: {srv.Submissions, srv.Submission},
		config.ProberIMAP:       {srv.IMAPS, srv.IMAP},
		config.ProberPOP3:       {srv.POP3S, srv.POP3},
	}
	p := pairs[m.Prober]
	if m.TLS == config.ConnImplicit {
		return p[0], p[1]
	}
	return p[1], p[0]
}

// through is how connections are protected behind a door.
func through(s srv.Service, m config.Module) config.ConnTLS {
	switch {
	case s.Implicit():
		return config.ConnImplicit
	case m.TLS == config.ConnNever:
		return config.ConnNever
	}
	return config.ConnStartTLS
}

// place is where one host of a set is spoken to, and how.
type place struct {
	port int
	tls  config.ConnTLS
}

// named is the set of the one server that the module is bound to.
func (r *run) named(ctx context.Context) (*mx.Set, error) {
	host, port := r.module.Endpoint()
	r.places = []place{{port, r.module.TLS}}
	h := mx.Host{Name: host, Role: fact.Primary, Addresses: ownAddresses(host)}
	return mx.Chosen(ctx, r.dns, host, []mx.Host{h}, mxOptions(r.module))
}

// ownAddresses are those of a name that needs no look-up: an address itself, and
// localhost (RFC 6761 section 6.3).
func ownAddresses(host string) []netip.Addr {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a}
	}
	if host == "localhost" {
		return []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1}), netip.IPv6Loopback()}
	}
	return nil
}

// announced is the set of the servers that a domain announces for its users, or
// that of the target itself where it announces none. A record that names a port
// beyond those of the service leads nowhere, whoever wrote it.
func (r *run) announced(ctx context.Context) (*mx.Set, error) {
	first, second := doors(r.module)
	set, err := srv.Find(ctx, r.dns, r.target.Domain, first, second, r.module.Limits.MXHosts, r.module.Port())
	r.result.SRV = set
	none := &mx.Set{Domain: r.target.Domain, Hosts: []mx.Host{}}
	switch {
	case err != nil:
		r.result.SRV = nil
		return none, err
	case set.None:
		return none, nil
	case !set.Published:
		r.places = []place{{r.module.Port(), r.module.TLS}}
		return mx.Named(ctx, r.dns, r.target.Domain, mxOptions(r.module))
	}
	var hosts []mx.Host
	for _, s := range set.Servers {
		h := mx.Host{Name: s.Host, Preference: s.Priority, Role: fact.Backup}
		if s.Priority == set.Servers[0].Priority {
			h.Role = fact.Primary
		}
		hosts = append(hosts, h)
		r.places = append(r.places, place{s.Port, through(set.Service, r.module)})
	}
	return mx.Chosen(ctx, r.dns, r.target.Domain, hosts, mxOptions(r.module))
}
