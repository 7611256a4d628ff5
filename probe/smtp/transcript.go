package smtp

import (
	"time"

	"mx_exporter/probe/fact"
)

// Limits of the transcript, in octets of text.
const (
	MaxTranscriptLine = 512      // one line; RFC 5321 section 4.5.3.1.5 allows no longer reply
	MaxTranscript     = 64 << 10 // all lines
)

// transcript is what was said by whom and when, for people.
type transcript struct {
	began time.Time
	lines []Line
	size  int
}

// add appends one line. The line that does not fit any more is replaced by a
// note that says so, and nothing follows it.
func (t *transcript) add(at time.Time, from Side, text string) {
	if t.size > MaxTranscript {
		return
	}
	text = text[:min(len(text), MaxTranscriptLine)]
	t.size += len(text)
	if t.size > MaxTranscript {
		from, text = Note, "the transcript is full"
	}
	t.lines = append(t.lines, Line{At: fact.Elapsed(at.Sub(t.began)), From: from, Text: text})
}

// note says what happened between lines.
func (t *transcript) note(text string) { t.add(time.Now(), Note, text) }
