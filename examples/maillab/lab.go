package maillab

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// resolverAlias is the address of the lab's resolver inside the closed world.
const resolverAlias = "192.0.2.53:53"

// Lab is a running mail internet.
type Lab struct {
	Net       *Net
	DNS       *Zones
	Scenarios []Scenario

	ca       *authority
	servers  map[string]*Server
	sites    map[string]*Site
	resolver *dnsServer
	ctx      context.Context // ends with the lab, so that nothing hangs beyond it
	cancel   context.CancelFunc
	ahead    atomic.Int64 // nanoseconds that the lab's clock is ahead
	serial   atomic.Int64 // messages taken so far

	background sync.WaitGroup // messages on their way

	closing func() error

	mu         sync.Mutex
	violations []string
}

// New starts a lab with the scenarios given, or with all that it comes with when
// none are. It lives until [Lab.Close], or until ctx is done.
func New(ctx context.Context, scenarios ...Scenario) (*Lab, error) {
	if len(scenarios) == 0 {
		var err error
		if scenarios, err = Scenarios(); err != nil {
			return nil, err
		}
	}
	ca, err := newAuthority(time.Now())
	if err != nil {
		return nil, fmt.Errorf("making the lab's certificate authority: %w", err)
	}
	zones, err := NewZones()
	if err != nil {
		return nil, err
	}
	l := &Lab{Net: NewNet(), DNS: zones, Scenarios: scenarios, ca: ca, servers: map[string]*Server{}, sites: map[string]*Site{}}
	l.ctx, l.cancel = context.WithCancel(ctx)
	l.closing = sync.OnceValue(l.shutdown)
	if err := l.open(); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	context.AfterFunc(l.ctx, func() { _ = l.closing() }) // Close gives the error
	return l, nil
}

func (l *Lab) open() error {
	for _, s := range l.Scenarios {
		if err := l.add(s); err != nil {
			return fmt.Errorf("scenario %s: %w", s.Name, err)
		}
	}
	if err := l.DNS.Reverse(); err != nil {
		return err
	}
	var err error
	if l.resolver, err = serveDNS(l.ctx, l.DNS); err != nil {
		return err
	}
	// The real address stands for itself too, for a client that dials its
	// resolver through the closed world.
	for _, alias := range []string{resolverAlias, l.resolver.address} {
		if err := l.Net.expose(alias, l.resolver.address); err != nil {
			return err
		}
	}
	return nil
}

func (l *Lab) add(s Scenario) error {
	if err := l.start(s); err != nil {
		return err
	}
	for _, z := range s.Zones {
		text, err := l.fillTLSA(z.Text, s.Domain)
		if err != nil {
			return err
		}
		if err := l.DNS.Add(z.Origin, text); err != nil {
			return err
		}
		if err := l.DNS.Sign(z.Origin, z.Signed); err != nil {
			return err
		}
	}
	for _, f := range s.Faults {
		l.DNS.SetFault(f.Name, f.Type, f.Fault)
	}
	for _, a := range s.Refused {
		if err := l.Net.Refuse(a); err != nil {
			return err
		}
	}
	for _, a := range s.Blackholes {
		if err := l.Net.Blackhole(a); err != nil {
			return err
		}
	}
	return nil
}

// start makes a scenario's servers and starts them.
func (l *Lab) start(s Scenario) error {
	for _, sp := range s.Servers {
		if l.servers[sp.Name] != nil {
			return fmt.Errorf("there is a server %s already", sp.Name)
		}
		srv := newServer(l, sp)
		if err := srv.open(); err != nil {
			return err
		}
		l.servers[sp.Name] = srv
		if err := srv.Start(); err != nil {
			return err
		}
	}
	for _, sp := range s.Sites {
		if l.sites[sp.Name] != nil {
			return fmt.Errorf("there is a site %s already", sp.Name)
		}
		site := newSite(l, sp)
		l.sites[sp.Name] = site
		if err := site.Start(); err != nil {
			return err
		}
	}
	return nil
}

// Close stops everything and waits until it has. It may be called twice.
func (l *Lab) Close() error { return l.closing() }

func (l *Lab) shutdown() error {
	l.cancel()
	var errs error
	for _, s := range l.servers {
		errs = errors.Join(errs, s.Stop())
	}
	for _, s := range l.sites {
		errs = errors.Join(errs, s.Stop())
	}
	if l.resolver != nil {
		errs = errors.Join(errs, l.resolver.close())
	}
	l.background.Wait()
	return errs
}

// Server gives the server of that host name, nil when there is none.
func (l *Lab) Server(name string) *Server { return l.servers[name] }

// Site gives the web server of that host name, nil when there is none.
func (l *Lab) Site(name string) *Site { return l.sites[name] }

// Scenario gives the scenario that a domain belongs to.
func (l *Lab) Scenario(domain string) (Scenario, bool) {
	i := slices.IndexFunc(l.Scenarios, func(s Scenario) bool { return slices.Contains(s.Domains(), domain) })
	if i < 0 {
		return Scenario{}, false
	}
	return l.Scenarios[i], true
}

// DNSAddr is where the resolver listens, host:port, over UDP and TCP.
func (l *Lab) DNSAddr() string { return l.resolver.address }

// Roots holds the one root that the lab's certificates descend from.
func (l *Lab) Roots() *x509.CertPool { return l.ca.pool() }

// CAFile writes the root as a PEM file into dir and gives its path.
func (l *Lab) CAFile(dir string) (string, error) {
	name := filepath.Join(dir, "maillab-ca.pem")
	if err := os.WriteFile(name, l.ca.pem(), 0o600); err != nil {
		return "", fmt.Errorf("writing the lab's root certificate: %w", err)
	}
	return name, nil
}

// Advance puts the lab's clock forward, on which grey-listing runs.
func (l *Lab) Advance(d time.Duration) { l.ahead.Add(int64(d)) }

func (l *Lab) now() time.Time { return time.Now().Add(time.Duration(l.ahead.Load())) }

// Violations lists what clients did against the protocols, in the order in which
// it was seen; the first thousand are kept.
func (l *Lab) Violations() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.violations)
}

func (l *Lab) violate(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.violations) == maxViolations {
		return
	}
	l.violations = append(l.violations, fmt.Sprintf(format, args...))
}
