package sasl

import (
	"encoding/json"
	"fmt"
	"strings"

	upstream "github.com/emersion/go-sasl"

	"mx_exporter/probe/txt"
)

// bearer is OAUTHBEARER or XOAUTH2: everything is in the initial response, and
// the only challenge is a refusal, which has to be answered by a fixed word
// before the server ends the login (RFC 7628 section 3.2.3).
type bearer struct {
	upstream.Client
	name    string
	answer  []byte
	refused error
}

// newBearer leaves the initial response to go-sasl, which does not quote the
// user name (RFC 5801 section 4, saslname).
func newBearer(l login) (Client, error) {
	name := strings.NewReplacer("=", "=3D", ",", "=2C").Replace(l.username)
	o := upstream.OAuthBearerOptions{Username: name, Token: l.secret, Host: l.host, Port: l.port}
	return &bearer{Client: upstream.NewOAuthBearerClient(&o), name: OAuthBearer, answer: []byte{1}}, nil
}

func newXOAuth2(l login) (Client, error) {
	first := "user=" + l.username + "\x01auth=Bearer " + l.secret + "\x01\x01"
	return &bearer{Client: xoauth2(first), name: XOAuth2, answer: []byte{}}, nil
}

func (b *bearer) Name() string { return b.name }

// Finish refuses a server that refuses first and then lets us in.
func (b *bearer) Finish() error { return b.refused }

// Next takes the refusal. Its JSON has a status and the scopes that are wanted;
// of it only the status is kept.
func (b *bearer) Next(challenge []byte) ([]byte, error) {
	var why struct {
		Status string `json:"status"`
	}
	if b.refused != nil || json.Unmarshal(challenge, &why) != nil {
		return nil, fmt.Errorf("%w: %s has one challenge, a refusal in JSON", ErrChallenge, b.name)
	}
	b.refused = fmt.Errorf("%w: status %s", ErrRejected, txt.Quote(why.Status))
	return b.answer, nil
}

// xoauth2 is the initial response of XOAUTH2.
type xoauth2 string

func (x xoauth2) Start() (string, []byte, error) { return XOAuth2, []byte(x), nil }
func (x xoauth2) Next([]byte) ([]byte, error)    { return nil, ErrChallenge }
