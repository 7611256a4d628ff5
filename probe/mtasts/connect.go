package mtasts

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/miekg/dns"

	"mx_exporter/probe/cert"
	"mx_exporter/probe/dial"
	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/fact"
)

// maxAddresses is how many addresses of a policy host are tried.
const maxAddresses = 6

// addresses looks up the policy host, both families at once. IPv6 and IPv4 take
// turns, so that a family that leads nowhere costs one try.
func addresses(ctx context.Context, x dnsq.Exchanger, host string) ([]netip.Addr, error) {
	var wg sync.WaitGroup
	var six, four []netip.Addr
	var err6, err4 error
	wg.Go(func() {
		var a dnsq.Answer[*dns.AAAA]
		a, err6 = dnsq.Lookup[*dns.AAAA](ctx, x, host)
		for _, r := range a.Records {
			six = appendAddr(six, r.AAAA)
		}
	})
	wg.Go(func() {
		var a dnsq.Answer[*dns.A]
		a, err4 = dnsq.Lookup[*dns.A](ctx, x, host)
		for _, r := range a.Records {
			four = appendAddr(four, r.A)
		}
	})
	wg.Wait()
	var all []netip.Addr
	for i := range max(len(six), len(four)) {
		all = append(all, six[min(i, len(six)):min(i+1, len(six))]...)
		all = append(all, four[min(i, len(four)):min(i+1, len(four))]...)
	}
	switch {
	case len(all) > 0:
		return all[:min(len(all), maxAddresses)], nil
	case dnsq.NotFound(err6): // then the other one says why
		return nil, err4
	}
	return nil, err6
}

func appendAddr(list []netip.Addr, ip net.IP) []netip.Addr {
	if a, ok := netip.AddrFromSlice(ip); ok {
		return append(list, a.Unmap())
	}
	return list
}

// connect opens a TCP connection to the first address that takes one. Each is
// given its part of the time that is left.
func (f *Fetch) connect(ctx context.Context, x dnsq.Exchanger, o Options) (net.Conn, *Failure) {
	addrs, err := addresses(ctx, x, f.Host)
	if err != nil {
		return nil, dnsFailure(err)
	}
	var failure *Failure
	for i, a := range addrs {
		conn, err := dialPart(ctx, o.Dialer, a, len(addrs)-i)
		if err == nil {
			f.Address = a
			return conn, nil
		}
		if next := dialFailure(a, err); failure == nil || failure.Reason == AddressBlocked || failure.Reason == NotTried {
			failure = next
		}
	}
	return nil, failure
}

func dialPart(ctx context.Context, d dial.Dialer, a netip.Addr, left int) (net.Conn, error) {
	if deadline, ok := ctx.Deadline(); ok {
		part, cancel := context.WithTimeout(ctx, time.Until(deadline)/time.Duration(left))
		defer cancel()
		ctx = part
	}
	return d.DialContext(ctx, "tcp", netip.AddrPortFrom(a, 443).String())
}

func dnsFailure(err error) *Failure {
	f := &Failure{NoAddress, dnsq.ReasonOf(err), err.Error()}
	if f.Cause.Local() {
		f.Reason = NotTried
	}
	return f
}

func dialFailure(a netip.Addr, err error) *Failure {
	f := &Failure{NotConnected, dial.ReasonOf(err), a.String() + ": "}
	switch {
	case f.Cause == fact.AddressBlocked:
		return &Failure{AddressBlocked, "", err.Error()}
	case f.Cause == fact.ConnectTimeout:
		f.Reason = TimedOut
	case f.Cause.Local():
		f.Reason = NotTried
	}
	f.Detail += string(f.Cause)
	return f
}

// handshake puts TLS over a connection and demands a certificate that is good
// for the policy host (RFC 8461 section 3.3).
func (f *Fetch) handshake(ctx context.Context, conn net.Conn, roots *x509.CertPool) (*tls.Conn, *Failure) {
	c := tls.Client(conn, &tls.Config{
		ServerName: f.Host, RootCAs: roots, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"},
	})
	err := c.HandshakeContext(ctx)
	if err == nil {
		return c, nil
	}
	if bad, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		// The verdict is the handshake's own; package cert only puts it into one
		// word, and does not print a list of names of any length.
		facts := cert.Inspect(tls.ConnectionState{PeerCertificates: bad.UnverifiedCertificates})
		v := facts.Verify(f.Host, roots, time.Now())
		return nil, &Failure{BadCertificate, "", string(v.Reason) + ": " + v.Detail}
	}
	return nil, cutOr(ctx, err, NoTLS)
}

// cutOr tells a failure of the given kind from one that came of the end of the
// time, or of a lack of ours.
func cutOr(ctx context.Context, err error, r Reason) *Failure {
	cause := dial.ReasonOf(err)
	switch {
	case ctx.Err() != nil, cause == fact.ConnectTimeout:
		return &Failure{TimedOut, "", "not done in time"}
	case cause == fact.LocalFD || cause == fact.LocalNetwork:
		return &Failure{NotTried, cause, string(cause)}
	}
	return &Failure{r, "", plain(err)}
}
