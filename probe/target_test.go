package probe

import (
	"strings"
	"testing"
)

func TestParseTarget(t *testing.T) {
	for in, want := range map[string]string{
		"example.org":            "example.org",
		"Example.ORG.":           "example.org",
		"münchen.example":        "xn--mnchen-3ya.example",
		"xn--mnchen-3ya.example": "xn--mnchen-3ya.example",
		"a-b.c-d.example":        "a-b.c-d.example",
		"Info@Example.org":       "Info@example.org",
		"o'brien+x@example.org":  "o'brien+x@example.org",
		"a.b@münchen.example":    "a.b@xn--mnchen-3ya.example",
		"1and1.example":          "1and1.example",
	} {
		got, err := ParseTarget(in)
		if err != nil || got.String() != want {
			t.Errorf("%q: got %q, %v; want %q", in, got, err, want)
		}
	}
}

// H2.
func TestParseTargetRefusesWhatIsNoDomain(t *testing.T) {
	for _, in := range []string{
		"", "localhost", "com", ".", "..", "example..org", ".example.org", "-a.example", "a-.example",
		"192.0.2.1", "[192.0.2.1]", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:25", "example.1",
		"example.org:25", "https://example.org", "https://example.org/", "example.org/path", "example.org?x",
		"example.org\r\nRCPT TO:<x>", "example.org\x00", "exa mple.org", " example.org", "example.org ", "%00", "a%2eb.org",
		"_dmarc.example.org", "exa_mple.org", "@example.org", "user@", "user@localhost", "user@192.0.2.1", "user@[192.0.2.1]",
		"a b@example.org", "a\r@example.org", ".a@example.org", "a.@example.org", "a..b@example.org", "<a>@example.org",
		`"a b"@example.org`, "a@b@example.org", "x@y\n.org",
		strings.Repeat("a", 64) + ".org", strings.Repeat("a.", 127) + "org", strings.Repeat("a", 65) + "@example.org",
		strings.Repeat("x", 100_000),
	} {
		got, err := ParseTarget(in)
		if err == nil {
			t.Errorf("%.80q was taken as %+v", in, got)
			continue
		}
		if s := err.Error(); len(s) > 400 || strings.ContainsAny(s, "\r\n\x00") || !strings.Contains(s, "example.org") {
			t.Errorf("%.80q: %q", in, s)
		}
	}
}

func FuzzParseTarget(f *testing.F) {
	for _, s := range []string{"example.org", "user@example.org", "münchen.example", "[::1]:25", "a\x00b.org", "xn--a.org", "ẞ.example"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseTarget(s)
		if err != nil {
			if got != (Target{}) {
				t.Errorf("an error and a target: %+v", got)
			}
			return
		}
		if len(got.Domain) > 253 || strings.Trim(got.Domain, "abcdefghijklmnopqrstuvwxyz0123456789-.") != "" {
			t.Errorf("%q became %q", s, got.Domain)
		}
		again, err := ParseTarget(got.String())
		if err != nil || again != got {
			t.Errorf("%q became %+v, and that %+v, %v", s, got, again, err)
		}
	})
}
