package oauth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/oauth2"
)

// Source gives access tokens, and asks for a new one shortly before the last one
// ends. It is safe for use by several goroutines; those that come while one asks
// wait for its answer.
type Source struct {
	o      Options
	client *http.Client
	turn   chan struct{} // holds one word when nobody asks; guards what follows

	access  string
	until   time.Time // the access token is good enough before that
	refusal error     // the endpoint does not accept our credentials
	again   time.Time // when it may be asked again
	style   oauth2.AuthStyle
	rotated rotation
}

// rotation is a refresh token that the endpoint gave us in place of another,
// which may be of no use since (RFC 6749 section 6).
type rotation struct{ from, to string }

// New refuses options with which a secret would go where it should not: the
// error is [ErrOptions].
func New(o Options) (*Source, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	s := &Source{o: o, client: bounded(o.Client, o.Timeout), turn: make(chan struct{}, 1), style: oauth2.AuthStyleInParams}
	s.turn <- struct{}{}
	return s, nil
}

// Token gives an access token, from memory or from the endpoint. The error is an
// [Error] where the endpoint answered; one by which it does not accept our
// credentials is repeated for a minute before it is asked again.
func (s *Source) Token(ctx context.Context) (string, error) {
	if err := s.enter(ctx); err != nil {
		return "", err
	}
	defer s.leave()
	if s.access != "" && time.Now().Before(s.until) {
		return s.access, nil
	}
	if s.refusal != nil && time.Now().Before(s.again) {
		return "", s.refusal
	}
	s.access, s.refusal = "", nil
	t, err := s.ask(ctx)
	if err != nil {
		s.rest(err)
		return "", err
	}
	if err := usable(t); err != nil {
		return "", err
	}
	s.access, s.until = t.AccessToken, goodUntil(t.Expiry, time.Now())
	return s.access, nil
}

// rest keeps a refusal of our credentials for a while: who asks on and on with the
// wrong ones is locked out.
func (s *Source) rest(err error) {
	if refused, ok := errors.AsType[*Error](err); ok && refused.Refused() {
		s.refusal, s.again = err, time.Now().Add(pause)
	}
}

// Forget drops the token in memory: a server refused it, so that it was revoked
// or is not what it seems.
func (s *Source) Forget(token string) {
	<-s.turn
	defer s.leave()
	if s.access == token {
		s.access = ""
	}
}

func (s *Source) enter(ctx context.Context) error {
	select {
	case <-s.turn:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("no token in time: %w", ctx.Err())
	}
}

func (s *Source) leave() { s.turn <- struct{}{} }

// Times around the end of a token.
const (
	// margin is how long before its end a token is given up, so that it lasts for
	// the conversation that it is used in.
	margin time.Duration = time.Minute
	// unknownLife is how long a token is kept whose life the endpoint does not tell
	// (RFC 6749 section 5.1 only recommends it).
	unknownLife time.Duration = 5 * time.Minute
	// pause is how long a refusal of our credentials is repeated without asking.
	pause time.Duration = time.Minute
)

// goodUntil is the end of a token's use. One that lives so shortly that the
// margin would eat it is used for half of its life.
func goodUntil(expiry, now time.Time) time.Time {
	if expiry.IsZero() {
		return now.Add(unknownLife)
	}
	left := expiry.Sub(now)
	return now.Add(max(left-margin, left/2))
}
