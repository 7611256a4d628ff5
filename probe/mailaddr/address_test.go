package mailaddr

import (
	"errors"
	"net/mail"
	"slices"
	"strings"
	"testing"
)

func TestParseTakesWhatServersTake(t *testing.T) {
	for _, tt := range []struct {
		in, want, shown string
		eai, literal    bool
	}{
		{in: "info@example.org", want: "info@example.org"},
		{in: "Info+news@EXAMPLE.org", want: "Info+news@example.org"},
		{in: "o'brien@example.org", want: "o'brien@example.org"},
		{in: "a.b!#$%&*/=?^_`{|}~-@example.org", want: "a.b!#$%&*/=?^_`{|}~-@example.org"},
		{in: `"two words"@example.org`, want: `"two words"@example.org`},
		{in: `"a@b"@example.org`, want: `"a@b"@example.org`},
		{in: `"a\"<b>"@example.org`, want: `"a\"<b>"@example.org`},
		{in: "info@bücher.example", want: "info@xn--bcher-kva.example", shown: "bücher.example"},
		{in: "info@xn--bcher-kva.example", want: "info@xn--bcher-kva.example", shown: "bücher.example"},
		{in: "info@BÜCHER.example", want: "info@xn--bcher-kva.example", shown: "bücher.example"},
		{in: "info@例え.テスト", want: "info@xn--r8jz45g.xn--zckzah", shown: "例え.テスト"},
		{in: "jörg@example.org", want: "jörg@example.org", eai: true},
		{in: "root@[192.0.2.1]", want: "root@[192.0.2.1]", literal: true},
		{in: "root@[ipv6:2001:DB8::1]", want: "root@[IPv6:2001:db8::1]", literal: true},
		{in: strings.Repeat("a", 64) + "@example.org", want: strings.Repeat("a", 64) + "@example.org"},
		{in: "a@3com.example", want: "a@3com.example"},
	} {
		a, err := Parse(tt.in)
		if err != nil || a.String() != tt.want || a.EAI != tt.eai || a.Literal != tt.literal {
			t.Errorf("%q: got %+v, %v; want %s", tt.in, a, err, tt.want)
		}
		if tt.shown != "" && a.Unicode != tt.shown {
			t.Errorf("%q is shown as %q, want %q", tt.in, a.Unicode, tt.shown)
		}
	}
}

// broken is an address with its first fault for each reason there is.
var broken = []struct {
	in     string
	reason Reason
	at     int
}{
	{"", Empty, 0},
	{"info@ex\xffample.org", BadEncoding, 7},
	{"info@example.org\r\nRCPT TO:<b@example.org>", Control, 16},
	{"in\x00fo@example.org", Control, 2},
	{"Sales <info@example.org>", Wrapped, 6},
	{"<info@example.org>", Wrapped, 0},
	{`"Sales" <info@example.org>`, Wrapped, 8},
	{"a@example.org;b@example.org", Separator, 13},
	{"a@example.org, b@example.org", Separator, 13},
	{"mailto:info@example.org", Scheme, 0},
	{"https://example.org/@info", Scheme, 0},
	{"info.example.org", NoAt, 16},
	{"info＠example.org", NoAt, 4},
	{"info(at)example.org", NoAt, 19},
	{"info@example@org", ManyAt, 12},
	{"@example.org", NoLocal, 0},
	{"info@", NoDomain, 5},
	{"in fo@example.org", Space, 2},
	{"info @example.org", Space, 4},
	{"info@ example.org", Space, 5},
	{"info@example.org\u00a0", Space, 16},
	{".info@example.org", LocalDot, 0},
	{"info.@example.org", LocalDot, 4},
	{"in..fo@example.org", LocalDot, 3},
	{"in(f)o@example.org", LocalChar, 2},
	{"in\u200bfo@example.org", LocalChar, 2},
	{`in"fo"@example.org`, LocalQuote, 2},
	{`"info@example.org`, LocalQuote, 0},
	{`"in"fo@example.org`, LocalQuote, 4},
	{strings.Repeat("a", 65) + "@example.org", LocalLong, 64},
	{"info@.example.org", DomainDot, 5},
	{"info@example.org.", DomainDot, 16},
	{"info@example..org", DomainDot, 13},
	{"info@exa_mple.org", DomainChar, 8},
	{"info@example.org/contact", DomainChar, 16},
	{"info@-example.org", DomainHyphen, 5},
	{"info@www.example-.org", DomainHyphen, 9},
	{"info@" + strings.Repeat("a", 64) + ".org", DomainLabel, 5},
	{"info@" + strings.Repeat("abcdefghi.", 26) + "org", DomainLong, 5},
	{"info@localhost", DomainSingle, 5},
	{"info@192.0.2.1", DomainNumber, 13},
	{"info@xn--a.example", DomainIDN, 5},
	{"info@\u0301bcher.example", DomainIDN, 5},
	{"info@[example.org]", DomainLiteral, 5},
	{"info@[192.0.2.1", DomainLiteral, 5},
	{"info@[2001:db8::1]", DomainLiteral, 5},
	{strings.Repeat("a", 60) + "@" + strings.Repeat("abcdefghi.", 20) + "org", Long, 0},
}

func TestParseNamesTheFirstFaultAndItsPlace(t *testing.T) {
	seen := map[Reason]bool{}
	for _, tt := range broken {
		a, err := Parse(tt.in)
		var fault *SyntaxError
		if !errors.As(err, &fault) {
			t.Errorf("%q is taken as %+v", tt.in, a)
			continue
		}
		if fault.Reason != tt.reason || fault.At != tt.at {
			t.Errorf("%q: %s at %d (%v), want %s at %d", tt.in, fault.Reason, fault.At, fault, tt.reason, tt.at)
		}
		seen[fault.Reason] = true
	}
	for _, r := range Reasons() {
		if !seen[r] {
			t.Errorf("no address here is broken for %s", r)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, tt := range broken {
		f.Add(tt.in)
	}
	for _, s := range []string{"info@example.org", `"a b"@example.org`, "jörg@bücher.example", "a@[IPv6:2001:db8::1]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := Parse(s)
		var fault *SyntaxError
		if err != nil {
			if !errors.As(err, &fault) || !slices.Contains(Reasons(), fault.Reason) || fault.At < 0 || fault.At > len(s) {
				t.Fatalf("%q: %#v", s, err)
			}
			return
		}
		if strings.ContainsAny(a.String(), "\r\n\x00") || len(a.String()) > MaxAddress {
			t.Fatalf("%q reaches the wire as %q", s, a)
		}
		again, err := Parse(a.String())
		if err != nil || again.String() != a.String() {
			t.Fatalf("%q gives %q, which gives %q, %v", s, a, again, err)
		}
		if !a.EAI && !a.Literal && a.Local[0] != '"' {
			if p, err := mail.ParseAddress(a.String()); err != nil || p.Address != a.String() {
				t.Fatalf("net/mail reads %q as %v, %v", a, p, err)
			}
		}
	})
}
