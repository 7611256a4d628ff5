package oauth

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"time"
)

// Options say whom to ask for tokens, and as whom.
type Options struct {
	TokenURL     string                 // the token endpoint (RFC 6749 section 3.2): https, or http to a loopback address
	ClientID     string                 // who asks
	ClientSecret func() (string, error) // nil: a public client (section 2.1), which has none
	RefreshToken func() (string, error) // nil: client credentials (section 4.4); else section 6
	Scopes       []string               // what the token is for
	Client       *http.Client           // its transport is used, with bounds and without redirects; never nil
	Timeout      time.Duration          // for one answer; 0: 10 s
}

// DefaultTimeout is the time for one answer of the token endpoint.
const DefaultTimeout time.Duration = 10 * time.Second

// ErrOptions is about options with which no token can be had safely. What New
// gives wraps it.
var ErrOptions = errors.New("tokens cannot be asked for")

func (o Options) check() error {
	u, err := url.Parse(o.TokenURL)
	switch {
	case err != nil || u.Host == "" || u.Opaque != "":
		return fmt.Errorf("%w: the token URL is no URL, want https://host/path", ErrOptions)
	case u.User != nil:
		return fmt.Errorf("%w: the token URL has a user name or a password in it", ErrOptions)
	case u.Scheme != "https" && (u.Scheme != "http" || !loopback(u)):
		return fmt.Errorf("%w: the token URL is not https, and a secret would go out in clear (http is for 127.0.0.1 and [::1] alone)", ErrOptions)
	case o.ClientID == "":
		return fmt.Errorf("%w: there is no client id", ErrOptions)
	case o.ClientSecret == nil && o.RefreshToken == nil:
		return fmt.Errorf("%w: there is neither a client secret nor a refresh token", ErrOptions)
	case o.Client == nil:
		return fmt.Errorf("%w: there is no HTTP client", ErrOptions)
	case o.Client.Transport == nil:
		return fmt.Errorf("%w: the HTTP client has no transport of its own", ErrOptions)
	case unverified(o.Client) && !loopback(u):
		return fmt.Errorf("%w: the HTTP client does not verify certificates", ErrOptions)
	}
	return nil
}

// loopback reports a host that is an address of this machine. A name is none,
// whatever it resolves to today.
func loopback(u *url.URL) bool {
	a, err := netip.ParseAddr(u.Hostname())
	return err == nil && a.Unmap().IsLoopback()
}

func unverified(c *http.Client) bool {
	t, ok := c.Transport.(*http.Transport)
	return ok && t.TLSClientConfig != nil && t.TLSClientConfig.InsecureSkipVerify
}
