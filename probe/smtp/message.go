package smtp

import (
	"bytes"
	"cmp"
	"fmt"
)

// Message is one message for one recipient.
type Message struct {
	From    string // the envelope's sender, without brackets; "" or "<>": the null sender
	To      string // the envelope's recipient, without brackets
	Content []byte // header, empty line and body, in lines that end in CRLF
}

// MaxLine is the longest line of a message in octets, without its CRLF (RFC 5322
// section 2.1.1, RFC 5321 section 4.5.3.1.6).
const MaxLine int = 998

// Problem is what keeps a message from being sent.
type Problem string

// The problems. Bare line ends are where servers disagree on what a line is, so
// that one message could be made two (CVE-2023-51764 and its kin).
const (
	EmptyMessage Problem = "is empty"
	BareCR       Problem = "has a CR without LF"
	BareLF       Problem = "has an LF without CR"
	HasNUL       Problem = "has a NUL"
	LongLine     Problem = "has more than 998 octets"
	NoLineEnd    Problem = "does not end in CRLF"
)

// MessageError says what is wrong with a message, and in which line.
type MessageError struct {
	Line    int // from 1
	Problem Problem
}

// Error is one sentence.
func (e *MessageError) Error() string {
	return fmt.Sprintf("line %d of the message %s, want lines of at most %d octets that end in CRLF", e.Line, e.Problem, MaxLine)
}

// Check gives a [*MessageError] where the message could not be sent as it is.
// Nothing is mended on the way: what arrives is to be compared with what was
// sent.
func (m Message) Check() error {
	if len(m.Content) == 0 {
		return &MessageError{1, EmptyMessage}
	}
	n := 0
	for line := range bytes.Lines(m.Content) {
		n++
		if p := problem(line); p != "" {
			return &MessageError{n, p}
		}
	}
	return nil
}

func problem(line []byte) Problem {
	text, ended := bytes.CutSuffix(line, []byte("\r\n"))
	switch {
	case bytes.IndexByte(text, '\r') >= 0:
		return BareCR
	case !ended && bytes.HasSuffix(line, []byte("\n")):
		return BareLF
	case !ended:
		return NoLineEnd
	case bytes.IndexByte(text, 0) >= 0:
		return HasNUL
	case len(text) > MaxLine:
		return LongLine
	}
	return ""
}

func (m Message) sender() string { return cmp.Or(m.From, "<>") }

// eightBit reports octets that need 8BITMIME.
func (m Message) eightBit() bool {
	return bytes.IndexFunc(m.Content, func(r rune) bool { return r > 0x7f }) >= 0
}
