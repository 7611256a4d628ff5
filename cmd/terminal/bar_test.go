package terminal

import (
	"bytes"
	"testing"
)

func TestBarFitsTheTerminal(t *testing.T) {
	for _, tt := range []struct {
		width, done, total int
		want               string
	}{
		{60, 5, 10, "[###############...............] 5 of 10  last"},
		{40, 10, 10, "[#############################] 5 of 10"},
		{20, 1, 10, "5 of 10"},
		{5, 1, 10, "5 o"},
		{0, 1, 10, ""},
		{60, 5, 0, "5 of 10"},
		{60, 20, 10, "[##############################] 5 of 10  last"},
	} {
		if got := Bar(tt.width, tt.done, tt.total, " 5 of 10", "last"); got != tt.want {
			t.Errorf("width %d: got %q, want %q", tt.width, got, tt.want)
		}
	}
}

func TestNothingIsShownElsewhere(t *testing.T) {
	var b bytes.Buffer
	p := NewProgress(&b)
	p.Show(1, 2, "text", "last")
	p.End()
	if b.Len() != 0 {
		t.Errorf("shown: %q", &b)
	}
}
