package sasl

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/xdg-go/scram"
)

// Bounds of the iteration count that a server may ask for. RFC 7677 section 4
// wants at least 4096; less makes what was listened to cheap to try passwords on.
// The most is what OWASP recommends for PBKDF2 with SHA-256; it costs us a fraction of a
// second, and much more would be there only to keep us busy.
const (
	MinIterations int = 4096
	MaxIterations int = 600_000
)

// errPrepare is about names and passwords that SASLprep (RFC 4013) forbids.
var errPrepare = errors.New("the user name or the password has a character that SASLprep (RFC 4013) forbids")

// scramClient is SCRAM without channel binding. What it computed is gone with it.
type scramClient struct {
	name     string
	talk     *scram.ClientConversation
	nonce    string
	step     int
	verified bool // the server has proved that it knows the password
}

func newScram(l login) (Client, error) {
	hash := scram.SHA256
	if l.mechanism == ScramSHA1 {
		hash = scram.SHA1
	}
	c, err := hash.NewClient(l.username, l.secret, "")
	if err != nil {
		return nil, errPrepare // the library's own error carries the name
	}
	return &scramClient{name: l.mechanism, talk: c.NewConversation()}, nil
}

func (s *scramClient) Name() string { return s.name }

// Finish holds the server to its proof: without it, whoever answers could have
// let us in without knowing anything (RFC 5802 section 3).
func (s *scramClient) Finish() error {
	if !s.verified {
		return fmt.Errorf("%w: %s was over before the server's signature came", ErrSignature, s.name)
	}
	return nil
}

func (s *scramClient) Start() (string, []byte, error) {
	first, err := s.talk.Step("")
	if err != nil {
		return "", nil, fmt.Errorf("%w: %s cannot begin", ErrCredentials, s.name)
	}
	// A name has its commas and equals signs quoted, so that the last r= is ours.
	s.nonce = first[strings.LastIndex(first, ",r=")+len(",r="):]
	return s.name, []byte(first), nil
}

func (s *scramClient) Next(challenge []byte) ([]byte, error) {
	s.step++
	text := string(challenge)
	if why, ok := strings.CutPrefix(text, "e="); ok {
		return nil, fmt.Errorf("%w: %s", ErrRejected, serverError(why))
	}
	switch s.step {
	case 1:
		return s.prove(text)
	case 2:
		return s.verify(text)
	}
	return nil, fmt.Errorf("%w: %s has two challenges and this is number %d", ErrChallenge, s.name, s.step)
}

// prove answers the server's first message. It is judged before the library
// computes anything from it.
func (s *scramClient) prove(first string) ([]byte, error) {
	if err := s.judge(first); err != nil {
		return nil, err
	}
	proof, err := s.talk.Step(first)
	if err != nil {
		return nil, s.malformed("first") // the library's own error carries the challenge
	}
	return []byte(proof), nil
}

// judge reads "r=nonce,s=salt,i=count" (RFC 5802 section 7, server-first-message).
func (s *scramClient) judge(first string) error {
	f := strings.Split(first, ",")
	if len(f) < 3 {
		return s.malformed("first")
	}
	nonce, ok := strings.CutPrefix(f[0], "r=")
	salt, ok2 := strings.CutPrefix(f[1], "s=")
	count, ok3 := strings.CutPrefix(f[2], "i=")
	n, err := strconv.Atoi(count)
	switch {
	case !ok || !ok2 || !ok3 || salt == "" || err != nil && !errors.Is(err, strconv.ErrRange):
		return s.malformed("first")
	case !strings.HasPrefix(nonce, s.nonce) || nonce == s.nonce:
		return ErrNonce
	case n < MinIterations || n > MaxIterations:
		return fmt.Errorf("%w: it asks for %d, want %d to %d", ErrIterations, n, MinIterations, MaxIterations)
	}
	return nil
}

// verify takes the server's signature (RFC 5802 section 7, server-final-message).
// The answer to it is empty.
func (s *scramClient) verify(final string) ([]byte, error) {
	if !strings.HasPrefix(final, "v=") {
		return nil, s.malformed("final")
	}
	if _, err := s.talk.Step(final); err != nil || !s.talk.Valid() {
		return nil, fmt.Errorf("%w: its signature is not that of somebody who knows the password", ErrSignature)
	}
	s.verified = true
	return []byte{}, nil
}

func (s *scramClient) malformed(which string) error {
	return fmt.Errorf("%w: it is not the %s message of %s", ErrChallenge, which, s.name)
}

// serverError is a server's refusal as a word of RFC 5802 section 7.
func serverError(why string) string {
	why, _, _ = strings.Cut(why, ",")
	if slices.Contains([]string{
		"invalid-encoding", "extensions-not-supported", "invalid-proof", "channel-bindings-dont-match",
		"server-does-support-channel-binding", "channel-binding-not-supported", "unsupported-channel-binding-type",
		"unknown-user", "invalid-username-encoding", "no-resources",
	}, why) {
		return why
	}
	return "other-error"
}
