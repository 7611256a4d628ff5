package mtasts

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"mx_exporter/probe/tagvalue"
	"mx_exporter/probe/txt"
)

// maxProblems is how many mistakes of one policy are told.
const maxProblems = 20

// Problem is a mistake in a policy file.
type Problem struct {
	Line  int    `json:"line"`  // counted from 1; 0: the file as a whole
	Text  string `json:"text"`  // one clause for people; foreign text in it is quoted
	Fatal bool   `json:"fatal"` // senders drop the whole policy
}

// String is the mistake with its place.
func (p Problem) String() string {
	if p.Line == 0 {
		return p.Text
	}
	return fmt.Sprintf("line %d: %s", p.Line, p.Text)
}

// ParsePolicy reads a policy file (RFC 8461 section 3.2). It gives no policy
// where a mistake is fatal, and says of each mistake where it stands.
//
// Lines end in LF or CRLF. Of a field that stands twice the first one counts,
// but for mx. Fields that are not known are kept.
func ParsePolicy(text string) (*Policy, []Problem) {
	p := policyParser{policy: Policy{MX: []string{}}, seen: map[string]int{}}
	switch {
	case !utf8.ValidString(text):
		p.fail(0, "it is not UTF-8")
	case strings.HasPrefix(text, "\ufeff"):
		p.fail(1, "it begins with a byte order mark, which belongs to no field")
	default:
		p.file(text)
	}
	for _, x := range p.problems {
		if x.Fatal {
			return nil, p.problems
		}
	}
	return &p.policy, p.problems
}

type policyParser struct {
	policy   Policy
	seen     map[string]int // line of a field's first appearance
	problems []Problem
	fatal    bool
	lf, crlf bool // ends of lines that were seen
}

// fail and note add a mistake. The first fatal one is always kept, so that a
// policy is never taken for good because its mistakes were too many.
func (p *policyParser) fail(line int, format string, args ...any) {
	if !p.fatal || len(p.problems) < maxProblems {
		p.problems = append(p.problems, Problem{line, fmt.Sprintf(format, args...), true})
	}
	p.fatal = true
}

func (p *policyParser) note(line int, format string, args ...any) {
	if len(p.problems) < maxProblems {
		p.problems = append(p.problems, Problem{line, fmt.Sprintf(format, args...), false})
	}
}

func (p *policyParser) file(text string) {
	n := 0
	for line := range strings.Lines(text) {
		n++
		body, ended := strings.CutSuffix(line, "\n")
		bare, crlf := strings.CutSuffix(body, "\r")
		p.lf, p.crlf = p.lf || ended && !crlf, p.crlf || ended && crlf
		p.line(n, bare)
	}
	if p.lf && p.crlf {
		p.note(0, "some lines end in LF and some in CRLF")
	}
	for _, needed := range []string{"version", "mode", "max_age"} {
		if p.seen[needed] == 0 {
			p.fail(0, "it has no field %s", needed)
		}
	}
	if p.seen["mx"] == 0 && p.policy.Mode != ModeOff && p.seen["mode"] != 0 {
		p.fail(0, "it has no field mx, which mode %s needs", txt.Quote(string(p.policy.Mode)))
	}
	if p.policy.Cut() {
		p.note(0, "it has %d mx patterns; the first %d are looked at", p.policy.MXTotal, MaxPatterns)
	}
}

// line reads one "name: value".
func (p *policyParser) line(n int, s string) {
	if strings.Trim(s, " \t") == "" {
		p.note(n, "it is empty, for which RFC 8461 has no place; some senders stop reading here")
		return
	}
	name, value, found := strings.Cut(s, ":")
	value = strings.Trim(value, " \t")
	switch {
	case !found:
		p.fail(n, `%s has no ":"`, txt.Quote(s))
	case !isFieldName(name):
		p.fail(n, "%s is not the name of a field", txt.Quote(name))
	case p.seen[name] > 0 && name != "mx":
		p.note(n, "%s stands in line %d already; the first one counts", name, p.seen[name])
	case strings.ContainsFunc(value, unicode.IsControl):
		p.fail(n, "the value of %s has a control character in it", name)
	case value == "":
		p.fail(n, "%s has no value", name)
	default:
		p.seen[name] = n
		p.field(n, name, value)
	}
}

func (p *policyParser) field(n int, name, value string) {
	switch name {
	case "version":
		if value != "STSv1" {
			p.fail(n, "the version is %s, and only STSv1 is known", txt.Quote(value))
		}
	case "mode":
		p.policy.Mode = Mode(value)
		if !slices.Contains(Modes(), p.policy.Mode) {
			p.fail(n, "the mode %s is none of enforce, testing, none", txt.Quote(value))
		}
	case "max_age":
		p.maxAge(n, value)
	case "mx":
		p.pattern(n, value)
	default:
		if known, near := tagvalue.Nearest(name, "version", "mode", "mx", "max_age"); near {
			p.note(n, "%s means nothing; %s was probably meant", txt.Quote(name), known)
		}
		p.policy.Extensions = append(p.policy.Extensions, Field{name, value})
	}
}

// maxAge reads 1 to 10 digits (RFC 8461 section 3.2).
func (p *policyParser) maxAge(n int, value string) {
	if len(value) > 10 || strings.Trim(value, "0123456789") != "" {
		p.fail(n, "max_age is %s, and should be a number of seconds from 0 to %d", txt.Quote(value), MaxAge)
		return
	}
	age, _ := strconv.ParseInt(value, 10, 64) // ten digits at most
	if age > MaxAge {
		p.note(n, "max_age is %d, more than the %d seconds of a year that are allowed", age, MaxAge)
	}
	p.policy.MaxAge = min(age, MaxAge)
}

func (p *policyParser) pattern(n int, value string) {
	if why := badPattern(value); why != "" {
		p.fail(n, "the mx pattern %s %s", txt.Quote(value), why)
		return
	}
	p.policy.MXTotal++
	if len(p.policy.MX) < MaxPatterns {
		p.policy.MX = append(p.policy.MX, strings.ToLower(value))
	}
}

// badPattern says what is wrong with an mx pattern: ["*."] Domain, where Domain
// is that of RFC 5321 section 4.1.2.
func badPattern(s string) string {
	host, _ := strings.CutPrefix(s, "*.")
	switch {
	case strings.Contains(host, "*"):
		return `has a "*" that is not the whole first label`
	case strings.HasSuffix(host, "."):
		return "ends in a dot; names stand here without"
	case len(host) > 253:
		return "is longer than a name can be"
	case strings.ContainsFunc(host, func(r rune) bool { return r > unicode.MaxASCII }):
		return "is not ASCII; an internationalised name is written as its A-label, xn--…"
	}
	for label := range strings.SplitSeq(host, ".") {
		if !isLabel(label) {
			return "is not a host name"
		}
	}
	return ""
}

func isLabel(s string) bool {
	return s != "" && len(s) <= 63 && s[0] != '-' && s[len(s)-1] != '-' &&
		!strings.ContainsFunc(s, func(r rune) bool { return !alphanumeric(r) && r != '-' })
}
