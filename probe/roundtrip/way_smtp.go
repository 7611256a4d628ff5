package roundtrip

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/netip"

	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/reply"
	"mx_exporter/probe/smtp"
)

// waySMTP gives messages to one named server, logging in where the configuration
// has somebody to log in as.
type waySMTP struct{ door }

func newWaySMTP(env *probe.Env, r config.RoundTrip) (*waySMTP, error) {
	host, port := r.Send.Endpoint()
	d, err := newDoor(env, r, host, port)
	if err != nil {
		return nil, err
	}
	return &waySMTP{d}, nil
}

// relayServer names the server that takes the messages.
func relayServer(s config.Send) string { return doorName(s.Endpoint()) }

// Servers implements [Sender].
func (w *waySMTP) Servers(ctx context.Context) []string {
	return serversOf(ctx, w.dns, domainOf(w.trip.Send.To))
}

// Send implements [Sender]. The addresses of the server are tried one after the
// other, as long as nobody has answered.
func (w *waySMTP) Send(ctx context.Context, p Parcel) Sent {
	as, f := w.env.Addresses(ctx, w.dns, w.host)
	if f != nil {
		return Sent{Outcome: smtp.NotSent, Failure: f, Temporary: f.Reason != fact.DNSNXDomain && f.Reason != fact.DNSNoData}
	}
	last := Sent{Outcome: smtp.NotSent, Failure: &fact.Failure{Reason: fact.DNSNoData, Detail: "the server has no address"}}
	for _, a := range as[:min(len(as), maxAddresses)] {
		if last = w.offer(ctx, a, p); last.decided() || last.Failure.Stage != fact.Connect || ctx.Err() != nil {
			return last
		}
	}
	return last
}

func (w *waySMTP) offer(ctx context.Context, a netip.Addr, p Parcel) Sent {
	fail := func(f *fact.Failure) Sent { return Sent{Outcome: smtp.NotSent, Failure: f, Temporary: true} }
	o, login, f := w.options()
	if f != nil {
		return withheld(f)
	}
	give, f := w.env.Turn(ctx, netip.AddrPortFrom(a, w.port))
	if f != nil {
		return fail(f)
	}
	defer give()
	p.Note(fmt.Sprintf("talking to %s [%s]", w.host, a))
	conn, done, f := w.reach(ctx, a)
	if f != nil {
		return fail(f)
	}
	defer done()
	o.Name = w.env.Announce(w.trip.Send.EHLOName, conn.LocalAddr())
	if login == nil {
		return deliver(ctx, conn, p, o)
	}
	return w.authenticated(ctx, conn, p, o, login)
}

// withheld is a message for which nobody was talked to, since our side could not
// log in. A login that waits is as good as refused: the server has said so.
func withheld(f *fact.Failure) Sent {
	s := Sent{Outcome: smtp.NotSent, Failure: f}
	if f.Reason == fact.LoginBackoff {
		s.Class = reply.AuthRequired
	}
	return s
}

// authenticated is for a login, which has to wait where it has failed before
// (faults I5). The same password is not said twice for one message.
func (w *waySMTP) authenticated(ctx context.Context, conn net.Conn, p Parcel, o smtp.Options, login *probe.Attempt) Sent {
	d := smtp.Deliver(ctx, conn, o, smtp.Message{From: p.From, To: p.To, Content: p.Content})
	ok := d.Auth != nil && d.Auth.OK
	login.Told(ok, d.Failure)
	s := ofDialogue(d)
	if s.Failure != nil && s.Failure.Stage == fact.Auth && !ok && s.Failure.Reason != fact.LoginUnavailable {
		s.Temporary = false
	}
	return s
}

// options gives no login where the configuration has nobody to log in as.
func (w *waySMTP) options() (o smtp.Options, login *probe.Attempt, f *fact.Failure) {
	s := w.trip.Send
	o.Host, o.StartTLS = cmp.Or(s.TLSConfig.ServerName, w.host), smtp.Required
	switch s.TLS {
	case config.ConnImplicit:
		o.ImplicitTLS, o.StartTLS = true, smtp.Never
	case config.ConnNever:
		o.StartTLS = smtp.Never
	case config.ConnStartTLS:
	}
	var err error
	if o.TLS, o.Verifier, err = w.env.Trust(s.TLSConfig.Prometheus()); err != nil {
		return o, nil, &fact.Failure{Reason: fact.SecretMissing, Detail: err.Error()}
	}
	if !s.Set() {
		return o, nil, nil
	}
	if login, f = w.env.Login(relayServer(s), s.Credentials, w.trip.DNS); f != nil {
		return o, nil, f
	}
	o.Auth = &smtp.Auth{Credentials: *login.Who, Port: int(w.port), Loopback: s.TLS == config.ConnNever || s.TLSConfig.InsecureSkipVerify}
	return o, login, nil
}
