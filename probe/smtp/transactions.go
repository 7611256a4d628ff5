package smtp

import (
	"context"
	"fmt"
	"net"
	"slices"
	"time"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/talk"
)

// What one shared conversation may take, so that nobody could call it abuse.
const (
	// MaxTransactions is how many are asked for in one conversation. Postfix counts
	// each RSET beyond a hundred as an error (smtpd_junk_command_limit).
	MaxTransactions int = 100
	// MaxRefusals is how many transactions may be refused in one conversation:
	// from the tenth error on Postfix delays its replies, and hangs up at the
	// twentieth (smtpd_soft_error_limit, smtpd_hard_error_limit).
	MaxRefusals int = 9
	// MaxShared is how long a conversation may last and still be given on.
	MaxShared time.Duration = time.Minute
)

// Shared is a conversation in which several ask, one after the other, about
// recipients of their own: one greeting and one handshake, and a transaction for
// each (RFC 5321 section 4.1.4 lets a client begin as many as it likes). Each is
// given a [Dialogue] as if the conversation had been held for it alone, with the
// opening as it was measured once. It is not for use by several goroutines at
// once, and ends with [Shared.Close].
type Shared struct {
	c       *Conversation
	began   time.Time
	opening Dialogue
	said    *talk.Transcript // as far as the opening goes
	heard   int              // octets of the opening
	from    int              // octets before the transaction under way
	asked   int
	refused int
	denied  bool // MAIL was refused to the first
	spent   bool // nothing more may be asked
}

// OpenShared opens a conversation as [Open] does. What the options say of
// recipients is checked beforehand and not asked yet; asides and logins have no
// place in a conversation that others share.
func OpenShared(ctx context.Context, conn net.Conn, o Options) *Shared {
	o.Unknown, o.Relay, o.Auth = "", nil, nil
	began := time.Now()
	c, f := Open(ctx, conn, o)
	c.stays = true
	c.end()
	c.d.Failure = f
	s := &Shared{c: c, began: began, said: c.t, heard: c.r.Received(), spent: f != nil}
	s.note()
	s.opening = *c.d
	return s
}

// Opening is the dialogue as far as it is the same for everybody, with the failure
// that ended it there.
func (s *Shared) Opening() Dialogue {
	d := s.opening
	d.Stages = slices.Clone(d.Stages)
	return d
}

// Dialogue is that of who has the conversation now; [Shared.Close] completes it.
func (s *Shared) Dialogue() *Dialogue { return s.c.d }

// More reports whether somebody else may ask in this conversation.
func (s *Shared) More() bool {
	return !s.spent && s.asked < MaxTransactions && s.refused < MaxRefusals &&
		time.Since(s.began) < MaxShared && s.c.r.Left() > s.c.r.Received()
}

// Answer is what came of one transaction.
type Answer struct {
	Dialogue *Dialogue
	Reset    time.Duration // it took to clear away the transaction before
}

// Ask begins a transaction for recipients, within the time of ctx. The answer is
// nil where the server took no further transaction in this conversation, or left
// in the middle of one: that says nothing about the recipients, who are to be asked
// about in a new one. It never is for the first who asks.
//
// The time of ctx is who asks' own: its end breaks off the conversation, and
// nothing else of those who asked before.
func (s *Shared) Ask(ctx context.Context, recipients []string, grace time.Duration) *Answer {
	s.take(ctx, recipients, grace)
	first, c := s.asked == 0, s.c
	if f := c.o.check(); f != nil {
		c.d.Failure = f
		return &Answer{Dialogue: c.d}
	}
	s.asked, s.spent = s.asked+1, true // until it has gone well
	began := time.Now()
	if !first {
		c.t.Note(fmt.Sprintf("the conversation is shared; asked in it before: %d", s.asked-1))
		if f := s.reset(); f != nil {
			return s.unless(!outOfTime(f), f, began)
		}
	}
	reset := time.Since(began)
	f := c.envelope()
	c.end()
	if first {
		s.denied = f != nil && f.Stage == fact.Mail
	}
	s.spent = c.mute || c.due > 0 || s.gone(f)
	if f != nil {
		s.refused++
	}
	a := s.unless(!first && s.over(f), f, began)
	if a != nil {
		a.Reset = reset
	}
	return a
}

// take gives the conversation over to somebody.
func (s *Shared) take(ctx context.Context, recipients []string, grace time.Duration) {
	c := s.c
	s.Leave()
	c.clock = talk.NewClock(ctx, c.raw, grace)
	c.o.Recipients = recipients
	s.from = c.r.Received()
}

// Leave takes the conversation away from who asked last, before it is given to
// somebody else: the end of the one's time reaches it no more, and what the other
// does stands in no answer given before.
func (s *Shared) Leave() {
	s.c.clock.Stop()
	d := s.Opening()
	s.c.d, s.c.t = &d, s.said.Fork()
}

// reset gives up the transaction before (RFC 5321 section 4.1.1.5). It is no stage
// of the one that follows.
func (s *Shared) reset() *fact.Failure {
	c := s.c
	if c.o.MailFrom == "" {
		return nil
	}
	c.begin(fact.Mail, time.Now())
	c.clock.Allow(c.o.Timeouts.Command)
	_, f := c.ask(command{verb: rset})
	c.began = time.Time{}
	return f
}

// unless gives the answer, or none where the conversation was over before the
// recipients' turn came.
func (s *Shared) unless(over bool, f *fact.Failure, began time.Time) *Answer {
	if over {
		s.spent = true
		return nil
	}
	s.c.d.Failure = f
	s.note()
	return &Answer{Dialogue: s.c.d, Reset: time.Since(began)}
}

// note keeps what was said and heard up to now.
func (s *Shared) note() {
	s.c.d.Transcript = s.c.t.Lines()
	s.c.d.Received = s.heard + s.c.r.Received() - max(s.from, s.heard)
}

// over reports that a failure may lie in what others asked before: the server
// takes no more of us in this conversation.
func (s *Shared) over(f *fact.Failure) bool {
	switch {
	case f == nil || outOfTime(f):
		return false
	case f.Stage == fact.Mail:
		return !s.denied
	}
	return hungUp(f.Reason) || s.asksToLeave()
}

// gone reports that a failure leaves nobody to talk to.
func (s *Shared) gone(f *fact.Failure) bool {
	return f != nil && (f.Reason == fact.ReplyInvalid || hungUp(f.Reason) || s.asksToLeave())
}

// asksToLeave reports that the last reply was a 421.
func (s *Shared) asksToLeave() bool {
	d := s.c.d
	if n := len(d.Recipients); n > 0 {
		return refusedForNow(d.Recipients[n-1].Reply)
	}
	return s.c.now.Reply != nil && refusedForNow(*s.c.now.Reply)
}

// outOfTime reports a failure by who asked, not by the server.
func outOfTime(f *fact.Failure) bool {
	return f.Reason == fact.ProbeTimeout || f.Reason == fact.NotTested
}

// Received counts the octets that the server sent to all.
func (s *Shared) Received() int { return s.c.r.Received() }

// Close says QUIT where the server may still be listening, and closes the
// connection. The stage belongs to the dialogue of who asked last, which is given
// whole.
func (s *Shared) Close() *Dialogue {
	s.spent = true
	d := s.c.Close(s.c.d.Failure)
	s.note()
	return d
}
