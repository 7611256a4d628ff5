package roundtrip

import (
	"crypto/rand"
	"fmt"
	"sync"

	"mx_exporter/config"
	"mx_exporter/probe/roundtrip/token"
)

// signers makes a trip's signer at its first use, and keeps it for as long as the
// trip lives: to derive a key is slow, and messages under way stay known although
// the password changes.
func (t *trip) signers(instance string) func() (*token.Signer, error) {
	var (
		mu   sync.Mutex
		made *token.Signer
	)
	return func() (*token.Signer, error) {
		mu.Lock()
		defer mu.Unlock()
		if made != nil {
			return made, nil
		}
		k, err := t.key(instance)
		if err != nil {
			return nil, fmt.Errorf("tokens cannot be signed: %w", err)
		}
		made = token.NewSigner(k, instance, t.name)
		t.mu.Lock()
		t.signer = made
		t.mu.Unlock()
		return made, nil
	}
}

// key is that of the key file, else one of the mailbox's password, else, for those
// who log in with tokens, one that is made up and kept with the state.
func (t *trip) key(instance string) (token.Key, error) {
	if t.c.KeyFile != "" {
		s, err := t.c.KeyFile.Read()
		if err != nil {
			return token.Key{}, err
		}
		k, err := token.NewKey([]byte(s.Reveal()))
		if err != nil {
			return k, fmt.Errorf("%s: %w", t.c.KeyFile, err)
		}
		return k, nil
	}
	if t.c.Fetch.HasPassword() {
		s, err := t.c.Fetch.ReadPassword()
		if err != nil {
			return token.Key{}, err
		}
		return token.Derive(s.Reveal(), instance)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.ownKey) < token.LeastKey {
		t.ownKey = make([]byte, 2*token.LeastKey)
		_, _ = rand.Read(t.ownKey) // never fails: the process ends first
	}
	return token.NewKey(t.ownKey)
}

// instanceOf is the name in which a trip sends.
func instanceOf(r config.RoundTrip, machine string) string {
	if r.Instance != "" {
		return r.Instance
	}
	return machine
}
