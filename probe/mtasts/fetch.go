package mtasts

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/txt"
)

// Bounds of a fetch (RFC 8461 section 3.3 suggests 64 kilobytes and a minute).
const (
	MaxBody        = 64 << 10
	DefaultTimeout = time.Minute
	maxHeader      = 16 << 10
	fairTime       = 5 * time.Second // silence for less than this is held against nobody
)

// path is where a policy stands (RFC 8461 section 3.2).
const path = "/.well-known/mta-sts.txt"

// Fetch is one try to get a policy, and how far it came.
type Fetch struct {
	Host        string       `json:"host"` // the policy host, mta-sts.DOMAIN
	Address     netip.Addr   `json:"address,omitzero"`
	StatusCode  int          `json:"status_code,omitempty"`
	ContentType string       `json:"content_type,omitempty"` // without parameters, foreign text, bounded
	Bytes       int          `json:"bytes"`
	At          time.Time    `json:"at"`
	Took        fact.Elapsed `json:"seconds"`
	Failure     *Failure     `json:"failure,omitempty"`

	body string
}

// PlainText reports whether the policy came as text/plain. Senders should drop
// one that does not (RFC 8461 section 3.2), and some do.
func (f *Fetch) PlainText() bool { return f.ContentType == "text/plain" }

func host(domain string) string { return "mta-sts." + domain }

// fetch gets the policy file of a domain.
func fetch(ctx context.Context, x dnsq.Exchanger, domain string, o Options) *Fetch {
	f := &Fetch{Host: host(domain), At: time.Now()}
	own, cancel := context.WithTimeout(ctx, o.timeout())
	defer cancel()
	f.Failure = f.run(own, x, o)
	f.Took = fact.Elapsed(time.Since(f.At))
	unfair := time.Duration(f.Took) < min(fairTime, o.timeout()) || errors.Is(ctx.Err(), context.Canceled)
	if f.Failure != nil && ctx.Err() != nil && unfair {
		f.Failure = &Failure{NotTried, fact.NotTested, "the probe's time was up before the policy host had a fair chance to answer"}
	}
	return f
}

func (f *Fetch) run(ctx context.Context, x dnsq.Exchanger, o Options) *Failure {
	conn, failure := f.connect(ctx, x, o)
	if failure != nil {
		return failure
	}
	defer conn.Close()
	secure, failure := f.handshake(ctx, conn, o.Roots)
	if failure != nil {
		return failure
	}
	return f.get(ctx, secure)
}

// get asks for the policy over a connection that is there already. The client
// around it follows nothing, keeps nothing and knows no proxy.
func (f *Fetch) get(ctx context.Context, conn *tls.Conn) *Failure {
	transport := &http.Transport{
		DialTLSContext:         func(context.Context, string, string) (net.Conn, error) { return conn, nil },
		DisableKeepAlives:      true,
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxHeader,
	}
	defer transport.CloseIdleConnections()
	client := http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	u := url.URL{Scheme: "https", Host: f.Host, Path: path}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return &Failure{NotTried, fact.NotTested, plain(err)}
	}
	req.Header.Set("Accept-Encoding", "identity")
	req.Header.Set("User-Agent", "mx_exporter")
	resp, err := client.Do(req)
	if err != nil {
		return cutOr(ctx, err, BadHTTP)
	}
	defer resp.Body.Close()
	return f.read(ctx, resp)
}

// read takes a response of 200 in, and no other (RFC 8461 section 3.3).
func (f *Fetch) read(ctx context.Context, resp *http.Response) *Failure {
	f.StatusCode = resp.StatusCode
	f.ContentType = contentType(resp.Header.Get("Content-Type"))
	encoding := resp.Header.Get("Content-Encoding")
	switch {
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		return &Failure{Redirected, "", fmt.Sprintf("%d to %s", resp.StatusCode, txt.Quote(resp.Header.Get("Location")))}
	case resp.StatusCode != http.StatusOK:
		return &Failure{BadStatus, "", fmt.Sprintf("the policy host answered %d", resp.StatusCode)}
	case encoding != "" && !strings.EqualFold(encoding, "identity"):
		return &Failure{Encoded, "", "the policy came encoded as " + txt.Quote(encoding)}
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, MaxBody+1))
	f.Bytes = len(body)
	switch {
	case len(body) > MaxBody:
		return &Failure{TooLarge, "", fmt.Sprintf("the policy has more than %d bytes", MaxBody)}
	case err != nil:
		return cutOr(ctx, err, BadHTTP)
	}
	f.body = string(body)
	return nil
}

// contentType is a media type without its parameters, fit for people.
func contentType(header string) string {
	if t, _, err := mime.ParseMediaType(header); err == nil && len(t) <= 64 {
		return t
	}
	if header == "" {
		return ""
	}
	return txt.Quote(header)
}

// plain is an error's own words, without the address that the client puts
// before them; foreign text is cut and quoted.
func plain(err error) string {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	return txt.Quote(err.Error())
}
