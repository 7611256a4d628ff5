package config

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"

	"github.com/goccy/go-yaml"
	promconfig "github.com/prometheus/common/config"
)

// Marshal gives the configuration as YAML, for /config: the built-in modules and
// all defaults are in it, secrets are masked. What it gives can be loaded again
// where no secret stands in the file itself.
func (c *Config) Marshal() ([]byte, error) { return marshal(c) }

// Marshal gives one module as YAML, as it would stand in a file, secrets masked.
// The block lists that it names are not in it.
func (m Module) Marshal() ([]byte, error) {
	return marshal(map[string]map[string]Module{"modules": {m.Name: m}})
}

func marshal(v any) ([]byte, error) {
	return yaml.MarshalWithOptions(v, yaml.Indent(2), yaml.IndentSequence(true))
}

// String gives what Marshal gives.
func (c *Config) String() string {
	b, err := c.Marshal()
	if err != nil {
		return fmt.Sprintf("configuration that cannot be shown: %v", err)
	}
	return string(b)
}

// masked is an SMTP section that holds no secret and has no methods, so that fmt
// and encoding/json print it as any struct.
type masked SMTP

func (s SMTP) masked() masked {
	if s.TLS.Key != "" {
		s.TLS.Key = promconfig.Secret(mask)
	}
	return masked(s)
}

// Format prints the section with its key masked, whatever the verb: Prometheus's
// own type hides the key from YAML and JSON only.
func (s SMTP) Format(f fmt.State, verb rune) {
	_, _ = io.WriteString(f, fmt.Sprintf(fmt.FormatString(f, verb), s.masked()))
}

// MarshalJSON prints the section with its key masked.
func (s SMTP) MarshalJSON() ([]byte, error) { return json.Marshal(s.masked()) }

// LogValue logs the section with its key masked.
func (s SMTP) LogValue() slog.Value { return slog.AnyValue(s.masked()) }
