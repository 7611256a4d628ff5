package probe

import (
	"context"
	"net"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mailbox"
)

// openMailbox holds a conversation with a server of IMAP or POP3.
func (r *run) openMailbox(ctx context.Context, conn net.Conn, h *Host, a *Address) *fact.Failure {
	o, login := r.mailboxOptions(h), r.login(ctx, a)
	var (
		ok      bool
		refusal *fact.Failure
	)
	defer func() { login.told(ok, refusal) }() // after a panic, too
	o.Login = login.who
	a.Mailbox = mailbox.Probe(ctx, conn, o)
	r.env.traffic.received.Add(uint64(a.Mailbox.Received))
	if tried := a.Mailbox.Login; tried != nil {
		ok, refusal = tried.OK, a.Mailbox.Failure
	}
	return login.missing(a.Mailbox.Failure)
}

// mailboxOptions turns a module into what the dialogue needs.
func (r *run) mailboxOptions(h *Host) mailbox.Options {
	t := r.module.Mailbox.Timeouts
	return mailbox.Options{
		Protocol: protocol(r.module.Prober), Host: r.certified(h.Name),
		Security: security(h.TLS), TLS: r.trust.config, Verifier: r.trust.verifier,
		Loopback: r.trusting(h),
		Timeouts: mailbox.Timeouts{
			Banner: time.Duration(t.Banner), Command: time.Duration(t.Command),
			TLS: time.Duration(t.TLS), Quit: time.Duration(t.Quit),
		},
		Grace: r.grace,
	}
}

func protocol(p config.Prober) mailbox.Protocol {
	if p == config.ProberPOP3 {
		return mailbox.POP3
	}
	return mailbox.IMAP
}

func security(t config.ConnTLS) mailbox.Security {
	switch t {
	case config.ConnStartTLS:
		return mailbox.StartTLS
	case config.ConnNever:
		return mailbox.Clear
	case config.ConnImplicit:
	}
	return mailbox.Implicit
}

// trusting reports that the operator lets a login go out unprotected, which the
// configuration allows to a server on a loopback address alone.
func (r *run) trusting(h *Host) bool {
	return r.module.Server != "" && (h.TLS == config.ConnNever || tlsSettings(r.module).InsecureSkipVerify)
}
