package probe

import (
	"fmt"
	"sync"
	"time"

	"mx_exporter/probe/fact"
)

// Backoff says that a login was not tried because it was refused before: a
// monitor with an old password must not lock the account of the person who uses
// it.
type Backoff struct {
	Failures int         `json:"failures"` // logins refused in a row
	Since    time.Time   `json:"since"`    // when the last one was
	Until    time.Time   `json:"until"`    // when the next may be; zero: in the next probe
	Reason   fact.Reason `json:"reason"`   // why the last one was
}

func (b *Backoff) failure() *fact.Failure {
	detail := fmt.Sprintf("the login was refused (%s) at another address a moment ago", b.Reason)
	if !b.Until.IsZero() {
		detail = fmt.Sprintf("the login was refused %d times, at last on %s (%s); the next is tried after %s",
			b.Failures, b.Since.UTC().Format(time.DateTime), b.Reason, b.Until.UTC().Format(time.DateTime))
	}
	return &fact.Failure{Stage: fact.Login, Reason: fact.LoginBackoff, Detail: detail}
}

// account is a login as its server knows it.
type account struct{ server, username string }

// logins remembers how logging in went, for as long as the process lives. There
// are as many as the configurations had.
type logins struct {
	mu    sync.Mutex
	known map[account]*loginRecord
}

type loginRecord struct {
	stamp   uint64 // of the secret that it is about
	good    bool   // the last one went well
	refused Backoff
	wait    time.Duration
}

const (
	// freeLogins are tried as often as somebody probes, since a fault at the
	// server's side may refuse a right password for a moment.
	freeLogins = 3
	// leastBackoff is the shortest time that a login waits: servers that lock
	// accounts or addresses count over minutes.
	leastBackoff = 2 * time.Minute
	mostBackoff  = time.Hour
)

func newLogins() *logins { return &logins{known: map[account]*loginRecord{}} }

// look gives the wait that a login is in, nil where there is none, and reports
// whether the login is known to be right. Another secret than the one that was
// refused may be tried at once.
func (l *logins) look(k account, stamp uint64, now time.Time) (b *Backoff, sure bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.known[k]
	switch {
	case r == nil || r.stamp != stamp:
		return nil, false
	case now.Before(r.refused.Until):
		waiting := r.refused
		return &waiting, false
	}
	return nil, r.good
}

// good takes in that a login went well, or was not decided.
func (l *logins) good(k account, stamp uint64, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if ok {
		l.known[k] = &loginRecord{stamp: stamp, good: true}
	}
}

// bad takes in a refusal. After the third the next login waits for twice the time
// that lay between the last two, then for twice as long each time, at most an
// hour.
func (l *logins) bad(k account, stamp uint64, why fact.Reason, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.known[k]
	if r == nil || r.stamp != stamp {
		r = &loginRecord{stamp: stamp}
		l.known[k] = r
	}
	since := now.Sub(r.refused.Since)
	r.good = false
	r.refused.Failures++
	r.refused.Since, r.refused.Reason = now, why
	switch {
	case r.refused.Failures < freeLogins:
		return
	case r.wait == 0:
		r.wait = since
	}
	r.wait = min(max(2*r.wait, leastBackoff), mostBackoff)
	r.refused.Until = now.Add(r.wait)
}
