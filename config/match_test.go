package config

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
)

func TestSender(t *testing.T) {
	for _, c := range []struct{ from, ehlo, want string }{
		{"", "monitor.example.net", "postmaster@monitor.example.net"},
		{"", "monitor", ""},
		{"", "localhost", ""},
		{"", "", ""},
		{"", "[192.0.2.1]", ""},
		{"", "[IPv6:2001:db8::1]", ""},
		{"", strings.Repeat("a.", 121) + "ab", ""}, // longer than an address may be
		{"", strings.Repeat("a.", 121) + "a", "postmaster@" + strings.Repeat("a.", 121) + "a"},
		{"none", "monitor.example.net", ""},
		{"<>", "monitor.example.net", "<>"},
		{"probe@example.org", "monitor", "probe@example.org"},
	} {
		if got := (SMTP{MailFrom: c.from}).Sender(c.ehlo); got != c.want {
			t.Errorf("mail_from %q, EHLO %.40q: %q, want %q", c.from, c.ehlo, got, c.want)
		}
	}
}

func TestRecipientsAllow(t *testing.T) {
	for _, c := range []struct {
		pattern, address string
		want             bool
	}{
		{"probe@example.org", "probe@example.org", true},
		{"probe@example.org", "probe@EXAMPLE.org", true},
		{"probe@EXAMPLE.org", "probe@example.org.", true},
		{"probe@example.org", "Probe@example.org", false},
		{"probe@example.org", "probe@example.org.evil.example", false},
		{"*@example.org", "a.b+c@example.org", true},
		{"*@example.org", "@example.org", false},
		{"*@example.org", "a@sub.example.org", false},
		{"*@*.example.org", "a@sub.example.org", true},
		{"*@*.example.org", "a@example.org", false},
		{"a*@example.org", "b@x@example.org", false},
		{"*@example.org", "example.org", false},
		{"*@example.org", "a@", false},
		{"*@example.org", "", false},
		{"x@a*", "x@a@b", false},
		{"test-*-*@*", "test-1-2@example.net", true},
	} {
		if got := (Recipients{Allow: []string{"other@example.com", c.pattern}}).Allows(c.address); got != c.want {
			t.Errorf("%s allows %q: %v", c.pattern, c.address, got)
		}
	}
	if (Recipients{}).Allows("a@example.org") {
		t.Error("nothing is allowed by default, and something was")
	}
}

func TestExpectedTakesTheFirstPatternThatMatches(t *testing.T) {
	m := Module{Expect: []Expectation{
		{"decoy.example.org", Unreachable},
		{"cluster*a.*.MessageLabs.com.", TempFail},
		{"*.example.org", Refuse},
		{"mx.example.org", Accept},
	}}
	for host, want := range map[string]Outcome{
		"decoy.example.org":            Unreachable,
		"DECOY.example.ORG.":           Unreachable,
		"cluster5a.eu.messagelabs.com": TempFail,
		"cluster5.eu.messagelabs.com":  Accept,
		"mx.example.org":               Refuse,
		"example.org":                  Accept,
		"":                             Accept,
		".":                            Accept,
	} {
		if got := m.Expected(host); got != want {
			t.Errorf("%q: %s, want %s", host, got, want)
		}
	}
}

func TestNullMXIsMatchedByTheDotAlone(t *testing.T) {
	star := Expectation{"*", Refuse}
	if got := (Module{Expect: []Expectation{star}}).Expected("."); got != Accept {
		t.Errorf("a star matches the host of a null MX: %s", got)
	}
	if got := (Module{Expect: []Expectation{star, {".", Unreachable}}}).Expected("."); got != Unreachable {
		t.Errorf("%s, want what the dot says", got)
	}
}

func TestAllowedNetworks(t *testing.T) {
	want := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	m := Module{AllowNetworks: []Network{Network(want[0]), Network(want[1])}}
	if got := m.Allowed(); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// Row C7: a pattern of many stars costs no more than the product of the lengths.
func TestPatternOfManyStarsEnds(t *testing.T) {
	if glob(strings.Repeat("*a", 127), strings.Repeat("a", 126)+"b") {
		t.Error("matched")
	}
}

// FuzzGlob compares with matching by trying every way.
func FuzzGlob(f *testing.F) {
	for _, s := range []string{"", "*", "a*b", "**", "*.example.org"} {
		f.Add(s, "a.example.org")
		f.Add(s, "")
	}
	f.Fuzz(func(t *testing.T, pattern, s string) {
		if len(pattern) > 12 || len(s) > 12 {
			return
		}
		if got, want := glob(pattern, s), everyWay(pattern, s); got != want {
			t.Errorf("%q matches %q: %v, want %v", pattern, s, got, want)
		}
	})
}

func everyWay(pattern, s string) bool {
	switch {
	case pattern == "":
		return s == ""
	case pattern[0] == '*':
		return everyWay(pattern[1:], s) || s != "" && everyWay(pattern, s[1:])
	}
	return s != "" && s[0] == pattern[0] && everyWay(pattern[1:], s[1:])
}
