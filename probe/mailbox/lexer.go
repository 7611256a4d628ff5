package mailbox

import (
	"bytes"

	"mx_exporter/probe/talk"
)

// lexer follows what an IMAP server sends just far enough to count it: lines,
// literals (RFC 9051 section 4.3), lists inside lists, and answers that nobody
// asked for. It keeps nothing but the beginning of the line under way.
type lexer struct {
	limits   Limits
	line     func(string) // hears each line when it is complete, cut, with literals left out
	untagged int          // since the budget was renewed

	head    []byte // the beginning of the logical line under way
	size    int    // octets of it, without literals
	tail    []byte // the octets of a literal's announcement under way, from its brace
	skip    int    // octets of a literal that are still to come
	depth   int
	quoted  bool
	escaped bool
	prose   bool // the line is for people: no lists, no literals in it
}

// kindAt is how many octets tell what a line is: a tag and a status word.
const kindAt = 24

// take counts p.
func (l *lexer) take(p []byte) error {
	for len(p) > 0 {
		if l.skip > 0 {
			n := min(l.skip, len(p))
			l.skip -= n
			p = p[n:]
			continue
		}
		if err := l.octet(p[0]); err != nil {
			return err
		}
		p = p[1:]
	}
	return nil
}

func (l *lexer) octet(c byte) error {
	if c == '\n' {
		return l.end()
	}
	if l.size++; l.size > l.limits.Line {
		return over("a line of more than %d octets", l.limits.Line)
	}
	if len(l.head) < talk.MaxLine {
		l.head = append(l.head, c)
	}
	if l.size <= kindAt && c == ' ' {
		l.prose = l.prose || prose(l.head)
	}
	if l.prose {
		return nil
	}
	return l.structure(c)
}

// structure follows lists, strings and the announcements of literals.
func (l *lexer) structure(c byte) error {
	l.announce(c)
	switch {
	case l.escaped:
		l.escaped = false
	case l.quoted:
		l.escaped, l.quoted = c == '\\', c != '"'
	case c == '"':
		l.quoted = true
	case c == '(':
		if l.depth++; l.depth > l.limits.Nesting {
			return over("lists more than %d deep", l.limits.Nesting)
		}
	case c == ')':
		l.depth = max(0, l.depth-1)
	}
	return nil
}

// maxAnnounce is the length of a literal's announcement that may be looked at:
// more digits than any number that we take.
const maxAnnounce = 24

// announce keeps what may be the announcement of a literal: from the last brace.
func (l *lexer) announce(c byte) {
	switch {
	case c == '{':
		l.tail = append(l.tail[:0], c)
	case len(l.tail) > 0 && len(l.tail) < maxAnnounce && c != '\r':
		l.tail = append(l.tail, c)
	}
}

// end is the end of a line, which goes on behind a literal where one was
// announced.
func (l *lexer) end() error {
	if !l.prose {
		n, ok := literal(l.tail, l.limits.Literal)
		if ok && n > l.limits.Literal {
			return over("a literal of more than %d octets", l.limits.Literal)
		}
		if ok {
			l.skip, l.tail = n, l.tail[:0]
			return nil
		}
	}
	var err error
	if len(l.head) > 0 && l.head[0] == '*' {
		if l.untagged++; l.untagged > l.limits.Untagged {
			err = over("more than %d answers that nobody asked for", l.limits.Untagged)
		}
	}
	if l.line != nil {
		l.line(shown(bytes.TrimRight(l.head, "\r")))
	}
	l.head, l.tail = l.head[:0], l.tail[:0]
	l.size, l.depth, l.quoted, l.escaped, l.prose = 0, 0, false, false, false
	return err
}

// literal reads an announcement such as "{310}", "{310+}" or "~{310}", without
// its tilde. A number over most, however long, is given as one more than that.
func literal(tail []byte, most int) (n int, ok bool) {
	if len(tail) < 3 || tail[0] != '{' {
		return 0, false
	}
	digits := tail[1:]
	if len(tail) < maxAnnounce {
		if digits[len(digits)-1] != '}' {
			return 0, false
		}
		digits = bytes.TrimSuffix(digits[:len(digits)-1], []byte("+"))
	}
	for _, c := range digits {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = min(n*10+int(c-'0'), most+1)
	}
	return n, len(digits) > 0
}

// prose reports that a line is one whose rest is text for people: a status
// response, tagged or not, or a continuation (RFC 9051 section 7). There a brace
// at the end announces nothing.
func prose(head []byte) bool {
	if bytes.HasPrefix(head, []byte("+ ")) {
		return true
	}
	words := bytes.Fields(head[:min(len(head), kindAt)])
	return len(words) > 1 && status(string(bytes.ToUpper(words[1]))) != ""
}

// shown is a line as the transcript may have it. What was fetched is the content
// of messages, and is left out.
func shown(head []byte) string {
	words := bytes.SplitN(head, []byte(" "), 4)
	if len(words) == 4 && bytes.EqualFold(words[2], []byte("FETCH")) {
		return string(bytes.Join(words[:3], []byte(" "))) + " <content>"
	}
	return string(head)
}
