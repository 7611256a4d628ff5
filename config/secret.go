package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// mask is what stands in place of a secret, as in Prometheus.
const mask = "<secret>"

var errMasked = errors.New(mask + " is the mask that /config shows, not the secret: write the secret, or name its file")

// Secret is a text that nothing prints: String, Format with any verb, the
// marshallers and slog all give <secret>, and an empty one gives nothing.
// [Secret.Reveal] alone gives the text; a search for that word finds every
// place where a secret leaves this type.
//
// The text stands behind a pointer, so that even a print of a struct that keeps
// a Secret in a private field, where fmt cannot call methods, shows an address.
type Secret struct{ text *string }

// NewSecret wraps a text; the empty text gives the zero Secret.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{&text}
}

// Reveal gives the text. Give it to the protocol that needs it and to nothing
// else.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// Empty says whether there is no secret.
func (s Secret) Empty() bool { return s.text == nil }

// IsZero leaves an empty secret out of YAML and JSON.
func (s Secret) IsZero() bool { return s.Empty() }

// Equal compares the texts.
func (s Secret) Equal(o Secret) bool { return s.Reveal() == o.Reveal() }

// String gives the mask.
func (s Secret) String() string {
	if s.Empty() {
		return ""
	}
	return mask
}

// GoString gives the mask.
func (s Secret) GoString() string { return s.String() }

// Format gives the mask for every verb, the wrong ones too.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// LogValue gives the mask.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText gives the mask.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalJSON gives the mask.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }

// MarshalYAML gives the mask.
func (s Secret) MarshalYAML() (any, error) { return s.String(), nil }

// UnmarshalText takes the text as it is, but not the mask: a configuration
// copied from /config would log in with the wrong password.
func (s *Secret) UnmarshalText(b []byte) error {
	if string(b) == mask {
		return errMasked
	}
	*s = NewSecret(string(b))
	return nil
}
