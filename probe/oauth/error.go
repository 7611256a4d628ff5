package oauth

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/oauth2"

	"mx_exporter/probe/txt"
)

// Code is why the token endpoint refuses (RFC 6749 section 5.2).
type Code string

// The codes.
const (
	InvalidRequest       Code = "invalid_request"        // the request lacks something
	InvalidClient        Code = "invalid_client"         // client id or secret wrong
	InvalidGrant         Code = "invalid_grant"          // the refresh token is wrong, revoked or over
	UnauthorizedClient   Code = "unauthorized_client"    // the client may not do this
	UnsupportedGrantType Code = "unsupported_grant_type" // the endpoint does not do this
	InvalidScope         Code = "invalid_scope"          // the scopes are wrong
	OtherCode            Code = "other"                  // refused without one of the codes above
)

// Codes lists every Code in the order above.
func Codes() []Code {
	return []Code{InvalidRequest, InvalidClient, InvalidGrant, UnauthorizedClient, UnsupportedGrantType, InvalidScope, OtherCode}
}

// Error is an answer of the token endpoint that is no token. It holds neither
// our secrets nor the answer itself.
type Error struct {
	Status int    // of HTTP; 0: the answer was no refusal, but of no use
	Code   Code   // empty where the answer was no refusal
	Why    string // for people: the endpoint's words quoted and cut, or ours
}

// Error is one sentence.
func (e *Error) Error() string {
	s := "the token endpoint gave no token"
	if e.Code != "" {
		s = fmt.Sprintf("the token endpoint refuses with HTTP status %d, %s", e.Status, e.Code)
	}
	if e.Why != "" {
		s += ": " + e.Why
	}
	return s
}

// Refused reports that the endpoint does not accept the credentials, which
// asking again will not change.
func (e *Error) Refused() bool {
	return e.Code == InvalidClient || e.Code == InvalidGrant || e.Code == UnauthorizedClient
}

// ErrUnreachable is for when no answer came. What wraps it says why, quoted and
// cut.
var ErrUnreachable = errors.New("the token endpoint cannot be reached")

// safe makes an error that may be shown of one of the library's, which carries
// the whole answer.
func (s *Source) safe(ctx context.Context, err error, sec secrets) error {
	if r, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		e := &Error{Code: OtherCode, Status: r.Response.StatusCode}
		if slices.Contains(Codes(), Code(r.ErrorCode)) {
			e.Code = Code(r.ErrorCode)
		}
		if r.ErrorDescription != "" && !sec.within(r.ErrorDescription) {
			e.Why = txt.Quote(r.ErrorDescription)
		}
		return e
	}
	switch {
	case errors.Is(err, errTooLarge):
		return &Error{Why: fmt.Sprintf("its answer has more than %d octets", MaxBody)}
	case ctx.Err() != nil:
		return fmt.Errorf("%w in time: %w", ErrUnreachable, ctx.Err())
	}
	if u, ok := errors.AsType[*url.Error](err); ok {
		if why := u.Err.Error(); !sec.within(why) {
			return fmt.Errorf("%w: %s", ErrUnreachable, txt.Quote(why))
		}
		return ErrUnreachable
	}
	return &Error{Why: "its answer is none of RFC 6749 section 5.1"}
}

// within reports that a text holds one of the secrets, in one of the forms in
// which a server could repeat what it was sent.
func (sec secrets) within(text string) bool {
	low := strings.ToLower(text)
	for _, one := range []string{sec.client, sec.refresh} {
		for _, form := range forms(one) {
			if strings.Contains(low, strings.ToLower(form)) {
				return true
			}
		}
	}
	return false
}

// forms are a secret as it is, percent-encoded, in hexadecimal, and in Base64 at
// each of the three places where it may begin.
func forms(secret string) []string {
	if secret == "" {
		return nil
	}
	all := []string{secret, url.QueryEscape(secret), hex.EncodeToString([]byte(secret))}
	for shift := range 3 {
		s := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("\x00", shift) + secret))
		if len(s) > 12 {
			all = append(all, s[4:len(s)-4])
		}
	}
	return all
}
