package bounce

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// cut shortens a text to at most n octets, not within a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// clean is a value on one line, without control characters and without octets
// that are no UTF-8, cut.
func clean(s string) string {
	s = strings.ToValidUTF8(cut(s, maxValue), "?")
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// mailbox finds the address in what stands where one is expected: bare, in angle
// brackets, or behind the type that RFC 3464 section 2.3.1 asks for
// ("rfc822; user@example.org"). It is empty when there is none.
func mailbox(s string) string {
	s = strings.ToValidUTF8(cut(s, maxValue), "?")
	if kind, rest, ok := strings.Cut(s, ";"); ok && !strings.Contains(kind, "@") {
		s = rest
	}
	return address.FindString(s)
}

// hostName is the name in "dns; mx.example.org", without the remarks that some
// add: "dns;mx.example.org (TCP|192.0.2.1|25)".
func hostName(s string) string {
	if kind, rest, ok := strings.Cut(s, ";"); ok && !strings.Contains(kind, ".") {
		s = rest
	}
	name, _, _ := strings.Cut(strings.TrimSpace(s), " ")
	name = strings.Trim(name, "[]()<>\",.")
	return clean(name)
}
