package talk

import (
	"slices"
	"sync"
	"time"

	"mx_exporter/probe/fact"
)

// Limits of the transcript, in octets of text.
const (
	MaxLine       = 512      // one line; RFC 5321 section 4.5.3.1.5 allows no longer reply
	MaxTranscript = 64 << 10 // all lines
)

// Line is one line of a transcript. Secrets are never put in.
type Line struct {
	At   fact.Elapsed `json:"at_seconds"` // since the conversation began
	From Side         `json:"from"`
	Text string       `json:"text"` // at most MaxLine octets, not escaped
}

// Side is who said a line.
type Side string

// The sides. Note is ours and says what happened between lines.
const (
	Client Side = "client"
	Server Side = "server"
	Note   Side = "note"
)

// Transcript is what was said by whom and when, for people. It is safe for use by
// several goroutines.
type Transcript struct {
	began time.Time

	mu    sync.Mutex
	lines []Line
	size  int
}

// NewTranscript counts its times from now.
func NewTranscript() *Transcript { return &Transcript{began: time.Now()} }

// Add appends one line. The line that does not fit any more is replaced by a
// note that says so, and nothing follows it.
func (t *Transcript) Add(at time.Time, from Side, text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.size > MaxTranscript {
		return
	}
	text = text[:min(len(text), MaxLine)]
	t.size += len(text)
	if t.size > MaxTranscript {
		from, text = Note, "the transcript is full"
	}
	t.lines = append(t.lines, Line{At: fact.Elapsed(at.Sub(t.began)), From: from, Text: text})
}

// Note says what happened between lines.
func (t *Transcript) Note(text string) { t.Add(time.Now(), Note, text) }

// Fork is a transcript that goes on from here apart from t.
func (t *Transcript) Fork() *Transcript {
	t.mu.Lock()
	defer t.mu.Unlock()
	return &Transcript{began: t.began, lines: slices.Clone(t.lines), size: t.size}
}

// Lines is what was said up to now.
func (t *Transcript) Lines() []Line {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.lines)
}
