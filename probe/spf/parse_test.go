package spf

import (
	"strings"
	"testing"
)

// said is what Parse told, one line for each problem.
func said(ps []Problem) []string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = string(p.Kind) + " " + p.String()
	}
	return lines
}

func TestRecordIsRecognisedByItsVersion(t *testing.T) {
	for text, want := range map[string]bool{
		"v=spf1": true, "v=spf1 -all": true, "V=SPF1 -all": true,
		"v=spf10 -all": false, "v=spf1\t-all": false, "v=spf": false, " v=spf1 -all": false, "spf2.0/pra -all": false, "": false,
	} {
		if got := Is(text); got != want {
			t.Errorf("Is(%q) = %v", text, got)
		}
	}
}

func TestSoundRecordsReadAsWritten(t *testing.T) {
	for _, tc := range []struct{ in, want string }{
		{"v=spf1", "v=spf1"},
		{"v=spf1 -all", "v=spf1 -all"},
		{"v=spf1  +mx  ~all ", "v=spf1 mx ~all"},
		{"V=sPf1 IP4:192.0.2.0/24 -ALL", "v=spf1 ip4:192.0.2.0/24 -all"},
		{"v=spf1 ip4:192.0.2.1/32 ip6:2001:DB8::/32 -all", "v=spf1 ip4:192.0.2.1 ip6:2001:db8::/32 -all"},
		{"v=spf1 a a/24 a//64 a/24//64 a:x.test a:x.test/24//64 mx/32//128 -all", "v=spf1 a a/24 a//64 a/24//64 a:x.test a:x.test/24//64 mx -all"},
		{"v=spf1 a:foo:bar/baz.x.test -all", "v=spf1 a:foo:bar/baz.x.test -all"},
		{"v=spf1 a:%{d/}/24 -all", "v=spf1 a:%{d/}/24 -all"},
		{"v=spf1 exists:%{ir}.%{v}._spf.%{d2} ?all", "v=spf1 exists:%{ir}.%{v}._spf.%{d2} ?all"},
		{"v=spf1 exists:%{L1R-+}.%%.%_x.test.", "v=spf1 exists:%{L1R-+}.%%.%_x.test."},
		{"v=spf1 include:_spf.x.test redirect=_spf.x.xn--p1ai exp=e.x.test moo.cow=%{d}/x", "v=spf1 include:_spf.x.test redirect=_spf.x.xn--p1ai exp=e.x.test moo.cow=%{d}/x"},
	} {
		r, ps := Parse(tc.in)
		if wrong(ps) {
			t.Errorf("%q: %v", tc.in, said(ps))
		}
		if got := r.String(); got != tc.want {
			t.Errorf("%q\n got %q\nwant %q", tc.in, got, tc.want)
		}
	}
}

