package reply

import (
	"bytes"
	"fmt"
)

// codeLen is the length of a reply code.
const codeLen = 3

// prefix is the state of the part of a line that decides whether it is a reply
// line at all: the code and the character after it.
type prefix int

const (
	prefixOpen  prefix = iota // right so far, and not yet all there
	prefixGood                // a reply line
	prefixBlank               // an empty line
	prefixBad                 // not a reply line, whatever follows
)

// judgePrefix looks at the octets of a line that have arrived. What is no SMTP
// (a TLS record, SSH-2.0, HTTP/1.1) is known by its first octets, so there is no
// need to wait for a line end that may never come.
func judgePrefix(b []byte) prefix {
	if p, ok := judgeBlank(b); ok {
		return p
	}
	for i, c := range b[:min(len(b), codeLen)] {
		if c < '0' || c > '9' || i == 0 && (c < '2' || c > '5') {
			return prefixBad
		}
	}
	if len(b) <= codeLen {
		return prefixOpen
	}
	switch rest := b[codeLen:]; {
	case rest[0] == ' ', rest[0] == '-', rest[0] == '\n', bytes.HasPrefix(rest, []byte("\r\n")):
		return prefixGood
	case len(rest) == 1 && rest[0] == '\r':
		return prefixOpen
	}
	return prefixBad
}

// judgeBlank recognises a line without anything in it; ok is false when the line
// begins like any other.
func judgeBlank(b []byte) (p prefix, ok bool) {
	switch {
	case len(b) == 0:
		return prefixOpen, true
	case b[0] == '\n', bytes.HasPrefix(b, []byte("\r\n")):
		return prefixBlank, true
	case len(b) == 1 && b[0] == '\r':
		return prefixOpen, true
	}
	return prefixBad, b[0] == '\r'
}

// line is one complete line with a good prefix.
type line struct {
	raw    string // without its line end
	octets int    // with it
	bareLF bool
}

// cut takes the line end off b, which ends in LF. A CR elsewhere is data.
func cut(b []byte) line {
	raw := bytes.TrimSuffix(b, []byte("\n"))
	trimmed := bytes.TrimSuffix(raw, []byte("\r"))
	return line{raw: string(trimmed), octets: len(b), bareLF: len(trimmed) == len(raw)}
}

// blank reports a line without anything in it.
func (l line) blank() bool { return l.raw == "" }

// code is the number in front of a line with a good prefix.
func (l line) code() int {
	return int(l.raw[0]-'0')*100 + int(l.raw[1]-'0')*10 + int(l.raw[2]-'0')
}

// text is what follows the code and its separator; a bare code has none.
func (l line) text() string {
	if len(l.raw) <= codeLen {
		return ""
	}
	return l.raw[codeLen+1:]
}

// last reports that no further line belongs to the reply.
func (l line) last() bool { return len(l.raw) <= codeLen || l.raw[codeLen] == ' ' }

// notAReply says how the line at the front of b begins, and how it should.
func notAReply(b []byte) error {
	const enough = 16
	b, _, _ = bytes.Cut(b, []byte("\n"))
	return fmt.Errorf("a line begins %q, want three digits (200 to 599) and then a space, a hyphen or the line end", b[:min(len(b), enough)])
}
