package mailbox

import (
	"context"
	"fmt"
	"sync"
	"time"

	"mx_exporter/probe/fact"
)

// The times of a gate.
const (
	freeTries  int           = 3           // failed logins before the gate shuts
	firstPause time.Duration = time.Minute // after which it opens again; each further failure doubles it
	longPause  time.Duration = time.Hour   // and never more than this
)

// Gate lets one conversation at a time be held with a mailbox, over all probes and
// round trips of this process, and keeps logins back that have failed before: a
// monitor that goes on with an old password locks the account, or gets the
// monitor's address banned, which then looks like an outage.
//
// After three refused logins the next waits a minute, and each refusal doubles
// that, up to an hour. Only refusals count that can be held against the password
// (see [Refusal]); one login that succeeds forgets them all.
//
// The zero value is ready, and safe for use by several goroutines. Its keys come
// from the configuration, and are as few.
type Gate struct {
	mu    sync.Mutex
	boxes map[string]*box
}

// box is what the gate knows of one mailbox.
type box struct {
	turn     chan struct{} // holds one token while nobody is inside
	failures int           // logins refused, one after the other
	until    time.Time     // when the next may be tried; zero: now
}

// Backoff says since how many failures, and until when, a mailbox is not logged in
// to.
type Backoff struct {
	Failures int       `json:"failures"`
	Until    time.Time `json:"until"` // zero: it is not held back
}

// Active reports that no login is tried now.
func (b Backoff) Active(now time.Time) bool { return now.Before(b.Until) }

// Enter waits for one's turn at the mailbox of that key, such as its server and
// user name. With a nil failure the caller is inside, until it calls leave, once,
// with what came of its login, which [OutcomeOf] gives.
//
// The failure is [fact.LoginBackoff] when logins are held back, and
// [fact.LocalOverload] when ctx ended while another was inside.
func (g *Gate) Enter(ctx context.Context, key string) (leave func(Outcome), f *fact.Failure) {
	b := g.box(key)
	select {
	case <-b.turn:
	case <-ctx.Done():
		return nil, &fact.Failure{Stage: fact.Queue, Reason: fact.LocalOverload, Detail: "another conversation with this mailbox did not end in time"}
	}
	if back := g.Backoff(key); back.Active(time.Now()) {
		b.turn <- struct{}{}
		wait := time.Until(back.Until).Round(time.Second)
		return nil, &fact.Failure{Stage: fact.Login, Reason: fact.LoginBackoff, Detail: fmt.Sprintf("%d logins were refused; the next is tried in %s", back.Failures, wait)}
	}
	var once sync.Once
	return func(o Outcome) {
		once.Do(func() {
			g.note(b, o)
			b.turn <- struct{}{}
		})
	}, nil
}

// Backoff tells how the mailbox of that key stands. It waits for nobody.
func (g *Gate) Backoff(key string) Backoff {
	b := g.box(key)
	g.mu.Lock()
	defer g.mu.Unlock()
	return Backoff{Failures: b.failures, Until: b.until}
}

func (g *Gate) box(key string) *box {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.boxes == nil {
		g.boxes = map[string]*box{}
	}
	b, ok := g.boxes[key]
	if !ok {
		b = &box{turn: make(chan struct{}, 1)}
		b.turn <- struct{}{}
		g.boxes[key] = b
	}
	return b
}

// Outcome is what came of a login.
type Outcome string

// The outcomes.
const (
	Untried  Outcome = "untried"  // none was tried, or the server could not say
	Accepted Outcome = "accepted" // it succeeded
	Rejected Outcome = "rejected" // it was refused, and the password may be why
)

// OutcomeOf is what a dialogue means for the gate.
func OutcomeOf(login bool, f *fact.Failure) Outcome {
	switch {
	case login:
		return Accepted
	case f != nil && Refusal(f.Reason):
		return Rejected
	}
	return Untried
}

// Refusal reports a reason that may be the password's fault, or that more tries
// would make worse. A server that cannot check passwords for now has judged none.
func Refusal(r fact.Reason) bool {
	switch r {
	case fact.AuthFailed, fact.LoginFailed, fact.LoginExpired, fact.LoginLocked, fact.LoginLimited:
		return true
	}
	return false
}

func (g *Gate) note(b *box, o Outcome) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch o {
	case Accepted:
		b.failures, b.until = 0, time.Time{}
	case Rejected:
		if b.failures++; b.failures >= freeTries {
			b.until = time.Now().Add(pause(b.failures))
		}
	case Untried:
	}
}

// pause is how long the gate is shut after so many failures.
func pause(failures int) time.Duration {
	d := firstPause
	for range failures - freeTries {
		if d *= 2; d >= longPause {
			return longPause
		}
	}
	return d
}
