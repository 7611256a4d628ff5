package probe

import (
	"context"
	"net/netip"
	"time"

	"mx_exporter/probe/dial"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/smtp"
)

// line is a connection with a server that several may use. Who has it holds the
// turn at the address.
type line struct {
	env     *Env
	ip      netip.Addr
	name    string // that was asked for in TLS
	began   time.Time
	connect smtp.Stage
	end     func()       // of the traffic's count
	talk    *smtp.Shared // nil: nothing was opened
}

// fairShare is how long a conversation may go on while others want the address
// that have no part in it.
const fairShare = 5 * time.Second

// more reports whether somebody else may be asked about on l, which may be nil.
func (l *line) more() bool {
	return l != nil && l.talk != nil && l.talk.More() && !l.inTheWay()
}

// inTheWay reports that it is time for those who cannot share.
func (l *line) inTheWay() bool {
	return time.Since(l.began) >= fairShare && l.env.turns.wanted(mailTurn(l.ip))
}

// hangUp ends l, which may be nil, and gives the turn back.
func (l *line) hangUp() {
	if l == nil {
		return
	}
	defer l.env.turns.give(mailTurn(l.ip))
	defer l.end()
	if l.talk != nil {
		l.talk.Close()
		l.env.traffic.received.Add(uint64(l.talk.Received()))
	}
}

// wanted reports that somebody waits for a turn.
func (t *turns) wanted(k netip.AddrPort) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.waiting[k]) > 0
}

// sight is how far one came who could not open a conversation.
type sight struct {
	name     string // "": it holds whatever the name in the certificate
	began    time.Time
	connect  smtp.Stage
	dialogue *smtp.Dialogue // nil: there was no connection
	failure  *fact.Failure
}

// holdsFor reports whether a host of that name would have seen the same.
func (t *sight) holdsFor(name string) bool { return t.name == "" || t.name == name }

// silence reports that the server was waited for in vain.
func (t *sight) silence() bool {
	switch t.failure.Reason {
	case fact.ConnectTimeout, fact.BannerTimeout, fact.StageTimeout:
		return true
	}
	return false
}

// visit is what one probe has to do at one address, together with others.
type visit struct {
	*run
	host    *Host
	address *Address
	key     partyKey
	guest   *guest
	began   time.Time
	floor   bool
	line    *line // with the floor; nil: there is none yet

	queue, connect smtp.Stage
	dialled        time.Time
}

// converseTogether is converse in a conversation that probes of other domains may
// share. What was measured once is shown to each; the wait, MAIL and RCPT are its
// own.
func (r *run) converseTogether(ctx context.Context, p dial.Policy, h *Host, a *Address) {
	v := &visit{
		run: r, host: h, address: a, began: time.Now(), guest: newGuest(r.certified(h.Name)),
		key: partyKey{netip.AddrPortFrom(a.IP, uint16(h.Port)), r.module.SMTP, r.module.Limits},
	}
	if v.hold(ctx, p) {
		r.conclude(h, a, v.queue, v.connect, v.dialled)
	}
}

// hold waits for the floor and uses it. It reports false when the time was up
// before the server's turn came.
func (v *visit) hold(ctx context.Context, p dial.Policy) bool {
	defer v.leave() // after a panic, too
	got, ok := v.env.parties.enter(ctx, v.key, v.guest)
	for {
		switch {
		case !ok:
			v.address.Failure = kept()
			return false
		case got.tried != nil:
			v.show(got.tried)
			return true
		}
		v.floor, v.line = true, got.line
		if v.line == nil || v.fits() {
			return v.use(ctx, p)
		}
		v.floor = false
		got, ok = v.env.parties.stepBack(ctx, v.key, v.guest, v.line)
	}
}

