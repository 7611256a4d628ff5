package probe

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"hash/maphash"
	"net"
	"net/http"
	"net/netip"

	"mx_exporter/config"
	"mx_exporter/probe/dial"
	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/mx"
	"mx_exporter/probe/oauth"
	"mx_exporter/probe/sasl"
)

// access is who logs in, for one conversation.
type access struct {
	sasl.Credentials
	stamp  uint64 // tells one secret from another without keeping either; 0 where tokens are fetched
	forget func() // drops a fetched token that was refused
}

// credentials turns a module's login into what a dialogue needs.
func (e *Env) credentials(m config.Module) (who access, err error) {
	who.Username, who.forget = m.Username, func() {}
	switch {
	case m.HasPassword():
		password, err := m.ReadPassword()
		if err != nil {
			return who, err
		}
		who.Password = func() (string, error) { return password.Reveal(), nil }
		who.stamp = maphash.String(e.seed, password.Reveal())
	case m.TokenFile != "":
		token, err := m.TokenFile.Read()
		if err != nil {
			return who, err
		}
		who.Token = func(context.Context) (string, error) { return token.Reveal(), nil }
		who.stamp = maphash.String(e.seed, token.Reveal())
	default:
		source, err := e.tokens(m)
		if err != nil {
			return who, err
		}
		last := ""
		who.Token = func(ctx context.Context) (string, error) {
			t, err := source.Token(ctx)
			last = t
			return t, err
		}
		who.forget = func() { source.Forget(last) }
	}
	return who, nil
}

// tokens gives the source of a module's access tokens, made at its first use and
// kept, with the token that it has.
func (e *Env) tokens(m config.Module) (*oauth.Source, error) {
	x, err := e.exchanger(m.DNS)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	o := m.OAuth2
	key := fmt.Sprintf("%+v %s", o, resolverKey(m.DNS))
	if s := e.sources[key]; s != nil {
		return s, nil
	}
	options := oauth.Options{TokenURL: o.TokenURL, ClientID: o.ClientID, Scopes: o.Scopes, Client: e.client(x)}
	if f := o.ClientSecretFile; f != "" {
		options.ClientSecret = reading(f)
	}
	if f := o.RefreshTokenFile; f != "" {
		options.RefreshToken = reading(f)
	}
	s, err := oauth.New(options)
	if err == nil {
		e.sources[key] = s
	}
	return s, err
}

func reading(f config.SecretFile) func() (string, error) {
	return func() (string, error) {
		s, err := f.Read()
		return s.Reveal(), err
	}
}

// client is for token endpoints: the network and the roots are those of servers,
// and names are asked of the module's resolver. An endpoint is named by the
// operator and may stand anywhere.
func (e *Env) client(x dnsq.Exchanger) *http.Client {
	return &http.Client{Transport: &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: e.Roots, MinVersion: tls.VersionTLS12},
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			host, port, err := net.SplitHostPort(address)
			if err != nil {
				return nil, err
			}
			as, err := addressesOf(ctx, x, host)
			if err != nil {
				return nil, err
			}
			return e.dialAny(ctx, network, as, port)
		},
	}}
}

func addressesOf(ctx context.Context, x dnsq.Exchanger, host string) ([]netip.Addr, error) {
	if as := ownAddresses(host); as != nil {
		return as, nil
	}
	set, err := mx.Named(ctx, x, host, mx.Options{PerHost: 4})
	if err != nil {
		return nil, err
	}
	return set.Hosts[0].Addresses, nil
}

// dialAny gives the first connection that comes about.
func (e *Env) dialAny(ctx context.Context, network string, as []netip.Addr, port string) (net.Conn, error) {
	d := dial.Dialer{Policy: dial.Policy{Allow: everywhere()}, Dial: e.Dial, Routed: e.Routed}
	var errs []error
	for _, a := range as {
		conn, err := d.DialContext(ctx, network, net.JoinHostPort(a.String(), port))
		if err == nil {
			return conn, nil
		}
		errs = append(errs, err)
	}
	return nil, errors.Join(errs...)
}
