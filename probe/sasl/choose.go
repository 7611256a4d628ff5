package sasl

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	upstream "github.com/emersion/go-sasl"
)

// Client answers the challenges of one login. It is used once. Start and Next are
// go-sasl's: Start gives the initial response, nil where the mechanism has none,
// and Next answers a challenge.
type Client interface {
	upstream.Client
	// Name is the mechanism.
	Name() string
	// Finish is asked when the server says that the login succeeded; an error means
	// that the server has not kept to the mechanism, and is not to be believed.
	Finish() error
}

// Choose gives a client for the best mechanism that the server offers and the
// credentials fit, in the order of [Mechanisms]. It asks for the secret only when
// there is one; ctx bounds that. The host and the port are told to the server by
// OAUTHBEARER, a port of 0 is not.
//
// The error is [ErrNoMechanism], [ErrCredentials] or [ErrSecret].
func Choose(ctx context.Context, offered []string, c Credentials, host string, port int) (Client, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	fits := slices.DeleteFunc(makers(), func(m maker) bool {
		return m.token != (c.Token != nil) || !slices.ContainsFunc(offered, func(o string) bool { return strings.EqualFold(o, m.name) })
	})
	if len(fits) == 0 {
		return nil, noMechanism(offered, c)
	}
	secret, err := c.secret(ctx)
	if err != nil {
		return nil, err
	}
	for _, m := range fits {
		client, err := m.client(login{m.name, c.Username, secret, host, port})
		// A secret that SCRAM cannot prepare may still do for PLAIN.
		if err == nil || !errors.Is(err, errPrepare) {
			return client, err
		}
	}
	return nil, fmt.Errorf("%w: %w", ErrCredentials, errPrepare)
}

// login is what a client is made of.
type login struct {
	mechanism string
	username  string
	secret    string
	host      string
	port      int
}

// maker makes the client of one mechanism.
type maker struct {
	name   string
	token  bool // it proves a token and not a password
	client func(login) (Client, error)
}

// makers are the mechanisms in the order in which they are preferred.
func makers() []maker {
	return []maker{
		{ScramSHA256, false, newScram},
		{ScramSHA1, false, newScram},
		{Plain, false, newPlain},
		{Login, false, newPrompted},
		{OAuthBearer, true, newBearer},
		{XOAuth2, true, newXOAuth2},
	}
}

func noMechanism(offered []string, c Credentials) error {
	has := "none"
	if labels := Labels(offered); len(labels) > 0 {
		has = strings.Join(labels, " ")
	}
	var want []string
	for _, m := range makers() {
		if m.token == (c.Token != nil) {
			want = append(want, m.name)
		}
	}
	return fmt.Errorf("%w: the server offers %s, want one of %s", ErrNoMechanism, has, strings.Join(want, " "))
}
