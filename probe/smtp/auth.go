package smtp

import (
	"context"
	"errors"
	"net"
	"strings"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/reply"
	"mx_exporter/probe/sasl"
)

// Auth makes a conversation log in (RFC 4954) before MAIL could be said. The
// credentials are asked for only when they may go out: over TLS whose certificate
// is good for Options.Host (PKIX), whatever else the options allow.
type Auth struct {
	Credentials sasl.Credentials
	Port        int  // told to the server by OAUTHBEARER; 0: not told
	Loopback    bool // the secret may also go out in clear or unverified, to an address of this machine only
}

// AuthResult is what came of logging in.
type AuthResult struct {
	Offered   []string `json:"offered,omitempty"`   // mechanisms announced where they count, as words of [sasl.Mechanisms]
	Mechanism string   `json:"mechanism,omitempty"` // the one tried; empty: none was
	OK        bool     `json:"ok"`                  // 235 came, and the mechanism agrees
	Refusal   Refusal  `json:"refusal,omitempty"`   // what kind of no it was; empty where there was no answer
}

// Refusal says what a server that does not let us in has against us. It is a
// label-safe word.
type Refusal string

// The refusals, by code (RFC 4954 sections 4 and 6, RFC 5248).
const (
	WrongCredentials Refusal = "wrong_credentials" // 535: name, password or token
	TooWeak          Refusal = "too_weak"          // 534: the mechanism, or an application's own password is wanted
	Expired          Refusal = "expired"           // 432: the password has to be changed
	Disabled         Refusal = "disabled"          // 525: the account is shut
	Encryption       Refusal = "encryption"        // 538 or 523: not over this connection
	ForNow           Refusal = "temporary"         // 454 and other 4yz: the server cannot say now
	Unproven         Refusal = "unproven"          // the server let us in, and did not prove that it knows the password
	OutOfStep        Refusal = "out_of_step"       // a challenge or a code that has no place there
	OtherRefusal     Refusal = "other"             // any other 5yz
)

// Refusals lists every Refusal in the order above.
func Refusals() []Refusal {
	return []Refusal{WrongCredentials, TooWeak, Expired, Disabled, Encryption, ForNow, Unproven, OutOfStep, OtherRefusal}
}

// Mechanisms is what a list of extensions says of AUTH, in upper case.
func Mechanisms(announced []Extension) []string {
	for _, e := range announced {
		if e.Keyword == "AUTH" {
			return strings.Fields(strings.ToUpper(e.Params))
		}
	}
	return nil
}

// login is the stage auth, where there is somebody to log in as.
func (c *Conversation) login(ctx context.Context) *fact.Failure {
	if c.o.Auth == nil {
		return nil
	}
	offered := Mechanisms(c.d.Extensions)
	c.d.Auth = &AuthResult{Offered: sasl.Labels(offered)}
	if f := c.guarded(); f != nil {
		return f
	}
	client, err := sasl.Choose(ctx, offered, c.watched(c.o.Auth.Credentials), c.o.Host, c.o.Auth.Port)
	switch {
	case errors.Is(err, sasl.ErrNoMechanism):
		return &fact.Failure{Stage: fact.Auth, Reason: fact.AuthNoMechanism, Detail: err.Error()}
	case err != nil:
		return &fact.Failure{Stage: fact.Auth, Reason: fact.SecretMissing, Detail: c.hide.Clean(err.Error())}
	}
	c.d.Auth.Mechanism = client.Name()
	f := c.authenticate(client)
	c.d.Auth.OK = f == nil
	return f
}

// guarded keeps the secret back where somebody else could get it.
func (c *Conversation) guarded() *fact.Failure {
	switch {
	case c.o.Auth.Loopback && loopback(c.raw.RemoteAddr()):
		return nil
	case c.conn == c.raw || !c.d.TLSEstablished:
		return &fact.Failure{Stage: fact.Auth, Reason: fact.AuthInClear, Detail: "there is no TLS on this connection, so the login was not tried"}
	case c.d.TLS == nil || !c.d.TLS.PKIX.OK:
		return &fact.Failure{Stage: fact.Auth, Reason: fact.TLSUnverified, Detail: "the certificate does not verify, so the login was not tried"}
	}
	return nil
}

func loopback(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

// watched are credentials whose secret the conversation learns to hide when it is
// asked for.
func (c *Conversation) watched(from sasl.Credentials) sasl.Credentials {
	to := sasl.Credentials{Username: from.Username}
	if ask := from.Password; ask != nil {
		to.Password = func() (string, error) {
			s, err := ask()
			c.hide.Add(s)
			return s, err
		}
	}
	if ask := from.Token; ask != nil {
		to.Token = func(ctx context.Context) (string, error) {
			s, err := ask(ctx)
			c.hide.Add(s)
			return s, err
		}
	}
	return to
}

// refusalOf sorts a reply to AUTH that is not 235.
func refusalOf(r reply.Reply) Refusal {
	switch {
	case r.Code == 535, r.Enhanced == "5.7.8":
		return WrongCredentials
	case r.Code == 534, r.Enhanced == "5.7.9":
		return TooWeak
	case r.Code == 432, r.Enhanced == "4.7.12":
		return Expired
	case r.Code == 525, r.Enhanced == "5.7.13":
		return Disabled
	case r.Code == 538, r.Code == 523, r.Enhanced == "5.7.10", r.Enhanced == "5.7.11":
		return Encryption
	case r.Temporary():
		return ForNow
	case r.Permanent():
		return OtherRefusal
	}
	return OutOfStep
}
