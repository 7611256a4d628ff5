package smtp

import (
	"strings"
	"testing"
	"time"
)

func TestTranscriptIsBounded(t *testing.T) {
	tr := transcript{began: time.Now()}
	for range 10_000 {
		tr.add(time.Now(), Server, strings.Repeat("x", 4*MaxTranscriptLine))
	}
	size := 0
	for _, l := range tr.lines {
		if len(l.Text) > MaxTranscriptLine {
			t.Fatalf("a line of %d octets", len(l.Text))
		}
		size += len(l.Text)
	}
	if want := MaxTranscript/MaxTranscriptLine + 1; len(tr.lines) != want || size > MaxTranscript+MaxTranscriptLine {
		t.Errorf("%d lines with %d octets, want %d lines", len(tr.lines), size, want)
	}
	if last := tr.lines[len(tr.lines)-1]; last.From != Note {
		t.Errorf("the last line is %+v, want a note", last)
	}
}
