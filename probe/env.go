package probe

import (
	"crypto/x509"
	"fmt"
	"hash/maphash"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"

	"mx_exporter/config"
	"mx_exporter/probe/dial"
	"mx_exporter/probe/dnsbl"
	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/mtasts"
	"mx_exporter/probe/oauth"
	"mx_exporter/probe/selfcheck"
)

// Env is the world that probes live in: the network, the resolvers, the trusted
// roots, and what all probes of a process share. The zero value is the real
// world. An Env must not be copied after its first use.
type Env struct {
	// Dial is the network that servers are reached on; nil is the real one.
	Dial dial.Func
	// Routed says whether this machine has a route to an address; nil asks the
	// kernel.
	Routed func(netip.Addr) bool
	// DNS answers every question; nil asks the servers that the module names.
	DNS dnsq.Exchanger
	// Roots are trusted for servers' certificates where a module names no
	// ca_file; nil is the system's.
	Roots *x509.CertPool
	// Hostname is announced where a module names no ehlo_name; empty asks the
	// operating system.
	Hostname string
	// SelfAddresses are addresses that others see us at, beside those that our sockets
	// have: behind a NAT nothing else tells them. See [ParseSelf].
	SelfAddresses []netip.Addr
	// OnPanic is told of a panic that a probe survived.
	OnPanic func(recovered any, stack []byte)

	watch     *selfcheck.Watch
	once      sync.Once
	turns     *turns
	parties   *parties
	egress    *egress
	outgoing  *outgoing
	diagnosis atomic.Pointer[Diagnosis]
	unknowns  *unknowns
	traffic   traffic
	ttls      *ttls
	lists     map[string]*dnsbl.Client // by resolvers
	policies  map[string]*mtasts.Cache // by what they are fetched with
	mu        sync.Mutex
	resolvers map[string]*resolver
	trusts    map[string]*trust
	sources   map[string]*oauth.Source // of access tokens
	logins    *logins
	seed      maphash.Seed // of the stamps of passwords
}

type resolver struct {
	client *dnsq.Client
	cache  *dnsq.Cache
}

// dnsCacheSize bounds the answers kept for one set of resolvers. A probe of a
// domain with three hosts needs about forty, and an answer takes about 1 kB.
const dnsCacheSize = 10_000

// mtaSTSCacheSize bounds the domains whose MTA-STS policy is remembered.
const mtaSTSCacheSize = 10_000

func (e *Env) begin() {
	e.once.Do(func() {
		e.turns = newTurns()
		e.parties = newParties()
		e.egress = newEgress()
		e.outgoing = newOutgoing()
		if len(e.SelfAddresses) > 0 {
			e.outgoing.fresh <- struct{}{}
		}
		e.unknowns = newUnknowns()
		e.ttls = newTTLs()
		e.lists = map[string]*dnsbl.Client{}
		e.policies = map[string]*mtasts.Cache{}
		e.trusts = map[string]*trust{}
		e.resolvers = map[string]*resolver{}
		e.sources = map[string]*oauth.Source{}
		e.logins = newLogins()
		e.seed = maphash.MakeSeed()
		if e.Hostname == "" {
			e.Hostname, _ = os.Hostname()
		}
	})
}

// exchanger gives the resolver that a module asks, made at its first use and
// kept, with its cache and its sockets.
func (e *Env) exchanger(c config.DNS) (dnsq.Exchanger, error) {
	if e.DNS != nil {
		return e.DNS, nil
	}
	x, made, err := e.resolver(c)
	if made && e.watch != nil {
		e.watch.Again()
	}
	return x, err
}

// resolver gives a resolver, and whether it had to be made.
func (e *Env) resolver(c config.DNS) (x dnsq.Exchanger, made bool, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if r := e.resolvers[resolverKey(c)]; r != nil {
		return r.cache, false, nil
	}
	o, err := dnsOptions(c)
	if err != nil {
		return nil, false, err
	}
	client, err := dnsq.NewClient(o)
	if err != nil {
		return nil, false, err
	}
	r := &resolver{client, dnsq.NewCache(client, dnsCacheSize)}
	e.resolvers[resolverKey(c)] = r
	return r.cache, true, nil
}

func resolverKey(c config.DNS) string { return fmt.Sprintf("%+v", c) }

// asked reports whether anybody has asked a resolver yet.
func (e *Env) asked(c config.DNS) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.resolvers[resolverKey(c)] != nil
}

// Close ends what goes on beside probes, and lets go of the sockets that are kept.
func (e *Env) Close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for k, c := range e.policies {
		c.Close()
		delete(e.policies, k)
	}
	for k, c := range e.lists {
		c.Close()
		delete(e.lists, k)
	}
	for k, r := range e.resolvers {
		_ = r.client.Close()
		delete(e.resolvers, k)
	}
}
