package report

import (
	"strings"
	"unicode/utf8"

	"mx_exporter/probe"
	"mx_exporter/probe/fact"
)

// printer lays lines out: indented, broken at the width, coloured where asked.
type printer struct {
	out     strings.Builder
	options Options
	budget  int // octets of transcript left
}

// word is what a line is broken between.
type word struct {
	text   string
	colour colour
}

// colour is an ANSI parameter (ECMA-48, SGR).
type colour string

// The colours, each with a weight that shows it without colour vision too.
const (
	noColour colour = ""
	green    colour = "32"
	yellow   colour = "33"
	red      colour = "1;31"
	grey     colour = "2"
)

func verdictColour(v fact.Verdict) colour {
	switch v {
	case fact.Satisfactory:
		return green
	case fact.Impaired:
		return yellow
	case fact.Compromised:
		return red
	case fact.Unknown:
	}
	return grey
}

func stateColour(s probe.State) colour {
	switch s {
	case probe.Up:
		return green
	case probe.Down:
		return red
	case probe.NotTested:
	}
	return grey
}

// markColour is the colour of a state as the page marks it.
func markColour(v stateView) colour {
	switch v.Class {
	case "up":
		return green
	case "down":
		return red
	}
	return grey
}

func severityColour(s fact.Severity) colour {
	switch s {
	case fact.Critical:
		return red
	case fact.Warning:
		return yellow
	case fact.Info:
	}
	return grey
}

// coloured is one phrase that is not broken.
func coloured(text string, c colour) []word { return []word{{text, c}} }

// plainTexts is phrases that may be broken at each space.
func plainTexts(texts ...string) []word {
	var ws []word
	for _, t := range texts {
		for f := range strings.FieldsSeq(t) {
			ws = append(ws, word{f, noColour})
		}
	}
	return ws
}

const indent = "  "

// gap is an empty line.
func (p *printer) gap() { p.out.WriteByte('\n') }

// line writes phrases; what does not fit goes on below, indented once more.
func (p *printer) line(depth int, phrases ...[]word) {
	p.flow(strings.Repeat(indent, depth), strings.Repeat(indent, depth+1), phrases...)
}

// row writes a head that keeps its spaces, so that columns stand below each
// other, and a text that is broken beside it.
func (p *printer) row(depth int, head, text string) {
	first := strings.Repeat(indent, depth) + head
	hang := strings.Repeat(" ", utf8.RuneCountInString(first)+len(indent))
	if text == "" {
		p.out.WriteString(strings.TrimRight(first, " ") + "\n")
		return
	}
	p.flow(first+indent, hang, plainTexts(text))
}

// flow writes words one after another between the margins.
func (p *printer) flow(first, hang string, phrases ...[]word) { p.flowFrom(first, 0, hang, phrases...) }

// flowFrom is flow on a line that has some columns already.
func (p *printer) flowFrom(first string, columns int, hang string, phrases ...[]word) {
	p.out.WriteString(first)
	column, empty := columns+utf8.RuneCountInString(first), true
	for _, phrase := range phrases {
		for _, w := range phrase {
			n := utf8.RuneCountInString(w.text)
			switch {
			case empty:
			case p.options.Width > 0 && column+1+n > p.options.Width:
				p.out.WriteString("\n" + hang)
				column = utf8.RuneCountInString(hang)
			default:
				p.out.WriteByte(' ')
				column++
			}
			p.put(w)
			column, empty = column+n, false
		}
	}
	p.out.WriteByte('\n')
}

func (p *printer) put(w word) {
	if p.options.Colour && w.colour != noColour {
		p.out.WriteString("\x1b[" + string(w.colour) + "m" + w.text + "\x1b[0m")
		return
	}
	p.out.WriteString(w.text)
}
