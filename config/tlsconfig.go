package config

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"

	promconfig "github.com/prometheus/common/config"
)

// TLSConfig is Prometheus's tls_config, and printed by nothing with its key.
type TLSConfig promconfig.TLSConfig

// Prometheus gives the library's type, which prints its key in clear: hand it to
// what makes a [crypto/tls.Config] and to nothing else.
func (c TLSConfig) Prometheus() promconfig.TLSConfig { return promconfig.TLSConfig(c) }

// library gives the library's type in place, to be completed and checked.
func (c *TLSConfig) library() *promconfig.TLSConfig { return (*promconfig.TLSConfig)(c) }

// maskedTLS is a TLSConfig that holds no secret and has no methods, so that fmt
// and encoding/json print it as any struct.
type maskedTLS TLSConfig

func (c TLSConfig) masked() maskedTLS {
	if c.Key != "" {
		c.Key = promconfig.Secret(mask)
	}
	return maskedTLS(c)
}

// Format prints the section with its key masked, whatever the verb.
func (c TLSConfig) Format(f fmt.State, verb rune) {
	_, _ = io.WriteString(f, fmt.Sprintf(fmt.FormatString(f, verb), c.masked()))
}

// MarshalJSON prints the section with its key masked.
func (c TLSConfig) MarshalJSON() ([]byte, error) { return json.Marshal(c.masked()) }

// LogValue logs the section with its key masked.
func (c TLSConfig) LogValue() slog.Value { return slog.AnyValue(c.masked()) }
