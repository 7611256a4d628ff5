package spf

import (
	"slices"
	"strconv"
	"strings"

	"mx_exporter/probe/txt"
)

// macroLetters are those of RFC 7208 section 7.2, without the ones for
// explanations.
const macroLetters = "slodiphv"

// macro is one "%" and what belongs to it (RFC 7208 section 7.1).
type macro struct {
	octets     int    // how long it is
	literal    string // what "%%", "%_" and "%-" stand for
	letter     byte   // of "%{...}", in lower case
	keep       int    // how many parts from the right; 0: all
	reverse    bool
	delimiters string
}

// readMacro reads the macro at the front. The letters c, r and t are only for
// the explanation (section 7.2), and no macros where this package looks.
func readMacro(s string) (macro, bool) {
	if len(s) < 2 {
		return macro{}, false
	}
	switch s[1] {
	case '%':
		return macro{octets: 2, literal: "%"}, true
	case '_':
		return macro{octets: 2, literal: " "}, true
	case '-':
		return macro{octets: 2, literal: "%20"}, true
	}
	end := strings.IndexByte(s, '}')
	if s[1] != '{' || end < 3 {
		return macro{}, false
	}
	m := macro{octets: end + 1, letter: s[2] | 0x20, delimiters: "."}
	body := s[3:end]
	n := len(body) - len(strings.TrimLeft(body, "0123456789"))
	if n > 0 {
		keep, err := strconv.Atoi(body[:n])
		if err != nil || keep == 0 { // section 7.1: zero is not allowed
			return macro{}, false
		}
		m.keep = keep
	}
	body = body[n:]
	if body != "" && body[0]|0x20 == 'r' {
		m.reverse, body = true, body[1:]
	}
	if body != "" {
		m.delimiters = body
	}
	return m, strings.IndexByte(macroLetters, m.letter) >= 0 && strings.Trim(m.delimiters, ".-+,/_=") == ""
}

// noMacro says why a text that begins with "%" does not begin with a macro.
func noMacro(s string) string {
	if !strings.HasPrefix(s, "%{") {
		return txt.Quote(s) + ` does not begin with a macro; a percent sign is written as "%%"`
	}
	end := strings.IndexByte(s, '}')
	if end < 0 {
		return txt.Quote(s) + ` begins a macro that no "}" ends`
	}
	whole, body := txt.Quote(s[:end+1]), s[2:end]
	switch {
	case body == "":
		return whole + " has no letter; want one of s, l, o, d, i, p, h and v"
	case strings.ContainsAny(body[:1], "crtCRT"):
		return whole + " is for explanations alone (RFC 7208 section 7.2)"
	case !strings.ContainsAny(body[:1], macroLetters+strings.ToUpper(macroLetters)):
		return whole + " is no macro: its letter is to be one of s, l, o, d, i, p, h and v"
	}
	if n := strings.TrimLeft(body[1:], "0"); n == "" || n[0] < '1' || n[0] > '9' {
		if len(n) < len(body)-1 {
			return whole + " keeps no part of the name; want a number from 1"
		}
	}
	return whole + ` has something behind its letter that is no number, no "r" and no delimiter (one of .-+,/_=)`
}

// expand puts the known values in place of the macros: the domain whose record
// it is (d), and the domain of the sender (o). It reports false where a value
// depends on the mail at hand.
func expand(s, current, sender string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			b.WriteByte(s[i])
			continue
		}
		m, ok := readMacro(s[i:])
		if !ok {
			return "", false
		}
		switch m.letter {
		case 0:
			b.WriteString(m.literal)
		case 'd':
			b.WriteString(m.apply(current))
		case 'o':
			b.WriteString(m.apply(sender))
		default:
			return "", false
		}
		i += m.octets - 1
	}
	return shorten(b.String()), true
}

// apply transforms a value (RFC 7208 section 7.3).
func (m macro) apply(value string) string {
	var parts []string // also empty ones: section 7.3 gives delimiters in a row no special treatment
	for {
		i := strings.IndexAny(value, m.delimiters)
		if i < 0 {
			break
		}
		parts, value = append(parts, value[:i]), value[i+1:]
	}
	parts = append(parts, value)
	if m.reverse {
		slices.Reverse(parts)
	}
	if m.keep > 0 && m.keep < len(parts) {
		parts = parts[len(parts)-m.keep:]
	}
	return strings.Join(parts, ".")
}

// shorten drops labels from the left until a name is at most 253 octets long
// (RFC 7208 section 7.3).
func shorten(name string) string {
	for len(strings.TrimSuffix(name, ".")) > 253 {
		_, rest, ok := strings.Cut(name, ".")
		if !ok {
			break
		}
		name = rest
	}
	return name
}
