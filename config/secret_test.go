package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	promconfig "github.com/prometheus/common/config"
)

const canary = "canary-8c1f"

// printed gives a value in every way that a program prints values by accident.
func printed(t *testing.T, v any) map[string]string {
	t.Helper()
	out := make(map[string]string)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%t", "%10s"} {
		out[verb] = fmt.Sprintf(verb, v)
	}
	j, err := json.Marshal(v)
	if err != nil {
		t.Error(err)
	}
	y, err := yaml.Marshal(v)
	if err != nil {
		t.Error(err)
	}
	out["json"], out["yaml"] = string(j), string(y)
	for name, h := range map[string]func(*strings.Builder) slog.Handler{
		"slog text": func(b *strings.Builder) slog.Handler { return slog.NewTextHandler(b, nil) },
		"slog json": func(b *strings.Builder) slog.Handler { return slog.NewJSONHandler(b, nil) },
	} {
		var b strings.Builder
		slog.New(h(&b)).Info("print", "value", v)
		out[name] = b.String()
	}
	out["error"] = fmt.Errorf("wrapped: %v", v).Error()
	return out
}

// Row C3: a secret is printed by nothing.
func TestSecretsArePrintedByNothing(t *testing.T) {
	module := DefaultModule(ProberMX)
	module.SMTP.TLS.Key = canary
	module.Password, module.Mailbox.TLS.Key = NewSecret(canary), canary
	trip := RoundTrip{KeyFile: "key", Send: Send{TLSConfig: TLSConfig{Key: canary}, Credentials: Credentials{Password: NewSecret(canary)}}}
	conf := &Config{Modules: map[string]Module{"mx": module}, RoundTrips: map[string]RoundTrip{"a": trip}}
	for name, v := range map[string]any{
		"C3 secret":           NewSecret(canary),
		"C3 in a field":       struct{ Password Secret }{NewSecret(canary)},
		"C3 in a private one": struct{ password Secret }{NewSecret(canary)},
		"C3 behind a pointer": &struct{ Password *Secret }{new(NewSecret(canary))},
		"C3 in a map":         map[string]Secret{"a": NewSecret(canary)},
		"C3 SMTP section":     module.SMTP,
		"C3 mailbox section":  module.Mailbox,
		"C3 credentials":      module.Credentials,
		"C3 TLS settings":     trip.Send.TLSConfig,
		"C3 round trip":       trip,
		"C3 module":           module,
		"C3 configuration":    conf,
		"C3 modules":          conf.Modules,
	} {
		t.Run(name, func(t *testing.T) {
			for way, text := range printed(t, v) {
				if strings.Contains(text, canary) || strings.Contains(text, fmt.Sprintf("%x", canary)) {
					t.Errorf("%s shows the secret: %s", way, text)
				}
			}
		})
	}
	if s := conf.String(); !strings.Contains(s, "key: <secret>") {
		t.Errorf("the mask is not shown:\n%s", s)
	}
}

func TestSecretIsMaskedAndRevealed(t *testing.T) {
	s, none := NewSecret(canary), NewSecret("")
	if s.Reveal() != canary || s.Empty() || !none.Empty() || none.Reveal() != "" {
		t.Error("the text is not kept")
	}
	if !s.Equal(NewSecret(canary)) || s.Equal(none) {
		t.Error("secrets do not compare by their text")
	}
	for way, text := range map[string]string{
		"String": s.String(), "GoString": s.GoString(), "LogValue": s.LogValue().String(), "Sprint": fmt.Sprint(s),
	} {
		if text != mask {
			t.Errorf("%s gives %q", way, text)
		}
	}
	if none.String() != "" {
		t.Errorf("no secret is shown as %q", none)
	}
	var u Secret
	if err := u.UnmarshalText([]byte(mask)); !errors.Is(err, errMasked) {
		t.Errorf("the mask was taken for a secret: %v", err)
	}
}

// Row C2: what a secret's file may be.
func TestSecretFile(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string, mode fs.FileMode) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := errors.Join(os.WriteFile(path, []byte(content), mode), os.Chmod(path, mode)); err != nil {
			t.Fatal(err)
		}
		return path
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(write("target", "s\n", 0o600), link); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, path, want string
		err, warning     error
	}{
		{name: "C2 one line", path: write("a", canary+"\n", 0o400), want: canary},
		{name: "C2 no line end", path: write("b", canary, 0o600), want: canary},
		{name: "C2 carriage return", path: write("c", canary+"\r\n", 0o600), want: canary},
		{name: "C2 two line ends", path: write("d", canary+"\n\n", 0o600), want: canary + "\n"},
		{name: "C2 spaces are kept", path: write("e", " x ", 0o600), want: " x "},
		{name: "C2 symlink", path: link, want: "s"},
		{name: "C2 world-readable", path: write("f", "s", 0o644), want: "s", warning: ErrWorldReadable},
		{name: "C2 missing", path: filepath.Join(dir, "none"), err: fs.ErrNotExist},
		{name: "C2 empty", path: write("g", "", 0o600), err: ErrEmpty},
		{name: "C2 only a line end", path: write("h", "\n", 0o600), err: ErrEmpty},
		{name: "C2 directory", path: dir, err: ErrNotRegular},
		{name: "C2 device", path: os.DevNull, err: ErrNotRegular},
		{name: "C2 largest", path: write("i", strings.Repeat("x", MaxSecret), 0o600), want: strings.Repeat("x", MaxSecret)},
		{name: "C2 too large", path: write("j", strings.Repeat("x", MaxSecret+1), 0o600), err: ErrTooLarge},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := SecretFile(c.path).Read()
			if s.Reveal() != c.want || !errors.Is(err, c.err) {
				t.Errorf("%.80q, %v", s.Reveal(), err)
			}
			if err != nil && !strings.Contains(err.Error(), c.path) {
				t.Errorf("the error does not name the file: %v", err)
			}
			wantCheck := errors.Join(c.err, c.warning)
			if err := SecretFile(c.path).Check(); (err == nil) != (wantCheck == nil) ||
				c.warning != nil && !errors.Is(err, c.warning) {
				t.Errorf("check gives %v, want %v", err, wantCheck)
			}
		})
	}
}

// Row C2: a secret that changes needs no reload.
func TestSecretFileIsReadAtEachUse(t *testing.T) {
	f := filepath.Join(t.TempDir(), "secret")
	for _, want := range []string{"first", "second"} {
		if err := os.WriteFile(f, []byte(want+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if s, err := SecretFile(f).Read(); err != nil || s.Reveal() != want {
			t.Errorf("%q, %v, want %s", s.Reveal(), err, want)
		}
	}
}

func TestPrometheusSecretOfTheTypeItselfIsNotOurs(t *testing.T) {
	// Why SMTP has its own Format: the library's type is printed in clear.
	if got := fmt.Sprint(promconfig.Secret(canary)); got != canary {
		t.Errorf("Prometheus's Secret now prints %q: SMTP.Format may go", got)
	}
}
