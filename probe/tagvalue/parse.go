package tagvalue

import (
	"fmt"
	"strings"

	"mx_exporter/probe/txt"
)

const (
	maxTags     = 100 // of one list; no protocol knows more than a dozen
	maxProblems = 20  // told of one list
	space       = " \t\r\n"
)

// Parse reads a list. It gives every tag that can be read and every mistake,
// both in the order of the text and bounded: at most 100 tags and 20 mistakes.
// An empty text is an empty list.
func Parse(s string) (List, []Problem) {
	p := parser{seen: map[string]bool{}}
	for at := 0; at <= len(s); {
		part := s[at:]
		last := true
		if i := strings.IndexByte(part, ';'); i >= 0 {
			part, last = part[:i], false
		}
		if len(p.list) == maxTags && strings.Trim(part, space) != "" {
			p.problem(TooMany, at, "", fmt.Sprintf("it has more than %d tags; the rest is not read", maxTags))
			break
		}
		p.part(part, at, last)
		at += len(part) + 1
	}
	return p.list, p.problems
}

type parser struct {
	list     List
	problems []Problem
	seen     map[string]bool
}

// problem notes a mistake at an offset.
func (p *parser) problem(k Kind, at int, tag, text string) {
	if len(p.problems) < maxProblems {
		p.problems = append(p.problems, Problem{Kind: k, Column: at + 1, Tag: tag, Text: text})
	}
}

// part reads what stands between two semicolons, at an offset.
func (p *parser) part(s string, at int, last bool) {
	lead := len(s) - len(strings.TrimLeft(s, space))
	if lead == len(s) {
		if !last { // one ";" at the end is allowed
			p.problem(EmptyPart, at, "", `nothing stands before this ";"`)
		}
		return
	}
	at, s = at+lead, strings.Trim(s, space)
	before, after, found := strings.Cut(s, "=")
	name, value := strings.TrimRight(before, space), strings.TrimLeft(after, space)
	valueAt := at + len(s) - len(value)
	switch {
	case !found:
		p.problem(NoEquals, at, "", fmt.Sprintf(`%s has no "="`, txt.Quote(s)))
		return
	case name == "":
		p.problem(NoName, at, "", `nothing stands before "="`)
		return
	}
	if i := badName(name); i >= 0 {
		p.problem(BadName, at+i, name, fmt.Sprintf("%s is not the name of a tag: letters, digits and \"_\" make one", txt.Quote(name)))
	}
	if i := strings.IndexFunc(value, invisible); i >= 0 {
		p.problem(BadOctet, valueAt+i, name, fmt.Sprintf("the value of %s has an octet outside of visible ASCII", txt.Quote(name)))
	}
	if p.seen[name] {
		p.problem(Duplicate, at, name, fmt.Sprintf("%s stands here for the second time", txt.Quote(name)))
	}
	p.seen[name] = true
	p.list = append(p.list, Tag{
		Name: name, Value: value, Column: at + 1, ValueColumn: valueAt + 1,
		Spaced: len(name)+1+len(value) != len(s),
	})
}

// badName gives the offset of the first character that a name cannot have there
// (RFC 6376 section 3.2: ALPHA *ALNUMPUNC), and -1 without one.
func badName(s string) int {
	for i := range len(s) {
		c := s[i] | 0x20
		letter := c >= 'a' && c <= 'z'
		if !letter && (i == 0 || (s[i] < '0' || s[i] > '9') && s[i] != '_') {
			return i
		}
	}
	return -1
}

// invisible reports an octet that a value cannot have.
func invisible(r rune) bool {
	return (r < '!' || r > '~') && !strings.ContainsRune(space, r)
}
