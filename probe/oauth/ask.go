package oauth

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// MaxToken bounds an access token, in octets: more does not fit into the line by
// which it is given to a mail server.
const MaxToken int = 8 << 10

// secrets are what one request is made with.
type secrets struct{ client, refresh string }

// ask asks the endpoint once, or twice as long as it is not known how it wants to
// be told the client's secret: RFC 6749 section 2.3.1 prefers the header, and the
// great providers document the body.
func (s *Source) ask(ctx context.Context) (*oauth2.Token, error) {
	sec, err := s.secrets()
	if err != nil {
		return nil, err
	}
	t, err := s.request(ctx, sec, s.style)
	if refused, ok := errors.AsType[*Error](err); ok && refused.Code == InvalidClient && sec.client != "" && s.style == oauth2.AuthStyleInParams {
		again, second := s.request(ctx, sec, oauth2.AuthStyleInHeader)
		if second != nil {
			return nil, err
		}
		s.style = oauth2.AuthStyleInHeader
		t, err = again, nil
	}
	if err != nil {
		return nil, err
	}
	s.rotate(t)
	return t, nil
}

// secrets reads the secrets anew. A refresh token that took the place of the one
// in the file counts as long as the file stays what it was.
func (s *Source) secrets() (sec secrets, err error) {
	if s.o.ClientSecret != nil {
		if sec.client, err = s.o.ClientSecret(); err != nil {
			return sec, fmt.Errorf("the client secret cannot be had: %w", err)
		}
	}
	if s.o.RefreshToken != nil {
		given, err := s.o.RefreshToken()
		if err != nil {
			return sec, fmt.Errorf("the refresh token cannot be had: %w", err)
		}
		if s.rotated.from != given {
			s.rotated = rotation{given, given}
		}
		sec.refresh = s.rotated.to
	}
	return sec, nil
}

func (s *Source) rotate(t *oauth2.Token) {
	if s.o.RefreshToken != nil && t.RefreshToken != "" {
		s.rotated.to = t.RefreshToken
	}
}

// request asks once. The library takes its HTTP client from the context, and
// would use a global one where it finds none.
func (s *Source) request(ctx context.Context, sec secrets, style oauth2.AuthStyle) (*oauth2.Token, error) {
	ctx, cancel := context.WithTimeout(context.WithValue(ctx, oauth2.HTTPClient, s.client), s.o.Timeout)
	defer cancel()
	var t *oauth2.Token
	var err error
	if s.o.RefreshToken != nil {
		c := oauth2.Config{
			ClientID: s.o.ClientID, ClientSecret: sec.client, Scopes: s.o.Scopes,
			Endpoint: oauth2.Endpoint{TokenURL: s.o.TokenURL, AuthStyle: style},
		}
		t, err = c.TokenSource(ctx, &oauth2.Token{RefreshToken: sec.refresh}).Token()
	} else {
		c := clientcredentials.Config{
			ClientID: s.o.ClientID, ClientSecret: sec.client, Scopes: s.o.Scopes,
			TokenURL: s.o.TokenURL, AuthStyle: style,
		}
		t, err = c.Token(ctx)
	}
	if err != nil {
		return nil, s.safe(ctx, err, sec)
	}
	return t, nil
}

// usable refuses a token that no login could carry (RFC 6750 section 2.1).
func usable(t *oauth2.Token) error {
	switch {
	case !strings.EqualFold(t.Type(), "Bearer"):
		return &Error{Why: "the token is none for its bearer (RFC 6750)"}
	case len(t.AccessToken) > MaxToken:
		return &Error{Why: fmt.Sprintf("the token has more than %d octets", MaxToken)}
	case strings.ContainsFunc(t.AccessToken, func(r rune) bool { return r <= ' ' || r > '~' }):
		return &Error{Why: "the token has characters that RFC 6750 section 2.1 does not allow"}
	}
	return nil
}
