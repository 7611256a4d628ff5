package dnsq

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/netip"
	"time"
)

// Transport is how a resolver is spoken to.
type Transport string

// The transports. The empty one is UDP.
const (
	UDP Transport = "udp" // and TCP for an answer that was cut
	TCP Transport = "tcp" // RFC 7766, connections kept
	TLS Transport = "tls" // RFC 7858, connections kept, the certificate verified
)

// Options shape a [Client]. The zero value asks the resolvers of resolv.conf.
type Options struct {
	Servers   []string       // IP addresses, with or without port; empty: the nameserver lines of /etc/resolv.conf
	Transport Transport      // empty: UDP
	TLSName   string         // name in the resolvers' certificates; empty: their address
	Roots     *x509.CertPool // to verify those with; nil: the system's
	Timeout   time.Duration  // of one query; 0: 2 s
	Tries     int            // queries per question, over all servers; 0: 2
	TrustAD   bool           // believe the AD bit also of resolvers beyond loopback without TLS

	// Dial opens a socket to a resolver; network is udp or tcp. nil: [net.Dialer].
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// filled gives the options with defaults in place, or an error that says what
// is wrong with them.
func (o Options) filled() (Options, error) {
	o.Transport = cmp.Or(o.Transport, UDP)
	switch o.Transport {
	case UDP, TCP, TLS:
	default:
		return o, fmt.Errorf("dns transport %q: want udp, tcp or tls", o.Transport)
	}
	if o.Timeout < 0 || o.Tries < 0 {
		return o, fmt.Errorf("dns timeout %v, tries %d: want neither below zero", o.Timeout, o.Tries)
	}
	o.Timeout = cmp.Or(o.Timeout, 2*time.Second)
	o.Tries = cmp.Or(o.Tries, 2)
	if o.Dial == nil {
		o.Dial = new(net.Dialer).DialContext
	}
	return o, nil
}

// port is where a resolver listens that is given without a port.
func (o Options) port() uint16 {
	if o.Transport == TLS {
		return 853
	}
	return 53
}

// parseServers reads addresses of resolvers. A name is refused, for there is
// nobody yet to resolve it.
func (o Options) parseServers(list []string) ([]netip.AddrPort, error) {
	servers := make([]netip.AddrPort, 0, len(list))
	for _, s := range list {
		if a, err := netip.ParseAddr(s); err == nil {
			servers = append(servers, netip.AddrPortFrom(a, o.port()))
			continue
		}
		ap, err := netip.ParseAddrPort(s)
		if err != nil || ap.Port() == 0 {
			return nil, fmt.Errorf("dns server %q: want an IP address, with or without a port, such as 127.0.0.1:53 or [::1]:53", s)
		}
		servers = append(servers, ap)
	}
	return servers, nil
}

// tlsConfig is for a connection to one resolver.
func (o Options) tlsConfig(server netip.AddrPort) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		ServerName: cmp.Or(o.TLSName, server.Addr().WithZone("").String()),
		RootCAs:    o.Roots,
	}
}
