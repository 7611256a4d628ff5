package mailbox

import (
	"context"
	"encoding/base64"
	"errors"
	"net"
	"strings"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/sasl"
)

// login logs in where there are credentials.
func (c *conversation) login(ctx context.Context) *fact.Failure {
	if c.o.Login == nil {
		return nil
	}
	c.begin(fact.Login)
	if f := c.guard(); f != nil {
		return f
	}
	c.clock.Allow(c.o.Timeouts.Command)
	how, f := c.p.authenticate(ctx)
	if how != "" && (f == nil || f.Reason != fact.SecretMissing) {
		c.d.Login = &Login{OK: f == nil, Mechanism: how, ReplyCode: c.said}
	}
	c.ready = f == nil
	return f
}

// guard keeps the secret from everybody who has not proved who he is (RFC 8314
// section 5.2). A peer on this machine may be excused.
func (c *conversation) guard() *fact.Failure {
	switch {
	case c.d.TLSEstablished && c.d.TLS.PKIX.OK, c.o.Loopback && onThisMachine(c.raw.RemoteAddr()):
		return nil
	case !c.d.TLSEstablished:
		return c.fail(fact.AuthInClear, "the connection has no TLS; nothing of the login was sent")
	}
	pkix := c.d.TLS.PKIX
	return c.fail(fact.TLSUnverified, "the certificate is not trusted ("+string(pkix.Reason)+"); nothing of the login was sent: "+pkix.Detail)
}

func onThisMachine(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

// mechanism chooses how to log in. The client is nil, without a failure, where
// the server offers nothing that fits and the protocol's own command is left.
func (c *conversation) mechanism(ctx context.Context, own bool) (sasl.Client, *fact.Failure) {
	port := 0
	if tcp, ok := c.raw.RemoteAddr().(*net.TCPAddr); ok {
		port = tcp.Port
	}
	client, err := sasl.Choose(ctx, c.caps.sasl, c.credentials(), c.o.Host, port)
	switch {
	case err == nil:
		return client, nil
	case errors.Is(err, sasl.ErrNoMechanism) && own && c.o.Login.Password != nil:
		return nil, nil
	case errors.Is(err, sasl.ErrNoMechanism):
		return nil, c.fail(fact.AuthNoMechanism, err.Error())
	}
	return nil, c.fail(fact.SecretMissing, err.Error())
}

// password gives the password for the protocol's own command, in which a line end
// would begin another.
func (c *conversation) password() (string, *fact.Failure) {
	s, err := c.credentials().Password()
	switch {
	case err != nil:
		return "", c.fail(fact.SecretMissing, err.Error())
	case s == "" || len(s) > sasl.MaxSecret || strings.ContainsFunc(s+c.o.Login.Username, control):
		return "", c.fail(fact.SecretMissing, "the user name or the password is empty, too long, or has a control character")
	}
	return s, nil
}

func control(r rune) bool { return r < ' ' || r == 0x7f }

// maxRounds bounds the challenges of one login; SCRAM has two.
const maxRounds = 8

// exchange is one login by SASL. The verb comes with what stands before it; room
// is how many octets the first line may have for an initial response to go with
// it (RFC 4959, RFC 5034 section 4), 0: it may not. answer hears a challenge, or
// the end.
func (c *conversation) exchange(client sasl.Client, verb string, room int, answer func() (string, response, *fact.Failure)) *fact.Failure {
	name, initial, err := client.Start()
	if err != nil {
		return c.fail(fact.SecretMissing, err.Error())
	}
	if initial != nil {
		c.hush.AddSent(encode(initial))
	}
	line := verb + " " + name
	if first := line + " " + encode(initial); initial != nil && len(first)+2 <= room {
		line, initial = first, nil
	}
	if f := c.say(line, verb+" "+name+" "+hidden); f != nil {
		return f
	}
	for range maxRounds {
		challenge, r, f := answer()
		switch {
		case f != nil:
			return f
		case r.word != "":
			return c.verdict(client, r)
		}
		next := initial
		if initial == nil {
			next, err = reply(client, challenge)
		}
		if err != nil {
			return c.abandon(err, answer)
		}
		initial = nil
		answered := base64.StdEncoding.EncodeToString(next)
		c.hush.AddSent(answered)
		if f := c.say(answered, hidden); f != nil {
			return f
		}
	}
	c.mute = true
	return c.fail(fact.LimitExceeded, "the server asks again and again")
}

// encode writes an initial response; an empty one is "=" (RFC 4959 section 3).
func encode(initial []byte) string {
	if len(initial) == 0 {
		return "="
	}
	return base64.StdEncoding.EncodeToString(initial)
}

func reply(client sasl.Client, challenge string) ([]byte, error) {
	b, err := base64.StdEncoding.DecodeString(challenge)
	if err != nil {
		return nil, errors.Join(sasl.ErrChallenge, errBase64)
	}
	return client.Next(b)
}

var errBase64 = errors.New("a challenge is not Base64")

// verdict is what the end of a login means. A server that says yes and has not
// proved itself, where the mechanism asks that of it, is not believed.
func (c *conversation) verdict(client sasl.Client, r response) *fact.Failure {
	if !r.ok() {
		return c.refusal(r)
	}
	if err := client.Finish(); err != nil {
		return c.fail(fact.ReplyInvalid, err.Error())
	}
	return nil
}

// refusal is the failure of a login that the server refused.
func (c *conversation) refusal(r response) *fact.Failure {
	label, reason := refused(r.code)
	c.said = label
	return c.fail(reason, r.String())
}

// abandon gives up a login of which the server has asked what we do not say, and
// hears the end of it. A server that refuses a token does it in this way.
func (c *conversation) abandon(why error, answer func() (string, response, *fact.Failure)) *fact.Failure {
	f := c.fail(fact.ReplyInvalid, why.Error())
	if errors.Is(why, sasl.ErrRejected) {
		f.Reason = fact.LoginFailed
	}
	if c.say("*", "*") != nil {
		return f
	}
	_, r, broken := answer()
	if broken == nil && r.code != "" && !r.ok() {
		c.said, f.Reason = refused(r.code)
		f.Detail = c.hush.Clean(r.String())
	}
	return f
}

func labels(mechanisms []string) []string { return sasl.Labels(mechanisms) }
