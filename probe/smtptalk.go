package probe

import (
	"cmp"
	"context"
	"net"
	"net/netip"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/smtp"
)

// smtpOptions turns a module into what the dialogue needs.
func (r *run) smtpOptions(h *Host, conn net.Conn) smtp.Options {
	c := r.module.SMTP
	name := ehloName(c.EHLOName, r.env.Hostname, conn.LocalAddr())
	r.env.outgoing.note(conn.LocalAddr(), name, r.module, time.Now())
	return smtp.Options{
		Host: r.certified(h.Name), Name: name,
		MailFrom: c.Sender(name), Recipients: r.recipients(), Relay: r.relayForms(),
		StartTLS: startTLS(c.StartTLS), TLS: r.trust.config, Verifier: r.trust.verifier,
		Timeouts: smtp.Timeouts{
			Banner: time.Duration(c.Timeouts.Banner), Command: time.Duration(c.Timeouts.Command),
			TLS: time.Duration(c.Timeouts.TLS), Quit: time.Duration(c.Timeouts.Quit),
		},
		Pipelining: c.Pipelining, Grace: r.grace,
		Limits: replyLimits(r.module.Limits),
	}
}

// submit looks at a server that users send through. It ends after AUTH, or after
// EHLO where nobody logs in: no message is ever begun there.
func (r *run) submit(ctx context.Context, conn net.Conn, h *Host, a *Address) *fact.Failure {
	o, login := r.smtpOptions(h, conn), r.login(ctx, a)
	var (
		ok      bool
		refusal *fact.Failure
	)
	defer func() { login.told(ok, refusal) }() // after a panic, too
	o.MailFrom, o.Recipients, o.Relay = "", nil, nil
	o.ImplicitTLS, o.StartTLS = h.TLS == config.ConnImplicit, smtp.Never
	if h.TLS == config.ConnStartTLS {
		o.StartTLS = smtp.Required
	}
	if login.who != nil {
		o.Auth = &smtp.Auth{Credentials: *login.who, Port: h.Port, Loopback: r.trusting(h)}
	}
	a.Dialogue = smtp.Run(ctx, conn, o)
	r.env.traffic.received.Add(uint64(a.Dialogue.Received))
	if auth := a.Dialogue.Auth; auth != nil && auth.Refusal != smtp.ForNow {
		ok, refusal = auth.OK, a.Dialogue.Failure
	}
	return login.missing(a.Dialogue.Failure)
}

// certified is the name that a host's certificate has to hold: its own, or the
// one that the module gives.
func (r *run) certified(host string) string {
	return cmp.Or(tlsSettings(r.module).ServerName, host)
}

// ehloName is the name to announce: the one configured, else the machine's when
// it is a full name, else the address that we speak from as a literal (RFC 5321
// section 4.1.4).
func ehloName(configured, machine string, local net.Addr) string {
	if configured != "" {
		return configured
	}
	if _, wrong := parseDomain(machine); wrong == "" {
		return machine
	}
	ap, err := netip.ParseAddrPort(local.String())
	switch {
	case err != nil:
		return "[127.0.0.1]"
	case ap.Addr().Unmap().Is4():
		return "[" + ap.Addr().Unmap().String() + "]"
	}
	return "[IPv6:" + ap.Addr().WithZone("").String() + "]"
}

// recipients are the mailboxes to try: the one asked for, or the module's local
// parts at the domain.
func (r *run) recipients() []string {
	if r.target.Recipient != "" {
		return []string{r.target.Recipient}
	}
	var to []string
	for _, local := range r.module.Recipients.Check {
		to = append(to, local+"@"+r.target.Domain)
	}
	return to
}

// relayTest is a mailbox that is nobody's: example.com belongs to no mail server
// (RFC 2606 section 3).
const relayTest = "mx-exporter-relay-test@example.com"

// relayForms are the recipients whose acceptance makes a server an open relay,
// where the module asks for that test: a foreign mailbox, and the same behind a
// source route (RFC 5321 appendix C). Forms that a server may take for a local
// mailbox, as user%domain, prove nothing and are left out.
func (r *run) relayForms() []string {
	if !r.module.SMTP.OpenRelay {
		return nil
	}
	return []string{relayTest, "@" + r.target.Domain + ":" + relayTest}
}
