package config

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestDuration(t *testing.T) {
	for in, want := range map[string]time.Duration{
		"0": 0, "0s": 0, "500ms": 500 * time.Millisecond, "1m30s": 90 * time.Second, "2h": 2 * time.Hour, "-5s": -5 * time.Second,
	} {
		var d Duration
		if err := d.UnmarshalText([]byte(in)); err != nil || d.Std() != want {
			t.Errorf("%s: %v, %v", in, d.Std(), err)
		}
		var again Duration
		if b, err := d.MarshalText(); err != nil || again.UnmarshalText(b) != nil || again != d {
			t.Errorf("%s is written as %s, %v", in, b, err)
		}
	}
	for in, want := range map[string]string{
		"30":                    `"30" has no unit: write 30s for seconds, or ms, m, h`,
		"-30":                   `"-30" has no unit`,
		"":                      "is not a duration",
		"1.5s":                  "is not a duration",
		"s":                     "is not a duration",
		"1s1m":                  "is not a duration",
		"30 s":                  "is not a duration",
		"NaN":                   "is not a duration",
		"1us":                   "is not a duration",
		"99999999999999999999y": "is not a duration",
		strings.Repeat("9", 99): "999… has no unit",
	} {
		d := Duration(7)
		err := d.UnmarshalText([]byte(in))
		if d != 7 || err == nil || !strings.Contains(strings.ReplaceAll(err.Error(), `…"`, "…"), want) {
			t.Errorf("%s: %v, %v, want %s", in, d, err, want)
		}
	}
}

func TestNetwork(t *testing.T) {
	for in, want := range map[string]string{
		"10.0.0.0/8": "10.0.0.0/8", "10.0.0.1": "10.0.0.1", "10.0.0.1/32": "10.0.0.1",
		"fd00::/8": "fd00::/8", "2001:DB8::1": "2001:db8::1", "0.0.0.0/0": "0.0.0.0/0",
	} {
		var n Network
		if err := n.UnmarshalText([]byte(in)); err != nil || n.String() != want {
			t.Errorf("%s: %s, %v", in, n, err)
		}
	}
	for _, in := range []string{
		"", "10", "10.0.0.1/8", "10.0.0.0/33", "fd00::1/8", "::ffff:10.0.0.1", "::ffff:10.0.0.0/104",
		"fe80::1%eth0", "example.org", "10.0.0.0/08", "10.0.0.0 /8",
	} {
		var n Network
		if err := n.UnmarshalText([]byte(in)); err == nil || n.Prefix().IsValid() || !strings.Contains(err.Error(), "write") {
			t.Errorf("%q is taken as %s, or the error says not what to write: %v", in, n, err)
		}
	}
}

func TestClosedWordsListTheRightOnes(t *testing.T) {
	for _, w := range []interface {
		closed
		UnmarshalText([]byte) error
	}{new(Prober), new(Success), new(AddressMode), new(DNSTransport), new(StartTLS), new(Outcome)} {
		for _, word := range w.words() {
			if err := w.UnmarshalText([]byte(word)); err != nil {
				t.Errorf("%T: %v", w, err)
			}
		}
		for _, wrong := range []string{"", "MX", "none", strings.Repeat("x", 1000)} {
			err := w.UnmarshalText([]byte(wrong))
			if err == nil || !strings.HasSuffix(err.Error(), " is not one of "+strings.Join(w.words(), ", ")) || len(err.Error()) > 200 {
				t.Errorf("%T: %q: %v", w, cut(wrong), err)
			}
		}
	}
}

func TestServersAreCompleted(t *testing.T) {
	for in, want := range map[string]string{
		"127.0.0.1":          "127.0.0.1:53 127.0.0.1:853",
		"127.0.0.1:5353":     "127.0.0.1:5353 127.0.0.1:5353",
		"2001:db8::1":        "[2001:db8::1]:53 [2001:db8::1]:853",
		"[2001:db8::1]":      "[2001:db8::1]:53 [2001:db8::1]:853",
		"[2001:db8::1]:5353": "[2001:db8::1]:5353 [2001:db8::1]:5353",
		"fe80::1%eth0":       "[fe80::1%eth0]:53 [fe80::1%eth0]:853",
	} {
		var got []string
		for _, transport := range []DNSTransport{UDP, TLS} {
			c, err := Parse(fmt.Appendf(nil, "modules: {mx: {dns: {transport: %s, servers: [%q]}}}", transport, in), "")
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, c.Modules["mx"].DNS.Servers...)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s becomes %s, want %s", in, got, want)
		}
	}
}

func TestNearestKeyIsSuggested(t *testing.T) {
	known := []string{"timeout", "prober", "mx_hosts", "addresses", "dns"}
	for name, want := range map[string]string{
		"timout": "timeout", "Timeout": "timeout", "probe": "prober", "mx-hosts": "mx_hosts", "address": "addresses",
		"servers": "", "": "", "zzz": "", "dnss": "dns",
	} {
		if got := nearest(name, known); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	for _, d := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"", "ab", 2}, {"kitten", "sitting", 3}, {"ab", "ba", 2}} {
		if got := distance(d.a, d.b); got != d.want {
			t.Errorf("from %q to %q are %d steps, want %d", d.a, d.b, got, d.want)
		}
	}
}

func TestCutKeepsWholeLetters(t *testing.T) {
	s := cut(strings.Repeat("a", shown-1) + "ü")
	if s != strings.Repeat("a", shown-1)+"…" {
		t.Errorf("%q", s)
	}
	if cut("short") != "short" {
		t.Error("a short text is cut")
	}
}
