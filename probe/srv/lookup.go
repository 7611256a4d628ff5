package srv

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/miekg/dns"

	"mx_exporter/probe/dnsq"
)

// Service is a service for users, as its records name it.
type Service string

// The services. Those that end in s are protected from the first byte.
const (
	Submission  Service = "submission"
	Submissions Service = "submissions"
	IMAP        Service = "imap"
	IMAPS       Service = "imaps"
	POP3        Service = "pop3"
	POP3S       Service = "pop3s"
)

// Services lists every Service.
func Services() []Service { return []Service{Submission, Submissions, IMAP, IMAPS, POP3, POP3S} }

// Implicit says whether TLS begins with the first byte (RFC 8314 section 3).
func (s Service) Implicit() bool { return s == Submissions || s == IMAPS || s == POP3S }

// Ports gives the two ports that the service and its twin are registered with
// (RFC 6409, RFC 8314 section 7, RFC 9051, RFC 1939), none for another word.
func (s Service) Ports() []int {
	switch s {
	case Submission, Submissions:
		return []int{587, 465}
	case IMAP, IMAPS:
		return []int{143, 993}
	case POP3, POP3S:
		return []int{110, 995}
	}
	return nil
}

// Set is what a domain announces of one service.
type Set struct {
	Service   Service  `json:"service"`              // the one that is used, of the two that were asked for
	Published bool     `json:"published"`            // there are records of either
	None      bool     `json:"none,omitempty"`       // the domain says that there is no such service (RFC 6186 section 3.4)
	NoneMixed bool     `json:"none_mixed,omitempty"` // and names servers beside that
	Authentic bool     `json:"authentic"`            // the resolver validated the answer with DNSSEC
	Records   int      `json:"records"`              // before any limit
	Limited   bool     `json:"limited,omitempty"`    // servers were left out for their number
	Servers   []Server `json:"servers"`              // by priority, then by weight, the heaviest first
	Elsewhere []Server `json:"elsewhere,omitempty"`  // servers at a port that is none of the service's; they are left out
}

// Server is one server that a record names.
type Server struct {
	Host     string `json:"host"` // lower case, without the final dot; foreign text
	Port     int    `json:"port"`
	Priority uint16 `json:"priority"`
	Weight   uint16 `json:"weight"`
}

// Find asks for both doors of a service and gives the first, or the other one
// where only that leads anywhere. At most most servers are kept, the best ones; 0
// keeps all. A domain without records is no error: Published says so.
//
// Whoever owns the domain writes the records, so a server counts only at a port
// of the service's own or at one that the caller names: nobody is sent to any
// door of any machine.
//
// The error is a *[dnsq.Error] and says that there is no telling: the question
// for the first door had no answer, or had none while the second did not help.
func Find(ctx context.Context, x dnsq.Exchanger, domain string, first, second Service, most int, ports ...int) (*Set, error) {
	var (
		sets [2]*Set
		errs [2]error
		wg   sync.WaitGroup
	)
	for i, s := range []Service{first, second} {
		wg.Go(func() { sets[i], errs[i] = lookup(ctx, x, domain, s, most, ports) })
	}
	wg.Wait()
	switch {
	case errs[0] != nil:
		return sets[0], errs[0]
	case len(sets[0].Servers) > 0:
		return sets[0], nil
	case errs[1] != nil:
		return sets[0], errs[1]
	case len(sets[1].Servers) > 0, len(sets[0].Elsewhere) == 0 && len(sets[1].Elsewhere) > 0:
		sets[1].Elsewhere = append(sets[0].Elsewhere, sets[1].Elsewhere...)
		return sets[1], nil
	case len(sets[0].Elsewhere) > 0:
		return sets[0], nil
	}
	sets[0].None = sets[0].None || sets[1].None
	sets[0].Published = sets[0].None
	return sets[0], nil
}

// lookup asks for one door. A denial is an empty set.
func lookup(ctx context.Context, x dnsq.Exchanger, domain string, s Service, most int, ports []int) (*Set, error) {
	set := &Set{Service: s, Servers: []Server{}}
	a, err := dnsq.Lookup[*dns.SRV](ctx, x, "_"+string(s)+"._tcp."+strings.TrimSuffix(domain, ".")+".")
	set.Authentic = a.Authentic
	if dnsq.NotFound(err) {
		return set, nil
	}
	if err != nil {
		return set, err
	}
	set.Published, set.Records, set.Limited = true, a.Total, a.Truncated
	set.take(a.Records, most, append(s.Ports(), ports...))
	return set, nil
}

// take turns records into servers. A host that stands twice is looked at once,
// where it is best: its ports are seldom more than one, and views tell hosts by
// their names.
func (s *Set) take(records []*dns.SRV, most int, ports []int) {
	none := false
	for _, r := range records {
		host := strings.TrimSuffix(strings.ToLower(r.Target), ".")
		if host == "" {
			none = true
			continue
		}
		v := Server{Host: host, Port: int(r.Port), Priority: r.Priority, Weight: r.Weight}
		if !slices.Contains(ports, v.Port) {
			if most == 0 || len(s.Elsewhere) < most {
				s.Elsewhere = append(s.Elsewhere, v)
			}
			continue
		}
		s.Servers = append(s.Servers, v)
	}
	slices.SortFunc(s.Servers, func(a, b Server) int {
		return cmp.Or(cmp.Compare(a.Priority, b.Priority), cmp.Compare(b.Weight, a.Weight),
			cmp.Compare(a.Host, b.Host), cmp.Compare(a.Port, b.Port))
	})
	seen := map[string]bool{}
	s.Servers = slices.DeleteFunc(s.Servers, func(v Server) bool {
		twice := seen[v.Host]
		seen[v.Host] = true
		return twice
	})
	named := len(s.Servers)+len(s.Elsewhere) > 0
	s.None, s.NoneMixed = none && !named, none && named
	if most > 0 && len(s.Servers) > most {
		s.Servers, s.Limited = s.Servers[:most], true
	}
}
