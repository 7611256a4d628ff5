package reply

import (
	"regexp"
	"regexp/syntax"
	"strings"
)

// maxText is how much of a reply's text is looked at. The reason stands in the
// first lines; what follows is advice and addresses of web pages.
const maxText = 512

// byText finds the class that the text tells: by an idiom of this very code, by
// the first phrase that the text has, and last by a bare
// invitation to come back. It is asked only where codes leave the class open.
func byText(r Reply) (Class, bool) {
	text := plain(r)
	for _, i := range idioms {
		if i.code == r.Code && i.enhanced == r.Enhanced && i.pattern.MatchString(text) {
			return i.class, true
		}
	}
	for _, m := range matchers {
		if m.match(text) {
			return m.class, true
		}
	}
	if r.Enhanced == "4.7.1" && comeBack.MatchString(text) {
		return Greylisted, true
	}
	return "", false
}

// matcher is a compiled phrase. The patterns are RE2: they take time linear in
// the text, whatever a server sends.
type matcher struct {
	class   Class
	needles []string
	pattern *regexp.Regexp
}

// matchers are the phrases in their order.
var matchers = compile(phrases())

func compile(ps []phrase) []matcher {
	ms := make([]matcher, len(ps))
	for i, p := range ps {
		ms[i] = matcher{class: p.class, pattern: regexp.MustCompile(p.pattern)}
		if parsed, err := syntax.Parse(p.pattern, syntax.Perl); err == nil {
			ms[i].needles = needles(parsed.Simplify())
		}
	}
	return ms
}

func (m matcher) match(text string) bool {
	return holdsAny(text, m.needles) && m.pattern.MatchString(text)
}

// plain is the text as the phrases want it: lower case, on one line, without
// the enhanced codes, and without mail addresses, since a mailbox may be
// called spam or policy.
func plain(r Reply) string {
	var b strings.Builder
	for _, line := range r.Lines {
		if b.Len() >= maxText {
			break
		}
		if _, rest, ok := cutEnhanced(line); ok {
			line = rest
		}
		for word := range strings.FieldsSeq(withoutPaths(line)) {
			if strings.IndexByte(word, '@') < 0 && b.Len() < maxText {
				b.WriteString(strings.ToLower(word[:min(len(word), maxText)]))
				b.WriteByte(' ')
			}
		}
	}
	return strings.TrimSuffix(b.String(), " ")
}

// withoutPaths takes out what stands in angle brackets: paths (RFC 5321 section 4.1.2) and
// host names.
func withoutPaths(s string) string {
	before, rest, ok := strings.Cut(s, "<")
	if !ok {
		return s
	}
	var b strings.Builder
	for ok {
		b.WriteString(before)
		_, after, closed := strings.Cut(rest, ">")
		if !closed {
			return b.String() + " " + rest
		}
		b.WriteByte(' ')
		before, rest, ok = strings.Cut(after, "<")
	}
	return b.String() + before
}
