package token

import (
	"crypto/hkdf"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
)

// keyBytes is the length of a key: that of the hash (RFC 2104 section 3).
const keyBytes = 32

// LeastKey is how many octets a key file has to have.
const LeastKey = 16

// rounds makes each try of a password cost some tenth of a second. It is what
// OWASP's Password Storage Cheat Sheet asks of PBKDF2 with SHA-256 (2023).
const rounds = 600_000

// Key signs tokens. It prints as nothing.
type Key struct{ bytes []byte }

// String hides the key.
func (Key) String() string { return "<key>" }

// GoString hides the key.
func (Key) GoString() string { return "<key>" }

// ErrShortKey is a key file with less than [LeastKey] octets.
var ErrShortKey = errors.New("the key is too short")

// NewKey takes the content of a key file. It is hashed, so that any length of
// [LeastKey] octets and more will do.
func NewKey(content []byte) (Key, error) {
	if len(content) < LeastKey {
		return Key{}, fmt.Errorf("%w: %d octets, want %d or more", ErrShortKey, len(content), LeastKey)
	}
	return expand(content, "key file")
}

// Derive takes the password of the mailbox. It is slow on purpose.
func Derive(password, instance string) (Key, error) {
	stretched, err := pbkdf2.Key(sha256.New, password, []byte("mx_exporter round trip "+Instance(instance)), rounds, keyBytes)
	if err != nil {
		return Key{}, err
	}
	return expand(stretched, "mailbox password")
}

// RandomKey is a key that is gone with the process.
func RandomKey() Key {
	b := make([]byte, keyBytes)
	_, _ = rand.Read(b) // never fails: the process ends first
	return Key{b}
}

// expand gives keys of different origins nothing in common (RFC 5869).
func expand(secret []byte, origin string) (Key, error) {
	b, err := hkdf.Key(sha256.New, secret, []byte("mx_exporter token "+version), origin, keyBytes)
	return Key{b}, err
}
