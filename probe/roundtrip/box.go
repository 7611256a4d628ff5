package roundtrip

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/dial"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mailbox"
)

// Mailbox is where messages are looked for.
type Mailbox interface {
	// Open logs in. A nil failure comes with a session.
	Open(ctx context.Context) (mailbox.Session, *fact.Failure)
}

// box is the real mailbox of a trip.
type box struct{ door }

func newBox(env *probe.Env, r config.RoundTrip) (*box, error) {
	host, port := r.Fetch.Endpoint()
	d, err := newDoor(env, r, host, port)
	if err != nil {
		return nil, err
	}
	return &box{d}, nil
}

// boxKey names a mailbox among the [locks]: its server and its user.
func boxKey(f config.Fetch) string {
	return strings.ToLower(boxServer(f) + " " + f.Username)
}

// boxServer names the server of a mailbox.
func boxServer(f config.Fetch) string { return doorName(f.Endpoint()) }

// Open implements [Mailbox]. The addresses of the server are tried until one lets
// itself be connected to.
func (b *box) Open(ctx context.Context) (mailbox.Session, *fact.Failure) {
	o, login, f := b.options()
	if f != nil {
		return nil, f
	}
	as, f := b.env.Addresses(ctx, b.dns, b.host)
	if f != nil {
		return nil, f
	}
	f = &fact.Failure{Reason: fact.DNSNoData, Detail: "the mailbox's server has no address"}
	for _, a := range as[:min(len(as), maxAddresses)] {
		conn, done, failed := b.reach(ctx, a)
		if f = failed; f != nil {
			continue
		}
		s, d, err := mailbox.Open(ctx, conn, o)
		login.Told(d.Login != nil && d.Login.OK, d.Failure)
		if err != nil {
			done()
			return nil, failureOf(err)
		}
		return &counted{s, done}, nil
	}
	return nil, f
}

// counted tells the counter of connections when a session is over.
type counted struct {
	mailbox.Session
	done func()
}

// Close implements [mailbox.Session].
func (c *counted) Close() error {
	defer func() { c.done(); c.done = func() {} }()
	return c.Session.Close()
}

func (b *box) options() (o mailbox.Options, login *probe.Attempt, f *fact.Failure) {
	c := b.trip.Fetch
	o = mailbox.Options{
		Protocol: mailbox.IMAP, Host: cmp.Or(c.TLSConfig.ServerName, b.host), Security: mailbox.Implicit,
		Loopback: c.TLS == config.ConnNever || c.TLSConfig.InsecureSkipVerify,
		Limits:   mailbox.Limits{Literal: largest(b.trip), Total: 4 * largest(b.trip)},
	}
	if c.Protocol == config.FetchPOP3 {
		o.Protocol = mailbox.POP3
	}
	switch c.TLS {
	case config.ConnStartTLS:
		o.Security = mailbox.StartTLS
	case config.ConnNever:
		o.Security = mailbox.Clear
	case config.ConnImplicit:
	}
	var err error
	if o.TLS, o.Verifier, err = b.env.Trust(c.TLSConfig.Prometheus()); err != nil {
		return o, nil, &fact.Failure{Stage: fact.TLS, Reason: fact.SecretMissing, Detail: err.Error()}
	}
	if login, f = b.env.Login(boxServer(c), c.Credentials, b.trip.DNS); f == nil {
		o.Login = login.Who
	}
	return o, login, f
}

// largest is how much of a message is read: what was sent, in the size that base64
// and some rewriting give it, and what filters add. A bounce may return all of it.
func largest(r config.RoundTrip) int {
	const added = 1 << 20
	return added + r.Attachment.Size*3/2
}

// failureOf is an error of a session as a failure.
func failureOf(err error) *fact.Failure {
	var f *fact.Failure
	if errors.As(err, &f) && f != nil {
		return f
	}
	return &fact.Failure{Reason: dial.ReasonOf(err), Detail: err.Error()}
}
