// Package servers turns many domains into the few mail servers behind them.
//
// A hundred thousand domains share some hundred servers, since most domains are
// with a few providers. Watching each server once, instead of once for each
// domain, is kinder to the provider and cheaper for us. [Expand] looks many
// domains up side by side and joins what it learns: each server by its name, with
// its addresses, its roles and the domains that it serves. A domain that cannot
// be looked up is told with its reason and hides no other.
package servers

import (
	"cmp"
	"context"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"golang.org/x/net/publicsuffix"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mx"
)

// AtOnce is how many domains are looked up side by side. A resolver on the same
// machine is busy with as many; with a slow one, more would only wait in its
// queue.
const AtOnce = 200

// The limits of one domain, as in a probe.
const (
	maxHosts   = 20
	maxPerHost = 8
)

// Result is what an expansion learned.
type Result struct {
	Domains []Domain `json:"domains"` // by name
	Servers []Server `json:"servers"` // by name
}

// Domain is one domain and where its mail goes.
type Domain struct {
	Name     string      `json:"name"`
	Servers  []string    `json:"servers,omitempty"` // by preference
	Primary  string      `json:"primary,omitempty"` // the first of them: always the same one of equals
	Provider string      `json:"provider,omitempty"`
	Null     bool        `json:"null,omitempty"`   // takes no mail (RFC 7505)
	Reason   fact.Reason `json:"reason,omitempty"` // why nothing is known
}

// Server is a mail server by name.
type Server struct {
	Name      string       `json:"name"`
	Provider  string       `json:"provider"` // the registrable domain of its name
	Role      Role         `json:"role"`
	Addresses []netip.Addr `json:"addresses,omitempty"`
	Reason    fact.Reason  `json:"reason,omitempty"` // why it has no address
	Domains   []string     `json:"domains"`
}

// Role is what a server is to its domains.
type Role string

// The roles.
const (
	Primary Role = "primary"
	Backup  Role = "backup"
	Both    Role = "both" // primary of some, backup of others
)

// Expand looks domains up. progress, where it is not nil, is told after each how
// many are done; it is called by one goroutine at a time. When ctx ends, what is
// left is told as not tested.
func Expand(ctx context.Context, x dnsq.Exchanger, domains []string, progress func(done int)) *Result {
	m := merger{servers: map[string]*Server{}, domains: make([]Domain, len(domains)), progress: progress}
	work := make(chan int)
	var wg sync.WaitGroup
	for range min(AtOnce, len(domains)) {
		wg.Go(func() {
			for i := range work {
				m.domain(ctx, x, i, domains[i])
			}
		})
	}
	for i := range domains {
		work <- i
	}
	close(work)
	wg.Wait()
	return m.result()
}

// merger joins look-ups as they come.
type merger struct {
	domains  []Domain // each in its own slot
	progress func(int)

	mu      sync.Mutex
	servers map[string]*Server
	done    int
}

func (m *merger) domain(ctx context.Context, x dnsq.Exchanger, i int, name string) {
	d := Domain{Name: name, Reason: fact.NotTested}
	var s *mx.Set
	if ctx.Err() == nil {
		var err error
		s, err = mx.Lookup(ctx, x, name, mx.Options{Hosts: maxHosts, PerHost: maxPerHost})
		d.Reason, d.Null = "", s.Null
		if err != nil {
			d.Reason = dnsq.ReasonOf(err)
			s = nil
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if s != nil {
		for _, h := range s.Hosts {
			d.Servers = append(d.Servers, m.server(h, name))
		}
		if len(d.Servers) > 0 {
			d.Primary = d.Servers[0]
			d.Provider = Provider(d.Primary)
		}
	}
	m.domains[i] = d
	m.done++
	if m.progress != nil {
		m.progress(m.done)
	}
}

// server takes one host of a domain in and gives the name under which it is
// known; a name that no host can have is shown as its label.
func (m *merger) server(h mx.Host, domain string) string {
	role := Primary
	if h.Role == fact.Backup {
		role = Backup
	}
	s, known := m.servers[h.Label]
	if !known {
		s = &Server{Name: h.Label, Provider: Provider(h.Label), Role: role}
		m.servers[h.Label] = s
	}
	if s.Role != role {
		s.Role = Both
	}
	if len(s.Addresses) == 0 {
		s.Addresses, s.Reason = h.Addresses, ""
		if h.Failure != nil && len(h.Addresses) == 0 {
			s.Reason = h.Failure.Reason
		}
	}
	s.Domains = append(s.Domains, domain)
	return s.Name
}

func (m *merger) result() *Result {
	r := &Result{Domains: m.domains, Servers: make([]Server, 0, len(m.servers))}
	for _, s := range m.servers {
		slices.Sort(s.Domains)
		r.Servers = append(r.Servers, *s)
	}
	slices.SortFunc(r.Servers, func(a, b Server) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(r.Domains, func(a, b Domain) int { return cmp.Compare(a.Name, b.Name) })
	return r
}

// Merge joins the servers of several results, each server once; a domain that
// stands in more than one of them counts once.
func Merge(all ...*Result) []Server {
	servers := map[string]*Server{}
	for _, r := range all {
		for _, s := range r.Servers {
			have, known := servers[s.Name]
			if !known {
				s.Domains = slices.Clone(s.Domains)
				servers[s.Name] = &s
				continue
			}
			have.Domains = append(have.Domains, s.Domains...)
			if have.Role != s.Role {
				have.Role = Both
			}
			if len(have.Addresses) == 0 {
				have.Addresses, have.Reason = s.Addresses, s.Reason
			}
		}
	}
	out := make([]Server, 0, len(servers))
	for _, s := range servers {
		slices.Sort(s.Domains)
		s.Domains = slices.Compact(s.Domains)
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b Server) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// Provider is whose a server is, as far as its name tells: the registrable domain
// of it.
func Provider(host string) string {
	if d, err := publicsuffix.EffectiveTLDPlusOne(strings.TrimSuffix(host, ".")); err == nil {
		return d
	}
	return host
}
