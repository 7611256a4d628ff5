package roundtrip

import (
	"context"
	"errors"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mailbox"
	"mx_exporter/probe/roundtrip/token"
)

// watch looks for messages as long as there are any to look for, until ctx is
// over. It is the one goroutine of the trip that talks to the mailbox.
func (t *trip) watch(ctx context.Context) {
	for ctx.Err() == nil {
		if !t.pending() && len(t.awaited(time.Now())) == 0 {
			select {
			case <-t.over:
				return
			case <-t.wake:
			case <-ctx.Done():
			}
			continue
		}
		if !t.survive(func() { t.visit(ctx) }) {
			t.unseen(ctx, &fact.Failure{Reason: fact.LocalPanic, Detail: "a fault in the exporter, which its log describes"})
		}
		t.expire()
		t.rest(ctx)
	}
}

// rest waits until the next visit: for the time of a poll, but not beyond the end
// of a window.
func (t *trip) rest(ctx context.Context) {
	timer := time.NewTimer(t.untilNext())
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-t.over:
	case <-ctx.Done():
	}
}

// untilNext is the time to the next look.
func (t *trip) untilNext() time.Duration {
	d := time.Duration(t.c.Fetch.Poll)
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, f := range t.flights {
		if left := time.Until(f.deadline); left > 0 {
			d = min(d, left)
		}
	}
	return max(d, 10*time.Millisecond)
}

// visit is one session with the mailbox. It lasts while something is awaited, the
// protocol shows what is new, and nobody else wants in.
func (t *trip) visit(ctx context.Context) {
	if !t.enter(ctx) {
		return
	}
	defer t.lock.give()
	began := time.Now()
	opening, cancel := context.WithTimeout(ctx, time.Duration(t.c.Timeout))
	s, f := t.box.Open(opening)
	cancel()
	if f != nil {
		t.unseen(ctx, f)
		return
	}
	defer func() { _ = s.Close() }() // after a panic, too; a second call does nothing
	v := &visit{t: t, s: s, opened: time.Since(began), sweep: true, read: map[seen]bool{}}
	v.stay(ctx)
	if err := s.Close(); err != nil && ctx.Err() == nil {
		v.left(err)
	}
}

// enter waits for the mailbox, at most until the next window ends.
func (t *trip) enter(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(t.c.Timeout)+t.untilNext())
	defer cancel()
	return t.lock.take(ctx)
}

// unseen notes for every flight why the mailbox could not be looked into.
func (t *trip) unseen(ctx context.Context, f *fact.Failure) {
	if errors.Is(ctx.Err(), context.Canceled) {
		return
	}
	t.mu.Lock()
	var told []*flight
	for _, w := range t.flights {
		if w.trouble == nil || w.trouble.Reason != f.Reason {
			told = append(told, w)
		}
		// That a login has to wait says less than why it was refused.
		if f.Reason != fact.LoginBackoff || w.trouble == nil {
			w.trouble = f
		}
	}
	t.mu.Unlock()
	for _, w := range told {
		w.tell("the mailbox cannot be looked into: " + string(f.Reason))
	}
}

// visit is the state of one session.
type visit struct {
	t      *trip
	s      mailbox.Session
	opened time.Duration // that logging in took
	sweep  bool          // everything of ours is to be looked through
	swept  time.Time     // when that was done last
	read   map[seen]bool // bounces that were read, and are none of ours
	gone   []*flight     // those whose messages were deleted, with POP3 at the end of the session
}

type seen struct {
	folder string
	id     uint32
}

func (v *visit) stay(ctx context.Context) {
	t := v.t
	for {
		now := time.Now()
		work, cancel := context.WithTimeout(ctx, time.Duration(t.c.Timeout))
		err := v.look(work)
		cancel()
		if err != nil {
			t.unseen(ctx, failureOf(err))
			return
		}
		t.lookedAt(now)
		t.expire()
		// POP3 shows what is there when the session begins, and nothing that comes.
		if t.c.Fetch.Protocol == config.FetchPOP3 || ctx.Err() != nil || t.lock.wanted() || len(t.awaited(now)) == 0 {
			return
		}
		if err := v.s.Wait(ctx, t.untilNext()); err != nil {
			if ctx.Err() == nil {
				t.unseen(ctx, failureOf(err))
			}
			return
		}
	}
}

// lookedAt notes that a whole look that began at that time has found none of those
// that were out by then and are still awaited.
func (t *trip) lookedAt(began time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, m := range []map[string]*flight{t.flights, t.missing} {
		for _, f := range m {
			if f.out && !began.Before(f.accepted) {
				f.looked, f.trouble = began, nil
			}
		}
	}
}

// left says that what was deleted may still be there, since the end of the session
// was not confirmed. The next sweep finds it.
func (v *visit) left(err error) {
	for _, f := range v.gone {
		f.tell("the session did not end well, so the message may still be there: " + string(failureOf(err).Reason))
	}
}

// find is a search for tokens.
func find(value string, prefix bool) mailbox.Query {
	return mailbox.Query{Header: token.Header, Value: value, Prefix: prefix}
}
