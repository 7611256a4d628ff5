package mx

import (
	"cmp"
	"context"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"github.com/miekg/dns"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/fact"
)

// Lookup finds the servers of a domain and their addresses. The domain is an
// absolute name in A-label form, with or without the final dot.
//
// It gives a Set also when it gives an error: what was learned so far. The error
// is a *[dnsq.Error] and says that there is no telling which servers the domain
// has: the MX look-up failed, or the domain has neither MX records nor
// addresses. A host that cannot be used is not an error but a Host with a
// Failure.
func Lookup(ctx context.Context, x dnsq.Exchanger, domain string, o Options) (*Set, error) {
	s := &Set{Domain: strings.TrimSuffix(strings.ToLower(domain), "."), Hosts: []Host{}}
	a, err := dnsq.Lookup[*dns.MX](ctx, x, domain)
	s.Aliases, s.Authentic, s.TTL = trimDots(a.CNAMEs), a.Authentic, uint32(a.TTL.Seconds())
	switch {
	case err == nil:
		s.Records = len(a.Records)
		if a.Truncated {
			s.Records = a.Total
			s.Limited = append(s.Limited, LimitRecords)
		}
		s.take(a.Records, o.Hosts)
	case dnsq.ReasonOf(err) == fact.DNSNoData:
		s.Implicit = true
		s.Named = 1
		s.Hosts = []Host{{Name: s.Domain, Label: Label(s.Domain), Role: fact.Primary, Addresses: []netip.Addr{}}}
	default:
		return s, err
	}
	errs := s.resolve(ctx, x, o)
	s.limitAddresses(o)
	if s.Implicit && len(s.Hosts[0].Addresses) == 0 {
		s.Implicit, s.Named, s.Hosts = false, 0, []Host{}
		if dnsq.NotFound(errs[0]) {
			return s, err // no MX and no address: the MX answer says it best
		}
		return s, errs[0]
	}
	return s, nil
}

// take turns MX records into hosts: null ones set aside, duplicates joined at
// their best preference, sorted, cut to the limit, roles given.
func (s *Set) take(records []*dns.MX, limit int) {
	best := map[string]uint16{}
	for _, r := range records {
		if r.Mx == "." {
			s.Null = true
			s.NullMixed = s.NullMixed || r.Preference != 0
			continue
		}
		name := strings.TrimSuffix(strings.ToLower(r.Mx), ".")
		p, seen := best[name]
		if seen {
			s.Duplicates = append(s.Duplicates, name)
		}
		if !seen || r.Preference < p {
			best[name] = r.Preference
		}
	}
	s.NullMixed = s.NullMixed || s.Null && len(records) > 1
	s.Null = s.Null && len(best) == 0
	for name, p := range best {
		s.Hosts = append(s.Hosts, Host{Name: name, Label: Label(name), Preference: p, Addresses: []netip.Addr{}})
	}
	slices.SortFunc(s.Hosts, func(a, b Host) int {
		return cmp.Or(cmp.Compare(a.Preference, b.Preference), cmp.Compare(a.Name, b.Name))
	})
	slices.Sort(s.Duplicates)
	s.Duplicates = slices.Compact(s.Duplicates)
	s.Named = len(s.Hosts)
	if limit > 0 && len(s.Hosts) > limit {
		s.Hosts = s.Hosts[:limit]
		s.Limited = append(s.Limited, LimitHosts)
	}
	for i := range s.Hosts {
		s.Hosts[i].Role = fact.Backup
		if s.Hosts[i].Preference == s.Hosts[0].Preference {
			s.Hosts[i].Role = fact.Primary
		}
	}
}

// resolve looks up the addresses of all hosts side by side. It gives each
// host's error, nil where there is an address.
func (s *Set) resolve(ctx context.Context, x dnsq.Exchanger, o Options) []error {
	errs := make([]error, len(s.Hosts))
	var wg sync.WaitGroup
	for i := range s.Hosts {
		if len(s.Hosts[i].Addresses) == 0 { // see Chosen
			wg.Go(func() { errs[i] = s.Hosts[i].resolve(ctx, x, o.Family) })
		}
	}
	wg.Wait()
	for _, h := range s.Hosts {
		s.Addressed += len(h.Addresses)
	}
	return errs
}

func trimDots(names []string) []string {
	out := make([]string, 0, len(names))
	for _, n := range names {
		out = append(out, strings.TrimSuffix(n, "."))
	}
	return out
}
