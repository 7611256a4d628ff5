package crawl

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"mx_exporter/probe/dial"
)

// fetcher asks for one thing after the other. It keeps one connection to a host,
// no cookies and no credentials, and knows no proxy.
type fetcher struct {
	o      Options
	http   *http.Transport
	last   map[string]time.Time // by host: when the last request to it ended
	delays map[string]time.Duration
	budget int // bytes, decompressed, that may still be read
}

func newFetcher(o Options) *fetcher {
	f := &fetcher{
		o: o, last: map[string]time.Time{}, delays: map[string]time.Duration{}, budget: o.Limits.TotalBytes,
	}
	f.http = &http.Transport{
		DialContext:            f.dial,
		TLSClientConfig:        &tls.Config{RootCAs: o.Roots, MinVersion: tls.VersionTLS12},
		DisableCompression:     true, // so that both sides of it are counted: see read
		MaxConnsPerHost:        1,
		MaxIdleConns:           2,
		IdleConnTimeout:        PageTime,
		MaxResponseHeaderBytes: maxHeader,
	}
	return f
}

func (f *fetcher) close() { f.http.CloseIdleConnections() }

// failure is why something was not read.
type failure struct {
	reason Reason
	err    error
}

// Error is for people.
func (f *failure) Error() string { return f.err.Error() }

// Unwrap gives the cause.
func (f *failure) Unwrap() error { return f.err }

func failed(r Reason, format string, args ...any) *failure {
	return &failure{r, fmt.Errorf(format, args...)}
}

// dial resolves a name and connects to the first of its addresses that answers.
// Every address is judged; the one that was judged is the one that is dialled.
func (f *fetcher) dial(ctx context.Context, network, hostPort string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(hostPort)
	if err != nil {
		return nil, err
	}
	addresses, err := f.addresses(ctx, host)
	if err != nil {
		return nil, err
	}
	for _, a := range addresses {
		var conn net.Conn
		conn, err = f.o.Dialer.DialContext(ctx, network, net.JoinHostPort(a.String(), port))
		if err == nil {
			return conn, nil
		}
		if ctx.Err() != nil {
			break
		}
	}
	var blocked *dial.BlockedError
	if errors.As(err, &blocked) {
		return nil, failed(Blocked, "%w", err)
	}
	return nil, failed(Connect, "no connection to %s: %w", host, err)
}

func (f *fetcher) addresses(ctx context.Context, host string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a}, nil
	}
	list, err := f.o.Lookup(ctx, host)
	switch {
	case err != nil:
		return nil, failed(Resolve, "%s has no address: %w", host, err)
	case len(list) == 0:
		return nil, failed(Resolve, "%s has no address", host)
	}
	return list, nil
}

// response is one answer, read to its end or its limit.
type response struct {
	status   int
	location string
	kind     string // Content-Type, as it was sent
	body     []byte
	cut      bool
}

// get asks for one URL and follows nothing. accept says what is read of an
// answer of 200; other answers are not read at all.
func (f *fetcher) get(ctx context.Context, u *url.URL, most func(*http.Response) (int, *failure)) (*response, *failure) {
	if err := f.wait(ctx, u.Host); err != nil {
		return nil, &failure{Slow, err}
	}
	defer func() { f.last[u.Host] = time.Now() }()
	own, cancel := context.WithTimeout(ctx, PageTime)
	defer cancel()
	req, err := http.NewRequestWithContext(own, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, failed(BadURL, "this is no URL")
	}
	req.Header.Set("User-Agent", f.o.userAgent())
	req.Header.Set("Accept", "text/html,application/xhtml+xml,application/pdf,*/*;q=0.1")
	req.Header.Set("Accept-Encoding", "gzip")
	resp, err := f.http.RoundTrip(req)
	if err != nil {
		return nil, reasonOf(own, err)
	}
	defer func() { _ = resp.Body.Close() }()
	r := &response{status: resp.StatusCode, location: resp.Header.Get("Location"), kind: resp.Header.Get("Content-Type")}
	if resp.StatusCode != http.StatusOK {
		return r, nil
	}
	limit, fault := most(resp)
	if fault != nil {
		return r, fault
	}
	return r, f.read(own, resp, r, limit)
}

// wait lets the delay between two requests to one host pass.
func (f *fetcher) wait(ctx context.Context, host string) error {
	last, asked := f.last[host]
	if !asked {
		return ctx.Err()
	}
	left := time.Until(last.Add(max(f.o.Limits.Delay, f.delays[host])))
	if left <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(left)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// reasonOf says why a request failed.
func reasonOf(ctx context.Context, err error) *failure {
	var own *failure
	var record tls.RecordHeaderError
	var verify *tls.CertificateVerificationError
	switch {
	case ctx.Err() != nil:
		return failed(Slow, "no complete answer within %s", PageTime)
	case errors.As(err, &own):
		return own
	case errors.As(err, &record):
		return failed(TLS, "the server does not speak TLS")
	case errors.As(err, &verify):
		return failed(TLS, "the certificate is not good: %w", verify.Err)
	}
	var alert tls.AlertError
	if errors.As(err, &alert) {
		return failed(TLS, "the server broke off TLS: %w", err)
	}
	return failed(BadHTTP, "no usable answer")
}

// isRedirect reports the answers that name another URL (RFC 9110 section 15.4).
func (r *response) isRedirect() bool {
	switch r.status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return r.location != ""
	}
	return false
}

// target is where a redirect leads, not judged yet.
func (r *response) target(from *url.URL) (*url.URL, *failure) {
	if len(r.location) > MaxURL {
		return nil, failed(BadURL, "a redirect to a URL of %d bytes", len(r.location))
	}
	to, err := from.Parse(strings.TrimSpace(r.location))
	if err != nil {
		return nil, failed(BadURL, "a redirect to what is no URL")
	}
	return to, nil
}
