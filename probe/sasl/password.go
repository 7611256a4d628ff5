package sasl

import (
	"fmt"
	"strings"

	upstream "github.com/emersion/go-sasl"
)

// plain is PLAIN (RFC 4616). The authorization identity stays empty: we act as
// the one who logs in.
type plain struct{ upstream.Client }

func newPlain(l login) (Client, error) {
	return plain{upstream.NewPlainClient("", l.username, l.secret)}, nil
}

func (plain) Name() string  { return Plain }
func (plain) Finish() error { return nil }

// Next is never asked by a server that keeps to PLAIN.
func (plain) Next([]byte) ([]byte, error) {
	return nil, fmt.Errorf("%w: PLAIN has no challenges", ErrChallenge)
}

// prompted is LOGIN. It gives no initial response, which old servers do not know
// and the others do not need, and answers two prompts.
type prompted struct {
	login
	asked int
}

func newPrompted(l login) (Client, error) { return &prompted{login: l}, nil }

func (p *prompted) Name() string { return Login }

// Finish refuses a server that let us in without having asked for the password.
func (p *prompted) Finish() error {
	if p.asked < 2 {
		return fmt.Errorf("%w: LOGIN was over before the password was asked for", ErrSignature)
	}
	return nil
}

func (p *prompted) Start() (string, []byte, error) { return Login, nil, nil }

// Next gives the name to the prompt for it, and the password to the prompt for
// that. Prompts differ in case, spaces and punctuation ("User Name", NUL, by
// Exchange; "Username:" by others), and in nothing else.
func (p *prompted) Next(challenge []byte) ([]byte, error) {
	p.asked++
	prompt := strings.ToLower(strings.Trim(string(challenge), ": \x00"))
	switch {
	case p.asked == 1 && (prompt == "username" || prompt == "user name"):
		return []byte(p.username), nil
	case p.asked == 2 && prompt == "password":
		return []byte(p.secret), nil
	}
	return nil, fmt.Errorf("%w: prompt %d of LOGIN is none for a name and then a password", ErrChallenge, p.asked)
}
