package probe

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"

	"mx_exporter/probe/dial"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/smtp"
)

// converse holds one conversation with one address of a host: it waits for the
// turn, connects, and goes through the dialogue.
func (r *run) converse(ctx context.Context, h *Host, a *Address) {
	policy := dial.Policy{Allow: r.module.Allowed()}
	if class, ok := policy.Check(a.IP); !ok {
		err := &dial.BlockedError{Address: a.IP, Class: class}
		a.Failure = &fact.Failure{Stage: fact.Connect, Reason: fact.AddressBlocked, Detail: err.Error()}
		return
	}
	began := time.Now()
	if !r.env.turns.take(ctx, a.IP) {
		a.Failure = &fact.Failure{Stage: fact.Queue, Reason: fact.LocalOverload, Detail: "other probes kept this address busy until the time was up"}
		return
	}
	defer r.env.turns.give(a.IP)
	queue := smtp.Stage{Stage: fact.Queue, Took: fact.Elapsed(time.Since(began))}

	defer r.env.traffic.begin()()
	began = time.Now()
	conn, err := r.connect(ctx, policy, a.IP)
	connect := smtp.Stage{Stage: fact.Connect, Took: fact.Elapsed(time.Since(began))}
	if err != nil {
		a.Dialogue = &smtp.Dialogue{Stages: []smtp.Stage{queue, connect}}
		a.Failure = r.connectFailure(ctx, err)
	} else {
		o := r.smtpOptions(h.Name, conn)
		o.Unknown = r.unknown(a.IP)
		a.Dialogue = smtp.Run(ctx, conn, o)
		a.Dialogue.Stages = append([]smtp.Stage{queue, connect}, a.Dialogue.Stages...)
		a.Failure = a.Dialogue.Failure
		r.env.traffic.received.Add(uint64(a.Dialogue.Received))
	}
	r.learnUnknown(a)
	r.env.egress.note(r.module.SMTP.Port, a.IP, r.target.Domain, a.Failure, began)
	if cutShort(a.Failure) {
		r.excuse(a, time.Duration(queue.Took))
	}
}

// connect dials within the stage's own time.
func (r *run) connect(ctx context.Context, p dial.Policy, ip netip.Addr) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(r.module.SMTP.Timeouts.Connect))
	defer cancel()
	d := dial.Dialer{Policy: p, Dial: r.env.Dial, Routed: r.env.Routed}
	return d.DialContext(ctx, "tcp", netip.AddrPortFrom(ip, uint16(r.module.SMTP.Port)).String())
}

func (r *run) connectFailure(ctx context.Context, err error) *fact.Failure {
	f := &fact.Failure{Stage: fact.Connect, Reason: dial.ReasonOf(err), Detail: cause(err)}
	if f.Reason == fact.ConnectTimeout && over(ctx) {
		f.Reason = fact.ProbeTimeout
	}
	return f
}

// over reports that the time of ctx is up, also where its own timer has not
// noticed yet: a socket with the same deadline may be the first to.
func over(ctx context.Context) bool {
	deadline, ok := ctx.Deadline()
	return ctx.Err() != nil || ok && !time.Now().Before(deadline)
}

// cause is the operating system's own words, without the address and the call
// that stand beside them anyway.
func cause(err error) string {
	var sys syscall.Errno
	if errors.As(err, &sys) {
		return sys.Error()
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) {
		return "no connection in time"
	}
	return err.Error()
}

// cutShort reports that the probe's time, not the server, ended a conversation.
func cutShort(f *fact.Failure) bool { return f != nil && f.Reason == fact.ProbeTimeout }

// What a server is given, at least, before silence at a stage is held against
// it. A dead host is silent for ever; a sound one may let a stranger wait for
// its greeting (postscreen: 6 s).
const (
	fairConnect = 5 * time.Second
	fairStage   = 8 * time.Second
)

// excuse takes the blame off a server that the probe's own end cut short, where
// it had no fair chance: the stage under way was given too little time, or the
// conversation began late because other probes held the address.
func (r *run) excuse(a *Address, queued time.Duration) {
	fair, held := fairStage, time.Duration(0)
	if a.Failure.Stage == fact.Connect {
		fair = fairConnect
	}
	for _, s := range a.Dialogue.Stages {
		if s.Stage == a.Failure.Stage {
			held = time.Duration(s.Took)
		}
	}
	switch {
	case queued > time.Duration(r.result.Timeout)/10:
		a.Failure = &fact.Failure{Stage: a.Failure.Stage, Reason: fact.LocalOverload, Detail: "other probes kept this address busy, and the time left was too short"}
	case held < fair:
		a.Failure = &fact.Failure{Stage: a.Failure.Stage, Reason: fact.NotTested, Detail: "the probe's time was up before the server had a fair chance to answer"}
	}
}

// smtpOptions turns a module into what the dialogue needs.
func (r *run) smtpOptions(host string, conn net.Conn) smtp.Options {
	c := r.module.SMTP
	name := ehloName(c.EHLOName, r.env.Hostname, conn.LocalAddr())
	r.env.outgoing.note(conn.LocalAddr(), name, r.module, time.Now())
	return smtp.Options{
		Host: r.certified(host), Name: name,
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

// certified is the name that a host's certificate has to hold: its own, or the
// one that the module gives.
func (r *run) certified(host string) string {
	return cmp.Or(r.module.SMTP.TLS.ServerName, host)
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
