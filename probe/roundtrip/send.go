package roundtrip

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/roundtrip/letter"
	"mx_exporter/probe/smtp"
)

// The times between attempts to send one message: greylisting lets a stranger wait
// for one to five minutes, and a sender that comes back sooner is no more welcome.
const (
	firstRetry = 30 * time.Second
	lastRetry  = 5 * time.Minute
)

// send hands a message over, and tries again while it is refused for now and
// there is time. When ctx is called off, the message stays without an outcome: the
// process that comes after may find it.
func (t *trip) send(ctx context.Context, f *flight) {
	began := time.Now()
	t.learnServers(ctx)
	work, cancel := context.WithDeadline(ctx, f.deadline)
	defer cancel()
	p := t.parcel(f)
	var s Sent
	for wait := firstRetry; ; wait = min(2*wait, lastRetry) {
		s = t.attempt(work, f, p)
		if errors.Is(ctx.Err(), context.Canceled) && s.Outcome == smtp.NotSent {
			return
		}
		if s.decided() || work.Err() != nil || !pause(work, wait, func() {
			f.tell(fmt.Sprintf("not taken for now (%s), and tried again in %s", s.brief(), wait))
		}) {
			break
		}
	}
	if errors.Is(ctx.Err(), context.Canceled) && s.Outcome == smtp.NotSent {
		return
	}
	t.settle(f, s, began)
}

// attempt is one try within its own time.
func (t *trip) attempt(ctx context.Context, f *flight, p Parcel) Sent {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(t.c.Timeout))
	defer cancel()
	s := t.sender.Send(ctx, p)
	t.mu.Lock()
	defer t.mu.Unlock()
	r := f.run
	r.Attempts++
	if s.Class != "" {
		r.Class = s.Class
	}
	r.Host, r.Reply, r.Talk = s.Host, s.Said, s.Talk
	return s
}

// pause waits unless the time is up sooner, which it reports by false.
func pause(ctx context.Context, d time.Duration, first func()) bool {
	if end, ok := ctx.Deadline(); ok && time.Until(end) <= d {
		return false
	}
	first()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (t *trip) parcel(f *flight) Parcel {
	l := letter.Letter{
		Token: f.token, Trip: t.name, From: t.c.Send.From, To: t.c.Send.To,
		Attachment: t.c.Attachment.Size, EICAR: t.c.EICAR != "",
	}
	t.mu.Lock()
	turn := t.turn - 1
	t.mu.Unlock()
	return Parcel{From: letter.Sender(l.From, f.token), To: l.To, Content: l.Message(), Turn: turn, Note: f.tell}
}

// learnServers looks up who takes the recipient's mail, to know them again on the
// way of what arrives.
func (t *trip) learnServers(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	hosts := t.sender.Servers(ctx)
	if hosts == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.servers = hosts
}

// settle takes in what became of the sending.
func (t *trip) settle(f *flight, s Sent, began time.Time) {
	now := time.Now()
	took := Timing{StageSend, fact.Elapsed(now.Sub(began))}
	t.mu.Lock()
	f.sending = false
	f.run.Stages = append([]Timing{took}, f.run.Stages...)
	f.accepted = now
	f.out = s.Outcome == smtp.Taken || s.Outcome == smtp.Unknown
	f.unsure = s.Outcome == smtp.Unknown
	if f.out {
		t.mu.Unlock()
		f.tell("handed over" + s.to() + s.quoted())
		t.save()
		t.rouse()
		return
	}
	f.run.Failure = &Failure{Stage: StageSend, Reason: s.Failure.Reason, Detail: s.Failure.Detail}
	outcome := Unsent
	switch {
	case excuses(s.Failure.Reason):
		outcome = Unknown
	case s.Class != "" || s.Failure.Reason == ReasonProgram:
		outcome = Refused
	}
	if !s.Temporary && (s.Failure.Stage == fact.Data || aboutContent(s.Class)) {
		f.run.EICAR = t.keptOut()
	}
	t.mu.Unlock()
	f.tell("not sent" + s.to() + ": " + s.brief() + s.quoted())
	t.finish(f, outcome)
}

func (s Sent) to() string {
	if s.Host == "" {
		return ""
	}
	return " to " + s.Host
}

// brief is why, without words from outside.
func (s Sent) brief() string {
	switch {
	case s.Class != "":
		return string(s.Class)
	case s.Failure != nil:
		return string(s.Failure.Reason)
	}
	return string(s.Outcome)
}

func (s Sent) quoted() string {
	if s.Said == "" {
		return ""
	}
	return ", and was told " + strconv.QuoteToASCII(s.Said[:min(len(s.Said), 200)])
}
