package reply

import (
	"strconv"
	"strings"
)

// Enhanced is an enhanced status code (RFC 3463 section 2): class, subject, detail.
type Enhanced struct {
	Class, Subject, Detail int
}

// String writes the code with dots, "5.1.10".
func (e Enhanced) String() string {
	return strconv.Itoa(e.Class) + "." + strconv.Itoa(e.Subject) + "." + strconv.Itoa(e.Detail)
}

// ParseEnhanced reads a code that is the whole of s. The class is 2, 4 or 5;
// subject and detail have one to three digits and no leading zero (RFC 3463 section 2).
func ParseEnhanced(s string) (Enhanced, bool) {
	e, rest, ok := cutEnhanced(s)
	return e, ok && rest == ""
}

// cutEnhanced reads a code at the front of s and returns what follows it.
func cutEnhanced(s string) (e Enhanced, rest string, ok bool) {
	if len(s) < len("2.0.0") || (s[0] != '2' && s[0] != '4' && s[0] != '5') || s[1] != '.' {
		return Enhanced{}, s, false
	}
	subject, rest, ok := cutNumber(s[2:])
	if !ok || !strings.HasPrefix(rest, ".") {
		return Enhanced{}, s, false
	}
	detail, rest, ok := cutNumber(rest[1:])
	if !ok {
		return Enhanced{}, s, false
	}
	return Enhanced{Class: int(s[0] - '0'), Subject: subject, Detail: detail}, rest, true
}

// cutNumber reads one to three digits.
func cutNumber(s string) (n int, rest string, ok bool) {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	if i == 0 || i > 3 || i > 1 && s[0] == '0' {
		return 0, s, false
	}
	n, _ = strconv.Atoi(s[:i])
	return n, s[i:], true
}

// enhancedOf finds the enhanced status code of a reply: the first one whose
// class is the first digit of the reply's code. RFC 2034 section 4 puts it at the front
// of every line; in the field it also stands in the last line only.
func enhancedOf(r Reply) string {
	for _, text := range r.Lines {
		if e, ok := enhancedIn(text); ok && e.Class == r.Code/100 {
			return e.String()
		}
	}
	return ""
}

// enhancedIn finds the code in one line: at its front, there also as "#5.1.1"
// (Cisco IronPort), or in parentheses as "(#5.1.1)" (qmail).
func enhancedIn(text string) (Enhanced, bool) {
	if e, rest, ok := cutEnhanced(strings.TrimPrefix(text, "#")); ok && ends(rest) {
		return e, true
	}
	if _, inside, ok := strings.Cut(text, "(#"); ok {
		if e, rest, ok := cutEnhanced(inside); ok && strings.HasPrefix(rest, ")") {
			return e, true
		}
	}
	return Enhanced{}, false
}

// ends reports that a code ends where s begins, and is not the beginning of an
// address such as 5.1.1.9 or of a version.
func ends(s string) bool {
	s = strings.TrimPrefix(s, ".")
	if s == "" {
		return true
	}
	c := s[0]
	return !(c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z')
}
