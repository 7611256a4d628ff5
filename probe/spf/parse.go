package spf

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"mx_exporter/probe/tagvalue"
	"mx_exporter/probe/txt"
)

const (
	version     = "v=spf1"
	maxProblems = 20 // told of one record's text: that many mistakes, and that many of what is merely unwise
)

// Is reports whether a TXT record is one of SPF: "v=spf1", letters compared
// without case, and then a space or nothing (RFC 7208 section 4.5).
func Is(text string) bool {
	if len(text) < len(version) || !strings.EqualFold(text[:len(version)], version) {
		return false
	}
	return len(text) == len(version) || text[len(version)] == ' '
}

// Parse reads a record and gives every term that can be read and every problem
// of its text, in the order of the text, at most 20 permanent ones and 20 others.
// The record can be evaluated when none of them is permanent.
func Parse(text string) (*Record, []Problem) {
	p := parser{record: &Record{}, seen: map[Name]bool{}}
	if !Is(text) {
		p.problem(BadVersion, 0, `it does not begin with "v=spf1" and a space`)
		return p.record, p.problems
	}
	for at := len(version); at < len(text); {
		if text[at] == ' ' {
			at++
			continue
		}
		end := len(text)
		if i := strings.IndexByte(text[at:], ' '); i >= 0 {
			end = at + i
		}
		p.number++
		p.column = at + 1
		p.term(text[at:end])
		at = end
	}
	p.number = 0
	p.lint(text)
	slices.SortStableFunc(p.problems, byPlace)
	return p.record, p.problems
}

type parser struct {
	record   *Record
	problems []Problem
	mistakes int // of the problems
	seen     map[Name]bool
	number   int // of the term at hand; 0: the record as a whole
	column   int // of the term's first octet
}

// problem notes something at an offset in the term at hand.
func (p *parser) problem(k Kind, at int, format string, args ...any) {
	if k.syntax() {
		p.mistakes++
	}
	// A mistake is never hidden by what is merely unwise.
	if k.syntax() && p.mistakes > maxProblems || !k.syntax() && len(p.problems)-min(p.mistakes, maxProblems) >= maxProblems {
		return
	}
	col := 0
	if p.number > 0 {
		col = p.column + at
	}
	p.problems = append(p.problems, Problem{Kind: k, Term: p.number, Column: col, Text: fmt.Sprintf(format, args...)})
}

// term reads one term.
func (p *parser) term(s string) {
	if i := strings.IndexFunc(s, func(r rune) bool { return r < '!' || r > '~' }); i >= 0 {
		p.problem(BadOctet, i, "%s has an octet outside of visible ASCII; spaces, and nothing else, stand between terms", txt.Quote(s))
		return
	}
	t := Term{Number: p.number, Column: p.column, Bits4: 32, Bits6: 128}
	n := nameLength(s)
	if n > 0 && n < len(s) && s[n] == '=' {
		p.modifier(t, s[:n], s[n+1:])
		return
	}
	t.Qualifier = Plus
	skip := 0
	if strings.Contains("+-~?", s[:1]) {
		t.Qualifier, skip = Qualifier(s[:1]), 1
		n = nameLength(s[1:])
	}
	t.Name = Name(strings.ToLower(s[skip : skip+n]))
	rest := s[skip+n:]
	if !slices.Contains(mechanisms, string(t.Name)) || (rest != "" && rest[0] != ':' && rest[0] != '/') {
		p.problem(UnknownMechanism, 0, "%s is no mechanism%s", txt.Quote(s), meant(s[skip:], string(t.Name)))
		return
	}
	if p.mechanism(&t, rest, skip+n) {
		p.record.Terms = append(p.record.Terms, t)
	}
}

// nameLength is how many octets at the front can be a name: ALPHA *( ALPHA /
// DIGIT / "-" / "_" / "." ), RFC 7208 section 4.6.1.
func nameLength(s string) int {
	for i := range len(s) {
		c := s[i] | 0x20
		letter := c >= 'a' && c <= 'z'
		if !letter && (i == 0 || !(s[i] >= '0' && s[i] <= '9') && !strings.Contains("-_.", s[i:i+1])) {
			return i
		}
	}
	return len(s)
}

// meant guesses at what an unknown term was to be.
func meant(s, name string) string {
	if pre, err := netip.ParseAddr(strings.Split(s, "/")[0]); err == nil {
		if pre.Is4() {
			return `; an address is written as "ip4:" and the address`
		}
		return `; an address is written as "ip6:" and the address`
	}
	switch name {
	case "redirect", "exp":
		return "; a modifier takes \"=\": \"" + name + "=\""
	case "ipv4", "ip":
		return `; "ip4" was probably meant`
	case "ipv6":
		return `; "ip6" was probably meant`
	}
	if near, ok := tagvalue.Nearest(name, append(slices.Clone(mechanisms), modifiers...)...); ok && len(name) > 1 {
		return fmt.Sprintf("; %q was probably meant", near)
	}
	return ""
}

// modifier reads a "name=value" term.
func (p *parser) modifier(t Term, name, value string) {
	t.Name, t.Argument = Name(strings.ToLower(name)), value
	at := len(name) + 1
	known := slices.Contains(modifiers, string(t.Name))
	switch {
	case known && p.seen[t.Name]:
		p.problem(TwiceModifier, 0, "%s stands here for the second time", t.Name)
		return
	case known:
		p.seen[t.Name] = true
		if !p.domain(value, at, string(t.Name)) {
			return
		}
	default:
		if !p.macros(value, at) {
			return
		}
		p.unknown(t.Name)
	}
	p.record.Terms = append(p.record.Terms, t)
}

// unknown judges a modifier that the RFC does not define. Receivers ignore it,
// which is a trap where it was to be a mechanism.
func (p *parser) unknown(n Name) {
	switch {
	case n == "v":
		p.problem(MistakenModifier, 0, "a second version is ignored; two records in one were probably not meant")
	case slices.Contains(mechanisms, string(n)):
		p.problem(MistakenModifier, 0, "%s= is ignored by everybody; a mechanism takes \":\"", n)
	default:
		if near, ok := tagvalue.Nearest(string(n), modifiers...); ok {
			p.problem(MistakenModifier, 0, "%s is ignored by everybody; %q was probably meant", txt.Quote(string(n)), near+"=")
			return
		}
		p.problem(UnknownModifier, 0, "%s is a modifier that nobody knows", txt.Quote(string(n)))
	}
}

// length reads a prefix length: no sign, no leading zero, at most limit.
func length(s string, limit int) (int, bool) {
	n, err := strconv.Atoi(s)
	if err != nil || strconv.Itoa(n) != s || n < 0 || n > limit {
		return 0, false
	}
	return n, true
}
