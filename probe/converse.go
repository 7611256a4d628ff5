package probe

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe/dial"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/smtp"
)

// converse holds one conversation with one address of a host: it waits for the
// turn, connects, and goes through the dialogue.
func (r *run) converse(ctx context.Context, h *Host, a *Address) {
	policy := r.policy()
	if class, ok := policy.Check(a.IP); !ok {
		err := &dial.BlockedError{Address: a.IP, Class: class}
		a.Failure = &fact.Failure{Stage: fact.Connect, Reason: fact.AddressBlocked, Detail: err.Error()}
		return
	}
	if r.module.Shares() {
		r.converseTogether(ctx, policy, h, a)
		return
	}
	began := time.Now()
	turn := r.turnAt(h, a)
	if !r.env.turns.take(ctx, turn) {
		a.Failure = kept()
		return
	}
	defer r.env.turns.give(turn)
	queue := smtp.Stage{Stage: fact.Queue, Took: fact.Elapsed(time.Since(began))}

	defer r.env.traffic.begin()()
	began = time.Now()
	conn, err := r.connect(ctx, policy, netip.AddrPortFrom(a.IP, uint16(h.Port)))
	connect := smtp.Stage{Stage: fact.Connect, Took: fact.Elapsed(time.Since(began))}
	if err != nil {
		a.Failure = r.connectFailure(ctx, err)
	} else {
		a.Failure = r.dialogue(ctx, conn, h, a)
		r.otherCertificate(ctx, policy, h, a)
	}
	r.conclude(h, a, queue, connect, began)
}

// conclude puts together what came of a conversation that was begun at a time.
func (r *run) conclude(h *Host, a *Address, queue, connect smtp.Stage, began time.Time) {
	a.before(r.module.Prober, queue, connect)
	r.learnUnknown(a)
	r.env.egress.note(h.Port, a.IP, r.target.Domain, a.Failure, began)
	if cutShort(a.Failure) {
		r.excuse(a, time.Duration(queue.Took))
	}
}

// dialogue goes through the protocol that the module is about.
func (r *run) dialogue(ctx context.Context, conn net.Conn, h *Host, a *Address) *fact.Failure {
	if inMailbox(r.module.Prober) {
		return r.openMailbox(ctx, conn, h, a)
	}
	if r.module.Prober == config.ProberSubmission {
		return r.submit(ctx, conn, h, a)
	}
	o := r.smtpOptions(h, conn)
	o.Unknown = r.unknown(a.IP)
	a.Dialogue = smtp.Run(ctx, conn, o)
	r.env.traffic.received.Add(uint64(a.Dialogue.Received))
	return a.Dialogue.Failure
}

// policy says what may be dialled. A server that the configuration names is the
// operator's own word, wherever it stands.
func (r *run) policy() dial.Policy {
	if r.module.Server != "" {
		return dial.Policy{Allow: everywhere()}
	}
	return dial.Policy{Allow: r.module.Allowed()}
}

func everywhere() []netip.Prefix {
	return []netip.Prefix{netip.PrefixFrom(netip.IPv4Unspecified(), 0), netip.PrefixFrom(netip.IPv6Unspecified(), 0)}
}

// connect dials within the stage's own time.
func (r *run) connect(ctx context.Context, p dial.Policy, to netip.AddrPort) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, r.connectTime())
	defer cancel()
	d := dial.Dialer{Policy: p, Dial: r.env.Dial, Routed: r.env.Routed}
	return d.DialContext(ctx, "tcp", to.String())
}

func (r *run) connectTime() time.Duration {
	if inMailbox(r.module.Prober) {
		return time.Duration(r.module.Mailbox.Timeouts.Connect)
	}
	return time.Duration(r.module.SMTP.Timeouts.Connect)
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
	for _, s := range a.Steps() {
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
