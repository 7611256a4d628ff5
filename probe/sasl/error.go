package sasl

import "errors"

// The ways in which a login ends without the server's having judged it. Every
// error of this package is one of them, with a detail that carries no secret, and
// of what the server sent at most a few words, quoted.
var (
	ErrNoMechanism = errors.New("no mechanism fits")                       // the server offers none that takes what we have
	ErrCredentials = errors.New("the credentials cannot be used")          // they are none, or hold what no mechanism can carry
	ErrSecret      = errors.New("the secret cannot be had")                // reading the password or fetching the token failed
	ErrChallenge   = errors.New("the server asks for something else")      // a challenge that the mechanism has no place for
	ErrNonce       = errors.New("the server's nonce does not extend ours") // RFC 5802 section 5.1: somebody replays
	ErrIterations  = errors.New("the server's iteration count is refused") // not within MinIterations and MaxIterations
	ErrSignature   = errors.New("the server does not prove itself")        // it does not know the password, or never said
	ErrRejected    = errors.New("the server refuses the credentials")      // and says so within the mechanism
)

// Ours reports that an error lies with us: nothing was said to the server that
// it could have refused.
func Ours(err error) bool { return errors.Is(err, ErrCredentials) || errors.Is(err, ErrSecret) }
