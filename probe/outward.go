package probe

import (
	"context"
	"crypto/tls"
	"net"
	"net/netip"
	"time"

	promconfig "github.com/prometheus/common/config"

	"mx_exporter/config"
	"mx_exporter/probe/cert"
	"mx_exporter/probe/dial"
	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/sasl"
)

// The methods in this file let round trips live in the same world as probes: with
// the same resolvers, roots, logins, and one conversation at a time with an
// address.

// Resolver gives what answers questions for such a section of a configuration.
func (e *Env) Resolver(c config.DNS) (dnsq.Exchanger, error) {
	e.begin()
	return e.exchanger(c)
}

// Trust gives what a tls_config comes to: how to shake hands, and against which
// roots a chain is judged. Its error says which file cannot be read.
func (e *Env) Trust(c promconfig.TLSConfig) (*tls.Config, *cert.Verifier, error) {
	e.begin()
	t, err := e.trust(c)
	if err != nil {
		return nil, nil, err
	}
	return t.config, t.verifier, nil
}

// Attempt is a login that may be tried now.
type Attempt struct {
	Who  *sasl.Credentials              // with a secret that was read now or, a token, is read at use
	Told func(ok bool, f *fact.Failure) // has to be called with what came of it
}

// Login gives who logs in at a server, host:port. The failure is local: the secret
// cannot be had, or the login was refused before and has to wait, also where a
// probe was refused (faults I5).
func (e *Env) Login(server string, c config.Credentials, d config.DNS) (*Attempt, *fact.Failure) {
	e.begin()
	who, err := e.credentials(config.Module{Credentials: c, DNS: d})
	if err != nil {
		return nil, &fact.Failure{Stage: fact.Login, Reason: fact.SecretMissing, Detail: err.Error()}
	}
	k := account{server, c.Username}
	if b, _ := e.logins.look(k, who.stamp, time.Now()); b != nil {
		return nil, b.failure()
	}
	return &Attempt{Who: &who.Credentials, Told: func(ok bool, f *fact.Failure) {
		if ok || f == nil || !refusesLogin(f.Reason) {
			e.logins.good(k, who.stamp, ok)
			return
		}
		who.forget()
		e.logins.bad(k, who.stamp, f.Reason, time.Now())
	}}, nil
}

// LoginRefused says how a login stands that was refused last, nil where it was not.
func (e *Env) LoginRefused(server, username string) *Backoff {
	e.begin()
	e.logins.mu.Lock()
	defer e.logins.mu.Unlock()
	r := e.logins.known[account{server, username}]
	if r == nil || r.good || r.refused.Failures == 0 {
		return nil
	}
	b := r.refused
	return &b
}

// Announce is the name that EHLO is to give on a connection from that address.
func (e *Env) Announce(configured string, local net.Addr) string {
	e.begin()
	return ehloName(configured, e.Hostname, local)
}

// Machine is the name of this machine.
func (e *Env) Machine() string {
	e.begin()
	return e.Hostname
}

// Addresses resolves the name of a server that the operator gave, which may be an
// address too. The failure is local where the resolver answers nothing at all.
func (e *Env) Addresses(ctx context.Context, x dnsq.Exchanger, host string) ([]netip.Addr, *fact.Failure) {
	as, err := addressesOf(ctx, x, host)
	if err != nil {
		return nil, ResolverFailure(ctx, x, err)
	}
	return as, nil
}

// ResolverFailure is the error of a look-up as a failure: ours, where the resolver
// does not answer for the root either (promise 1).
func ResolverFailure(ctx context.Context, x dnsq.Exchanger, err error) *fact.Failure {
	f := dnsFailure(err)
	if !wantsAnswer(f.Reason) {
		return f
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), canaryTime)
	defer cancel()
	if canary := dnsq.Alive(ctx, x); canary != nil && (f.Reason == fact.DNSRefused || dnsq.ReasonOf(canary) != fact.DNSRefused) {
		f.Reason, f.Detail = fact.LocalResolver, "the resolver answers nothing; "+f.Detail
	}
	return f
}

// Connect dials an address that the policy lets through. The connections are
// counted with those of probes; done has to be called when it is over.
func (e *Env) Connect(ctx context.Context, p dial.Policy, to netip.AddrPort) (conn net.Conn, done func(), f *fact.Failure) {
	e.begin()
	done = e.traffic.begin()
	d := dial.Dialer{Policy: p, Dial: e.Dial, Routed: e.Routed}
	conn, err := d.DialContext(ctx, "tcp", to.String())
	if err != nil {
		done()
		return nil, nil, &fact.Failure{Stage: fact.Connect, Reason: dial.ReasonOf(err), Detail: cause(err)}
	}
	return conn, done, nil
}

// Turn waits for the one conversation at a time that is held with an address by
// those who talk to mail servers, at port 25, or to one service of users, at any
// other. The failure is local: others kept it busy.
func (e *Env) Turn(ctx context.Context, to netip.AddrPort) (give func(), f *fact.Failure) {
	e.begin()
	turn := serviceTurn(to.Addr(), to.Port())
	if !e.turns.take(ctx, turn) {
		return nil, &fact.Failure{Stage: fact.Queue, Reason: fact.LocalOverload, Detail: "other probes kept this address busy until the time was up"}
	}
	return func() { e.turns.give(turn) }, nil
}

// Everywhere is the policy for a server that the operator named.
func Everywhere() dial.Policy { return dial.Policy{Allow: everywhere()} }
