package talk

import (
	"strings"
	"testing"
	"time"
)

func TestTranscriptIsBounded(t *testing.T) {
	tr := NewTranscript()
	for range 10_000 {
		tr.Add(time.Now(), Server, strings.Repeat("x", 4*MaxLine))
	}
	lines := tr.Lines()
	size := 0
	for _, l := range lines {
		if len(l.Text) > MaxLine {
			t.Fatalf("a line of %d octets", len(l.Text))
		}
		size += len(l.Text)
	}
	if want := MaxTranscript/MaxLine + 1; len(lines) != want || size > MaxTranscript+MaxLine {
		t.Errorf("%d lines with %d octets, want %d lines", len(lines), size, want)
	}
	if last := lines[len(lines)-1]; last.From != Note {
		t.Errorf("the last line is %+v, want a note", last)
	}
}
