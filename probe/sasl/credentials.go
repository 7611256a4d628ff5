package sasl

import (
	"context"
	"fmt"
	"strings"
)

// MaxSecret bounds a password or a token, in octets. Access tokens that are
// signed documents have some thousands; a line of SMTP takes 12288 in Base64
// (RFC 4954 section 4).
const MaxSecret int = 8 << 10

// Credentials are who logs in, and how to get the secret that proves it. Exactly
// one of Password and Token is set. They are asked at the moment of use only.
type Credentials struct {
	Username string
	Password func() (string, error)
	Token    func(context.Context) (string, error)
}

// Set reports that there is something to log in with.
func (c Credentials) Set() bool {
	return c.Username != "" && (c.Password != nil) != (c.Token != nil)
}

// check refuses what no mechanism can carry.
func (c Credentials) check() error {
	switch {
	case c.Password == nil && c.Token == nil:
		return fmt.Errorf("%w: there is neither a password nor a token", ErrCredentials)
	case c.Password != nil && c.Token != nil:
		return fmt.Errorf("%w: there is a password and a token, want one of the two", ErrCredentials)
	case c.Username == "":
		return fmt.Errorf("%w: there is no user name", ErrCredentials)
	case hasControl(c.Username):
		return fmt.Errorf("%w: the user name has a control character", ErrCredentials)
	}
	return nil
}

// secret asks for the password or the token.
func (c Credentials) secret(ctx context.Context) (string, error) {
	if c.Token != nil {
		return c.token(ctx)
	}
	s, err := c.Password()
	switch {
	case err != nil:
		return "", fmt.Errorf("%w: the password: %w", ErrSecret, err)
	case s == "":
		return "", fmt.Errorf("%w: the password is empty", ErrCredentials)
	case len(s) > MaxSecret:
		return "", fmt.Errorf("%w: the password has more than %d octets", ErrCredentials, MaxSecret)
	case hasControl(s):
		return "", fmt.Errorf("%w: the password has a control character, perhaps a line break in its file", ErrCredentials)
	}
	return s, nil
}

func (c Credentials) token(ctx context.Context) (string, error) {
	s, err := c.Token(ctx)
	switch {
	case err != nil:
		return "", fmt.Errorf("%w: the token: %w", ErrSecret, err)
	case s == "":
		return "", fmt.Errorf("%w: the token is empty", ErrCredentials)
	case len(s) > MaxSecret:
		return "", fmt.Errorf("%w: the token has more than %d octets", ErrCredentials, MaxSecret)
	case strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }):
		return "", fmt.Errorf("%w: the token has what RFC 6750 section 2.1 does not allow, want printable ASCII without spaces", ErrCredentials)
	}
	return s, nil
}

// hasControl finds what would end a field or a line: NUL in PLAIN, ^A in the
// mechanisms for tokens, and line ends.
func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}
