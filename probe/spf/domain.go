package spf

import (
	"net/netip"
	"strings"

	"mx_exporter/probe/txt"
)

// domain checks a domain-spec (RFC 7208 section 7.1): macros are sound, and it
// ends in a macro or in a dot and a top label. It stands at an offset in the
// term; of says for which term.
func (p *parser) domain(s string, at int, of string) bool {
	if s == "" {
		p.problem(BadArgument, at, "%s names no domain", of)
		return false
	}
	if !p.macros(s, at) {
		return false
	}
	tail := s[macroEnd(s):]
	if tail == "" {
		return true
	}
	tail = strings.TrimSuffix(tail, ".")
	dot := strings.LastIndexByte(tail, '.')
	switch {
	case dot >= 0 && topLabel(tail[dot+1:]):
		return true
	case numeric(s):
		p.problem(BadDomain, at, "%s is an address, where %s takes a domain; \"ip4\" or \"ip6\" takes an address", txt.Quote(s), of)
	case dot < 0:
		p.problem(BadDomain, at, "%s is no domain: it has one part only", txt.Quote(s))
	default:
		p.problem(BadDomain, at, "%s is no domain: its last part cannot be that of one", txt.Quote(s))
	}
	return false
}

// numeric reports an IPv4 address, or a network in its place.
func numeric(s string) bool {
	s, _, _ = strings.Cut(s, "/")
	_, err := netip.ParseAddr(s)
	return err == nil || strings.Trim(s, "0123456789.") == ""
}

// topLabel reports whether a label can be the last one of a domain (RFC 7208
// section 7.1, toplabel): letters, digits and hyphens, no hyphen at an end, not
// all digits.
func topLabel(s string) bool {
	if s == "" || s[0] == '-' || s[len(s)-1] == '-' || digits(s) {
		return false
	}
	for i := range len(s) {
		c := s[i] | 0x20
		if (c < 'a' || c > 'z') && (s[i] < '0' || s[i] > '9') && s[i] != '-' {
			return false
		}
	}
	return true
}

// macros checks that every "%" begins a macro (RFC 7208 section 7.1).
func (p *parser) macros(s string, at int) bool {
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			continue
		}
		m, ok := readMacro(s[i:])
		if !ok {
			p.problem(BadMacro, at+i, "%s", noMacro(s[i:]))
			return false
		}
		i += m.octets - 1
	}
	return true
}

// macroEnd is where the last macro ends, and 0 without one.
func macroEnd(s string) int {
	end := 0
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			continue
		}
		m, ok := readMacro(s[i:])
		if !ok {
			return end
		}
		i += m.octets - 1
		end = i + 1
	}
	return end
}
