package roundtrip

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/cert"
	"mx_exporter/probe/dial"
	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mx"
	"mx_exporter/probe/smtp"
)

// Bounds on the servers of one domain that a message is offered to.
const (
	maxHosts     = 20
	maxAddresses = 4 // of each host
)

// wayMX gives messages to the recipient's own servers, as a sender does: the best
// one first, and the next where that one cannot take it now (RFC 5321 section
// 5.1). With each it takes one server alone, another one for each message.
type wayMX struct {
	env     *probe.Env
	dns     dnsq.Exchanger
	trip    config.RoundTrip
	domain  string
	trust   func() (*tls.Config, *cert.Verifier, error)
	connect time.Duration
}

func newWayMX(env *probe.Env, r config.RoundTrip) (*wayMX, error) {
	x, err := env.Resolver(r.DNS)
	if err != nil {
		return nil, fmt.Errorf("dns: %w", err)
	}
	return &wayMX{
		env: env, dns: x, trip: r, domain: domainOf(r.Send.To), connect: time.Duration(config.DefaultConnect),
		trust: func() (*tls.Config, *cert.Verifier, error) { return env.Trust(r.Send.TLSConfig.Prometheus()) },
	}, nil
}

func domainOf(address string) string {
	return strings.ToLower(address[strings.LastIndexByte(address, '@')+1:])
}

func (w *wayMX) lookup(ctx context.Context) (*mx.Set, error) {
	return mx.Lookup(ctx, w.dns, w.domain, mx.Options{Family: mx.Both, Hosts: maxHosts, PerHost: maxAddresses})
}

// Servers implements [Sender].
func (w *wayMX) Servers(ctx context.Context) []string { return serversOf(ctx, w.dns, w.domain) }

// serversOf gives the MX hosts of a domain as labels.
func serversOf(ctx context.Context, x dnsq.Exchanger, domain string) (hosts []string) {
	set, err := mx.Lookup(ctx, x, domain, mx.Options{Family: mx.Both, Hosts: maxHosts, PerHost: 1})
	if err != nil {
		return nil
	}
	for _, h := range set.Hosts {
		hosts = append(hosts, h.Label)
	}
	return hosts
}

// Send implements [Sender].
func (w *wayMX) Send(ctx context.Context, p Parcel) Sent {
	set, err := w.lookup(ctx)
	switch {
	case err != nil:
		f := probe.ResolverFailure(ctx, w.dns, err)
		return Sent{Outcome: smtp.NotSent, Failure: f, Temporary: !dnsq.NotFound(err)}
	case set.Null:
		return Sent{Outcome: smtp.NotSent, Failure: &fact.Failure{Reason: fact.NullMX, Detail: "the domain says that it takes no mail"}}
	}
	hosts := set.Hosts
	if w.trip.Send.EachMX && len(hosts) > 0 {
		at := p.Turn % len(hosts)
		hosts = hosts[at : at+1]
	}
	last := Sent{Outcome: smtp.NotSent, Failure: &fact.Failure{Reason: fact.DNSNoData, Detail: "no server of the domain has an address"}, Temporary: true}
	for _, h := range hosts {
		if len(h.Addresses) == 0 && h.Failure != nil {
			last = Sent{Outcome: smtp.NotSent, Host: h.Label, Failure: h.Failure, Temporary: true}
		}
		for _, a := range h.Addresses {
			if last = w.offer(ctx, h, a, p); last.decided() || ctx.Err() != nil {
				return last
			}
		}
	}
	return last
}

// decided reports that the next server is not to be tried: the message is taken,
// may be, or is refused for good.
func (s Sent) decided() bool {
	return s.Outcome == smtp.Taken || s.Outcome == smtp.Unknown || !s.Temporary
}

// offer talks to one address.
func (w *wayMX) offer(ctx context.Context, h mx.Host, a netip.Addr, p Parcel) Sent {
	fail := func(f *fact.Failure) Sent {
		return Sent{Outcome: smtp.NotSent, Host: h.Label, Failure: f, Temporary: true}
	}
	config, verifier, err := w.trust()
	if err != nil {
		return fail(&fact.Failure{Reason: fact.SecretMissing, Detail: err.Error()})
	}
	give, f := w.env.Turn(ctx, netip.AddrPortFrom(a, mailPort))
	if f != nil {
		return fail(f)
	}
	defer give()
	p.Note(fmt.Sprintf("talking to %s [%s]", h.Label, a))
	reach, cancel := context.WithTimeout(ctx, w.connect)
	defer cancel()
	policy := dial.Policy{Allow: prefixes(w.trip.AllowNetworks)}
	conn, done, f := w.env.Connect(reach, policy, netip.AddrPortFrom(a, mailPort))
	if f != nil {
		return fail(f)
	}
	defer done()
	s := deliver(ctx, conn, p, smtp.Options{
		Host: h.Name, Name: w.env.Announce(w.trip.Send.EHLOName, conn.LocalAddr()), TLS: config, Verifier: verifier,
	})
	s.Host = h.Label
	return s
}

const mailPort uint16 = 25 // RFC 5321 section 4.5.4.2

func prefixes(ns []config.Network) (out []netip.Prefix) {
	for _, n := range ns {
		out = append(out, n.Prefix())
	}
	return out
}

// deliver holds the conversation on a connection.
func deliver(ctx context.Context, conn net.Conn, p Parcel, o smtp.Options) Sent {
	d := smtp.Deliver(ctx, conn, o, smtp.Message{From: p.From, To: p.To, Content: p.Content})
	return ofDialogue(d)
}
