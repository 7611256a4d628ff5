package dnsq

import (
	"context"
	"crypto/x509"
	"net"
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