// mistakes are records, and the first thing to be told of each.
var mistakes = []struct{ in, want string }{
	{"v=spf2 -all", `bad_version it does not begin with "v=spf1" and a space`},
	{"v=spf1 mx\t-all", `bad_octet term 1, octet 10: "mx\t-all" has an octet outside of visible ASCII; spaces, and nothing else, stand between terms`},
	{"v=spf1 mx -all;", `unknown_mechanism term 2, octet 11: "-all;" is no mechanism; "all" was probably meant`},
	{"v=spf1 ipv4:192.0.2.1 -all", `unknown_mechanism term 1, octet 8: "ipv4:192.0.2.1" is no mechanism; "ip4" was probably meant`},
	{"v=spf1 192.0.2.1 -all", `unknown_mechanism term 1, octet 8: "192.0.2.1" is no mechanism; an address is written as "ip4:" and the address`},
	{"v=spf1 2001:db8::/32 -all", `unknown_mechanism term 1, octet 8: "2001:db8::/32" is no mechanism; an address is written as "ip6:" and the address`},
	{"v=spf1 inlcude:x.test -all", `unknown_mechanism term 1, octet 8: "inlcude:x.test" is no mechanism; "include" was probably meant`},
	{"v=spf1 redirect:x.test", `unknown_mechanism term 1, octet 8: "redirect:x.test" is no mechanism; a modifier takes "=": "redirect="`},
	{"v=spf1 -redirect=x.test", `unknown_mechanism term 1, octet 8: "-redirect=x.test" is no mechanism; a modifier takes "=": "redirect="`},
	{"v=spf1 - all", `unknown_mechanism term 1, octet 8: "-" is no mechanism`},
	{"v=spf1 -all:x.test", `bad_argument term 1, octet 12: all takes no argument, and here stands ":x.test"`},
	{"v=spf1 include -all", `bad_argument term 1, octet 15: include takes ":" and a domain`},
	{"v=spf1 include: -all", `bad_argument term 1, octet 16: include names no domain`},
	{"v=spf1 redirect=", `bad_argument term 1, octet 17: redirect names no domain`},
	{"v=spf1 ip4 -all", `bad_argument term 1, octet 11: ip4 takes ":" and an address`},
	{"v=spf1 ip4:192.0.2 -all", `bad_address term 1, octet 12: "192.0.2" is no IPv4 address`},
	{"v=spf1 ip4:2001:db8::1 -all", `bad_address term 1, octet 12: "2001:db8::1" is no IPv4 address; "ip6" was probably meant`},
	{"v=spf1 ip6:192.0.2.1 -all", `bad_address term 1, octet 12: "192.0.2.1" is no IPv6 address; "ip4" was probably meant`},
	{"v=spf1 ip6:fe80::1%eth0 -all", `bad_address term 1, octet 12: "fe80::1%eth0" is no IPv6 address`},
	{"v=spf1 ip4:192.0.2.0/33 -all", `bad_prefix term 1, octet 21: "/33" is no prefix length here; want /0 to /32`},
	{"v=spf1 ip4:192.0.2.0/024 -all", `bad_prefix term 1, octet 21: "/024" is no prefix length here; want /0 to /32`},
	{"v=spf1 ip4:192.0.2.0/ -all", `bad_prefix term 1, octet 21: "/" is no prefix length here; want /0 to /32`},
	{"v=spf1 a/33 -all", `bad_prefix term 1, octet 9: "/33" is no prefix length of an IPv4 network; want /0 to /32, and // before that of IPv6`},
	{"v=spf1 a//129 -all", `bad_prefix term 1, octet 9: "//129" is no prefix length of an IPv6 network; want //0 to //128`},
	{"v=spf1 a/24/64 -all", `bad_prefix term 1, octet 12: "/64" is no prefix length of an IPv4 network; want /0 to /32, and // before that of IPv6`},
	{"v=spf1 a/24/16 -all", `bad_prefix term 1, octet 9: "/24" is no prefix length; write /24, or /24//64 for both kinds of address`},
	{"v=spf1 mx:x.test/ -all", `bad_prefix term 1, octet 17: "/" is no prefix length; write /24, or /24//64 for both kinds of address`},
	{"v=spf1 ptr/24 -all", `bad_argument term 1, octet 11: ptr takes ":" and a domain`},
	{"v=spf1 a:192.0.2.1 -all", `bad_domain term 1, octet 10: "192.0.2.1" is an address, where a takes a domain; "ip4" or "ip6" takes an address`},
	{"v=spf1 include:museum. -all", `bad_domain term 1, octet 16: "museum." is no domain: it has one part only`},
	{"v=spf1 a:x.-test -all", `bad_domain term 1, octet 10: "x.-test" is no domain: its last part cannot be that of one`},
	{"v=spf1 a:%{d}com -all", `bad_domain term 1, octet 10: "%{d}com" is no domain: it has one part only`},
	{"v=spf1 exists:%{i -all", `bad_macro term 1, octet 15: "%{i" begins a macro that no "}" ends`},
	{"v=spf1 exists:%{z}.x.test -all", `bad_macro term 1, octet 15: "%{z}" is no macro: its letter is to be one of s, l, o, d, i, p, h and v`},
	{"v=spf1 exists:%{c}.x.test -all", `bad_macro term 1, octet 15: "%{c}" is for explanations alone (RFC 7208 section 7.2)`},
	{"v=spf1 exists:%{d0}.x.test -all", `bad_macro term 1, octet 15: "%{d0}" keeps no part of the name; want a number from 1`},
	{"v=spf1 exists:%{d00r}.x.test -all", `bad_macro term 1, octet 15: "%{d00r}" keeps no part of the name; want a number from 1`},
	{"v=spf1 exists:%{ixy}.x.test -all", `bad_macro term 1, octet 15: "%{ixy}" has something behind its letter that is no number, no "r" and no delimiter (one of .-+,/_=)`},
	{"v=spf1 exists:%{}.x.test -all", `bad_macro term 1, octet 15: "%{}" has no letter; want one of s, l, o, d, i, p, h and v`},
	{"v=spf1 exists:%(i).x.test -all", `bad_macro term 1, octet 15: "%(i).x.test" does not begin with a macro; a percent sign is written as "%%"`},
	{"v=spf1 moo=%{x} -all", `bad_macro term 1, octet 12: "%{x}" is no macro: its letter is to be one of s, l, o, d, i, p, h and v`},
	{"v=spf1 exp=a.test exp=b.test -all", `twice_modifier term 2, octet 19: exp stands here for the second time`},
	{"v=spf1 mx +all", `pass_all term 2, octet 11: all without "-" or "~" lets everybody send`},
	{"v=spf1 mx all", `pass_all term 2, octet 11: all without "-" or "~" lets everybody send`},
	{"v=spf1 mx ?all", `neutral_all term 2, octet 11: "?all" says nothing about other senders`},
	{"v=spf1 mx", `no_all it has neither all nor redirect, and so says nothing about other senders`},
	{"v=spf1 -all mx", `after_all term 2, octet 13: mx stands behind all and is never evaluated`},
	{"v=spf1 redirect=x.test -all", `redirect_ignored term 1, octet 8: redirect is ignored because there is all`},
	{"v=spf1 ptr -all", `discouraged_ptr term 1, octet 8: ptr is slow and not reliable, and should not be published`},
	{"v=spf1 foo=bar -all", `unknown_modifier term 1, octet 8: "foo" is a modifier that nobody knows`},
	{"v=spf1 include=x.test -all", `mistaken_modifier term 1, octet 8: include= is ignored by everybody; a mechanism takes ":"`},
	{"v=spf1 redirct=x.test -all", `mistaken_modifier term 1, octet 8: "redirct" is ignored by everybody; "redirect=" was probably meant`},
	{"v=spf1 mx v=spf1 -all", `mistaken_modifier term 2, octet 11: a second version is ignored; two records in one were probably not meant`},
	{"v=spf1 ip4:10.0.0.0/8 -all", `wide_network term 1, octet 8: ip4:10.0.0.0/8 is a network of millions of addresses`},
	{"v=spf1 mx/0 -all", `wide_network term 1, octet 8: mx/0 takes in a network of millions of addresses`},
	{"v=spf1 ip4:192.0.2.5/24 -all", `host_bits term 1, octet 8: ip4:192.0.2.5/24 stands for the network 192.0.2.0/24`},
	{"V=SPF1 -all", `upper_case its version is written in capital letters, which some receivers do not know`},
	{"v=spf1 -ALL", `upper_case term 1, octet 8: all is written in capital letters, which some receivers do not know`},
}

func TestProblemsAreToldWithTheirPlace(t *testing.T) {
	for _, tc := range mistakes {
		_, ps := Parse(tc.in)
		lines := said(ps)
		if len(lines) == 0 || lines[0] != tc.want {
			t.Errorf("%q\n got %q\nwant %q", tc.in, strings.Join(lines, "\n     "), tc.want)
		}
	}
}

func TestOneMistakeDoesNotHideTheNext(t *testing.T) {
	_, ps := Parse("v=spf1 ipv4:192.0.2.1 include: ip4:1.2.3.4/99 -all")
	if len(ps) != 3 {
		t.Errorf("problems %q", said(ps))
	}
}

// N21: a record of any length costs a bounded report.
func TestEndlessRecordGivesABoundedReport(t *testing.T) {
	_, ps := Parse("v=spf1" + strings.Repeat(" x=", 20000) + strings.Repeat(" \x01", 20000))
	if len(ps) != 2*maxProblems || !wrong(ps) {
		t.Errorf("%d problems, wrong %v", len(ps), wrong(ps))
	}
}