// use asks in the conversation that came with the floor, and in one of its own
// where there was none or that one is over.
func (v *visit) use(ctx context.Context, p dial.Policy) bool {
	if v.line != nil {
		if v.ask(ctx) {
			v.env.parties.shared.Add(1)
			return true
		}
		v.line.hangUp()
		v.line = nil
	}
	if !v.env.turns.take(ctx, mailTurn(v.address.IP)) {
		v.address.Failure = kept()
		return false
	}
	if v.open(ctx, p) {
		v.ask(ctx)
	}
	return true
}

// kept is the failure of a probe that did not get at an address.
func kept() *fact.Failure {
	return &fact.Failure{Stage: fact.Queue, Reason: fact.LocalOverload, Detail: "other probes kept this address busy until the time was up"}
}

// leave gives the floor on, or hangs up where nobody wants it.
func (v *visit) leave() {
	if v.floor {
		v.env.parties.pass(v.key, v.line).hangUp()
	}
}

// fits reports whether a conversation that was opened under one name says about
// this host what one under its own would: in clear, under the same name, and where
// the certificate that the server showed is good for this name as well. A server
// with a certificate for each name is asked for each.
func (v *visit) fits() bool {
	facts := v.line.talk.Opening().TLS
	return facts == nil || v.line.name == v.guest.name || v.namedAnew(facts, v.host).PKIX.OK
}

// open connects and introduces us, in the turn that was taken. What the server does
// wrong there, it would have done to all who wait, and is shown to them.
func (v *visit) open(ctx context.Context, p dial.Policy) bool {
	v.waited()
	v.line = &line{env: v.env, ip: v.address.IP, name: v.guest.name, began: time.Now(), end: v.env.traffic.begin()}
	v.dialled = v.line.began
	conn, err := v.run.connect(ctx, p, v.key.to)
	v.connect = smtp.Stage{Stage: fact.Connect, Took: fact.Elapsed(time.Since(v.dialled))}
	v.line.connect = v.connect
	if err != nil {
		v.fail(v.connectFailure(ctx, err), nil)
		return false
	}
	o := v.smtpOptions(v.host, conn)
	v.line.talk = smtp.OpenShared(ctx, conn, o)
	d := v.line.talk.Opening()
	if d.Failure == nil {
		v.env.parties.opened(v.key)
		return true
	}
	v.fail(d.Failure, &d)
	v.address.Dialogue = v.line.talk.Dialogue()
	return false
}

// fail keeps why there is no conversation, and tells those who wait. What lies in
// our own time or on our own side says nothing to them.
func (v *visit) fail(f *fact.Failure, d *smtp.Dialogue) {
	v.address.Failure = f
	if f.Reason.Local() || cutShort(f) {
		return
	}
	n := &sight{began: v.dialled, connect: v.connect, dialogue: d, failure: f}
	if d != nil && (f.Stage == fact.TLS || f.Stage == fact.EHLOTLS) {
		n.name = v.guest.name
	}
	v.env.parties.tell(v.key, n)
}

// waited ends the wait for the server.
func (v *visit) waited() {
	v.queue = smtp.Stage{Stage: fact.Queue, Took: fact.Elapsed(time.Since(v.began))}
}

// show takes over what another saw.
func (v *visit) show(n *sight) {
	v.waited()
	v.connect, v.dialled = n.connect, n.began
	v.address.Failure = n.failure
	if n.dialogue != nil {
		d := *n.dialogue
		v.address.Dialogue = &d
	}
}

// ask asks about the domain's own recipients. It reports false where the server
// takes no more transactions in this conversation.
func (v *visit) ask(ctx context.Context) bool {
	if v.queue.Stage == "" {
		v.waited()
	}
	answer := v.line.talk.Ask(ctx, v.recipients(), v.grace)
	if answer == nil {
		return false
	}
	v.queue.Took += fact.Elapsed(answer.Reset)
	v.connect, v.dialled = v.line.connect, v.line.began
	d := answer.Dialogue
	if d.TLS != nil && v.line.name != v.guest.name {
		facts := v.namedAnew(d.TLS, v.host)
		d.TLS = &facts
	}
	v.address.Dialogue, v.address.Failure = d, d.Failure
	return true
}
