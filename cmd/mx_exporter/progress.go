package main

import (
	"fmt"
	"io"

	"mx_exporter/cmd/terminal"
	"mx_exporter/probe"
	"mx_exporter/probe/fact"
)

// progress shows on standard error how far a long check is: a bar on a terminal,
// and a plain line for each target elsewhere.
type progress struct {
	out   io.Writer
	width int // of the terminal; 0: none
	total int
	done  int
	amiss int // not satisfactory
}

// progress is nil unless a list is checked, and for Nagios, which wants to hear
// one line.
func (p *program) progress(f *checkFlags, total int) *progress {
	if *f.list == "" || *f.output == outputNagios {
		return nil
	}
	return &progress{out: p.stderr, width: terminal.Width(p.stderr), total: total}
}

func (p *progress) add(r *probe.Result) {
	if p == nil {
		return
	}
	p.done++
	if r.Verdict != fact.Satisfactory {
		p.amiss++
	}
	if p.width == 0 {
		fmt.Fprintf(p.out, "%d of %d: %s %s\n", p.done, p.total, r.Target, r.Verdict)
		return
	}
	fmt.Fprint(p.out, "\r"+p.bar(r.Target.String())+terminal.ClearLine)
}

// bar is one line that fits the terminal.
func (p *progress) bar(last string) string {
	return terminal.Bar(p.width, p.done, p.total, fmt.Sprintf(" %d of %d, %d not satisfactory", p.done, p.total, p.amiss), last)
}

// end takes the bar away.
func (p *progress) end() {
	if p != nil && p.width > 0 {
		fmt.Fprint(p.out, "\r"+terminal.ClearLine)
	}
}
