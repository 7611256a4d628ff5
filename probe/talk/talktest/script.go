// Package talktest plays servers, hostile and friendly, from scripts.
package talktest

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Script is one server, as a file. Each line is a word, a colon and the rest:
//
//	S: 220 mx ready        say a line, with CRLF
//	RAW: 220 a\r\n         say octets, with the escapes of a Go string
//	REPEAT: 1000 220-x     say a line many times, until the client goes
//	FILL: 1000 x           say a text many times, without line ends
//	C: EHLO probe.test     hear exactly this line
//	LIKE: T[0-9]+ NOOP     hear a line that this expression describes as a whole
//	SLOW: 1s               from here on, this long before each octet said
//	WAIT: 6s               do nothing for a while
//	QUIET: 6s              the same, and the client must say nothing meanwhile
//	TLS:                   a handshake as the server
//	HANG:                  hear whatever comes, and say nothing more
//	STALL:                 not even hear
//	CLOSE: RESET:          go, in good or bad manner
//	OPTION: name value     an option of the client, for the test to know
//	WANT: name value       what must come of it, likewise
//
// The end of a script closes the connection, and the client must have said all
// that it was to say, and nothing else.
type Script struct {
	Steps   []Step
	Options []Step
	Wants   []Step
}

// Step is one line of a script.
type Step struct {
	Line int
	Word string
	Rest string
}

// String shows the line as an error message has it.
func (s Step) String() string { return fmt.Sprintf("line %d: %s: %s", s.Line, s.Word, s.Rest) }

// Split takes the rest of an OPTION or a WANT apart.
func (s Step) Split() (name, value string) {
	name, value, _ = strings.Cut(s.Rest, " ")
	return name, value
}

// Read reads a script from a file.
func Read(t testing.TB, path string) Script {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return Parse(t, string(b))
}

// Parse reads a script. Empty lines and those that begin with # say nothing.
func Parse(t testing.TB, text string) Script {
	t.Helper()
	var s Script
	for i, l := range strings.Split(text, "\n") {
		if l == "" || strings.HasPrefix(l, "#") {
			continue
		}
		word, rest, ok := strings.Cut(l, ":")
		if !ok {
			t.Fatalf("line %d has no word with a colon: %q", i+1, l)
		}
		st := Step{Line: i + 1, Word: word, Rest: strings.TrimPrefix(rest, " ")}
		switch word {
		case "OPTION":
			s.Options = append(s.Options, st)
		case "WANT":
			s.Wants = append(s.Wants, st)
		case "S", "C", "LIKE", "RAW", "REPEAT", "FILL", "SLOW", "WAIT", "QUIET", "TLS", "HANG", "STALL", "CLOSE", "RESET":
			s.Steps = append(s.Steps, st)
		default:
			t.Fatalf("line %d has the unknown word %q", i+1, word)
		}
	}
	return s
}

// Duration reads a length of time.
func Duration(t testing.TB, s string) time.Duration {
	d, err := time.ParseDuration(s)
	if err != nil {
		t.Errorf("%q is no duration", s)
	}
	return d
}

func count(t testing.TB, s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Errorf("%q is no number", s)
	}
	return n
}
