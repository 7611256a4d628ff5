package probe

import (
	"context"
	"net"
	"strconv"
	"sync"
	"time"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/sasl"
)

// sequence lets the conversations of one probe log in one after the other while
// it is not known that the login is right: a wrong password is then said once in
// a probe, and not once to each address.
type sequence struct {
	turn chan struct{} // holds one word when nobody logs in

	mu      sync.Mutex
	refused *Backoff // what came of the login in this probe
}

func newSequence() *sequence {
	s := &sequence{turn: make(chan struct{}, 1)}
	s.turn <- struct{}{}
	return s
}

// take waits for the turn, but not longer than a third of the time that is left:
// a login that hangs at one address hides nothing of the others, which then go on
// without the turn.
func (s *sequence) take(ctx context.Context) bool {
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Until(deadline)/3)
		defer cancel()
	}
	select {
	case <-s.turn:
		return true
	case <-ctx.Done():
		return false
	}
}

func (s *sequence) give() { s.turn <- struct{}{} }

// first takes in a refusal and reports that it is the first one of the probe.
func (s *sequence) first(b *Backoff) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refused != nil {
		return false
	}
	s.refused = b
	return true
}

func (s *sequence) before() *Backoff {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refused
}

// attempt is the login of one conversation.
type attempt struct {
	who    *sasl.Credentials // nil: nobody logs in
	told   func(ok bool, f *fact.Failure)
	missed *fact.Failure // why nobody logs in where somebody should
}

// login says who logs in at an address: nobody where the module has no login, and
// nobody where it was refused before and has to wait (faults I5).
func (r *run) login(ctx context.Context, a *Address) attempt {
	silent := attempt{told: func(bool, *fact.Failure) {}}
	if !r.module.Set() {
		return silent
	}
	who, err := r.env.credentials(r.module)
	if err != nil {
		silent.missed = &fact.Failure{Stage: fact.Login, Reason: fact.SecretMissing, Detail: err.Error()}
		return silent
	}
	b, sure := r.env.logins.look(r.account(), who.stamp, time.Now())
	holds := b == nil && !sure && r.logins.take(ctx)
	if b == nil {
		b = r.logins.before()
	}
	if b != nil {
		if holds {
			r.logins.give()
		}
		a.Backoff = b
		silent.missed = b.failure()
		return silent
	}
	return attempt{who: &who.Credentials, told: func(ok bool, f *fact.Failure) {
		r.learnLogin(who, ok, f)
		if holds {
			r.logins.give()
		}
	}}
}

// learnLogin remembers how a login went. A refusal counts once in a probe.
func (r *run) learnLogin(who access, ok bool, f *fact.Failure) {
	if ok || f == nil || !refusesLogin(f.Reason) {
		r.env.logins.good(r.account(), who.stamp, ok)
		return
	}
	who.forget()
	if r.logins.first(&Backoff{Failures: 1, Since: time.Now(), Reason: f.Reason}) {
		r.env.logins.bad(r.account(), who.stamp, f.Reason, time.Now())
	}
}

// account is the login as its server knows it.
func (r *run) account() account {
	host, port := r.module.Endpoint()
	return account{net.JoinHostPort(host, strconv.Itoa(port)), r.module.Username}
}

// missing gives the failure of a dialogue that went well without the login that
// it should have had.
func (t attempt) missing(f *fact.Failure) *fact.Failure {
	if f == nil {
		return t.missed
	}
	return f
}

// refusesLogin reports a refusal that more tries make worse: the server counts
// them against the account.
func refusesLogin(r fact.Reason) bool {
	switch r {
	case fact.LoginFailed, fact.LoginExpired, fact.LoginLocked, fact.LoginLimited, fact.AuthFailed:
		return true
	}
	return false
}
