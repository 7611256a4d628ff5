package roundtrip

import (
	"context"
	"slices"
	"time"

	"mx_exporter/probe/mailbox"
	"mx_exporter/probe/roundtrip/token"
)

// look goes once through the folders. An error ends the session; what was found
// before it counts.
func (v *visit) look(ctx context.Context) error {
	t := v.t
	// A session may last for many runs, and each of them is to find what others
	// left behind.
	v.sweep = v.sweep || t.begunSince(v.swept)
	at := time.Now()
	folders, err := v.folders(ctx)
	if err != nil {
		return err
	}
	foreign := 0
	for _, f := range folders {
		if err := v.exact(ctx, f); err != nil {
			return err
		}
		if v.sweep {
			n, err := v.sweepFolder(ctx, f)
			if err != nil {
				return err
			}
			foreign += n
		}
		if f.Kind != mailbox.Other {
			if err := v.bounces(ctx, f); err != nil {
				return err
			}
		}
	}
	if v.sweep {
		t.mu.Lock()
		t.status.Foreign = foreign
		t.mu.Unlock()
		v.sweep, v.swept = false, at
	}
	return nil
}

// begunSince reports that a run began after a time.
func (t *trip) begunSince(at time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.began.After(at)
}

// folders are those that are looked through now: the inbox, the junk and the ones
// that the configuration names; all of them where a window has ended, since a rule
// of the mailbox may have put the message anywhere.
func (v *visit) folders(ctx context.Context) ([]mailbox.Folder, error) {
	all, err := v.s.Folders(ctx)
	if err != nil || v.t.overdue() {
		return all, err
	}
	return slices.DeleteFunc(slices.Clone(all), func(f mailbox.Folder) bool {
		return f.Kind == mailbox.Other && !slices.Contains(v.t.c.Fetch.Folders, f.Name)
	}), nil
}

// overdue reports a flight whose window has ended.
func (t *trip) overdue() bool {
	now := time.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, f := range t.flights {
		if !now.Before(f.deadline) {
			return true
		}
	}
	return false
}

// exact looks for each message that is awaited by the whole of its token, so that
// nothing that others send can stand in the way (faults I6).
func (v *visit) exact(ctx context.Context, in mailbox.Folder) error {
	for _, f := range v.t.awaited(time.Now()) {
		ms, err := v.s.Find(ctx, in.Name, find(f.token.String(), false))
		if err != nil {
			return err
		}
		if len(ms) == 0 {
			continue
		}
		if err := v.found(ctx, f, in, ms); err != nil {
			return err
		}
	}
	return nil
}

// sweepFolder looks at all that is of this instance: copies of what was counted
// already, what a process before this one sent, and what is so old that nobody
// waits for it any more. It gives the number of messages that claim to be ours and
// are not, which are left alone.
func (v *visit) sweepFolder(ctx context.Context, in mailbox.Folder) (foreign int, err error) {
	t := v.t
	signer := t.ours()
	if signer == nil {
		return 0, nil
	}
	ms, err := v.s.Find(ctx, in.Name, find(token.Prefix(signer.Instance()), true))
	if err != nil {
		return 0, err
	}
	var stale []mailbox.Message
	for _, m := range ms {
		mark, ok := token.Parse(m.Value)
		if !ok || !signer.Verify(mark) {
			foreign++
			continue
		}
		switch f, fate := t.fate(mark); fate {
		case awaitedHere:
			err = v.found(ctx, f, in, []mailbox.Message{m})
		case ofAnother:
			foreign++
		case done, old:
			stale = append(stale, m)
			t.swept(fate)
		}
		if err != nil {
			return foreign, err
		}
	}
	if len(stale) > 0 {
		err = v.s.Delete(ctx, stale)
	}
	return foreign, err
}

// fate is what is to be done with a message of ours.
type fate int

const (
	awaitedHere fate = iota // it is awaited, or was sent by the process before this one
	done                    // it was counted already
	old                     // nobody waits for it any more
	ofAnother               // another process sends in our name
)

// fate says what a genuine token stands for.
func (t *trip) fate(mark token.Token) (*flight, fate) {
	now := time.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	if f := t.flights[mark.Random]; f != nil {
		return f, awaitedHere
	}
	if f := t.missing[mark.Random]; f != nil {
		return f, awaitedHere
	}
	if _, counted := t.taken[mark.Random]; counted {
		return nil, done
	}
	switch {
	case now.Sub(mark.Sent) > memory:
		return nil, old
	case mark.Sent.After(t.born):
		return nil, ofAnother
	}
	return t.adopt(mark), awaitedHere
}

// adopt takes over a message that the process before this one sent.
func (t *trip) adopt(mark token.Token) *flight {
	f := newFlight(mark, mark.Sent, time.Duration(t.c.Window), t.name)
	f.out = true
	t.flights[mark.Random] = f
	return f
}

func (t *trip) swept(why fate) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if why == done {
		t.status.Counts.Duplicate++
	} else {
		t.status.Counts.Swept++
	}
}
