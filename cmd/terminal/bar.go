// Package terminal is what the programs show on a terminal while they work: how
// wide it is, and a bar that says how far they are.
package terminal

import (
	"fmt"
	"io"
	"strings"
)

// ClearLine erases what is right of the cursor (ECMA-48, EL).
const ClearLine = "\x1b[K"

// Bar is one line that fits a terminal: done of total as a bar, text behind it,
// and last where there is room for it.
func Bar(width, done, total int, text, last string) string {
	const least, most = 10, 30
	room := width - 1 - len(text) - len("[]")
	if room < least || total <= 0 {
		return strings.TrimSpace(text[:max(0, min(len(text), width-1))])
	}
	length := min(room, most)
	full := min(length, length*done/total)
	line := "[" + strings.Repeat("#", full) + strings.Repeat(".", length-full) + "]" + text
	if len(line)+len(last)+3 < width {
		line += "  " + last
	}
	return line
}

// Progress shows how far something long is: a bar on a terminal, nothing
// elsewhere. A nil Progress shows nothing.
type Progress struct {
	out   io.Writer
	width int
}

// NewProgress is nil where out is no terminal.
func NewProgress(out io.Writer) *Progress {
	if w := Width(out); w > 0 {
		return &Progress{out, w}
	}
	return nil
}

// Show draws the bar anew.
func (p *Progress) Show(done, total int, text, last string) {
	if p != nil {
		fmt.Fprint(p.out, "\r"+Bar(p.width, done, total, text, last)+ClearLine)
	}
}

// End takes the bar away.
func (p *Progress) End() {
	if p != nil {
		fmt.Fprint(p.out, "\r"+ClearLine)
	}
}
