package report

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Text can be read on everything that it stands on, in both schemes: the
// contrast is that of WCAG 2.2, success criterion 1.4.3, level AA.
func TestColoursCanBeRead(t *testing.T) {
	sheet := string(Style())
	light, rest, ok := strings.Cut(sheet, "@media (prefers-color-scheme: dark)")
	if !ok {
		t.Fatal("there is no dark scheme")
	}
	schemes := map[string]map[string]string{"light": colours(light), "dark": colours(rest[:strings.Index(rest, "\n}\n")])}
	for scheme, c := range schemes {
		for back, fronts := range map[string][]string{
			"card":      {"ink", "soft", "link", "good", "warn", "bad", "none"},
			"paper":     {"ink", "soft", "link"},
			"code":      {"ink", "soft", "link"},
			"good-tint": {"ink", "good", "link"}, "warn-tint": {"ink", "warn", "link"}, "bad-tint": {"ink", "bad", "link"}, "none-tint": {"ink", "none", "link"},
			"link":   {"card"}, // the button
			"s-wait": {"ink"}, "s-connect": {"ink"}, "s-banner": {"ink"}, "s-hello": {"ink"}, "s-tls": {"ink"}, "s-mail": {"ink"}, "s-rcpt": {"ink"},
		} {
			for _, front := range fronts {
				if ratio := contrast(t, c[front], c[back]); ratio < 4.5 {
					t.Errorf("%s: %s on %s has a contrast of %.2f, want 4.5", scheme, front, back, ratio)
				}
			}
		}
	}
}

func colours(css string) map[string]string {
	m := map[string]string{}
	for _, v := range regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]+);`).FindAllStringSubmatch(css, -1) {
		m[v[1]] = v[2]
	}
	return m
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(t *testing.T, hex string) (l float64) {
	t.Helper()
	hex = strings.TrimPrefix(hex, "#")
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		if len(hex) != 6 {
			t.Fatalf("%q is no colour", hex)
		}
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		l += weight * c
	}
	return l
}
