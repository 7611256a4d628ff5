// Package report shows the result of a probe to people: as text for a terminal
// or a debug page, and as the one line that Nagios and its relatives read.
//
// It only reads a [probe.Result]; what is up and what the verdict is was decided
// before. What it guards is the reader's terminal: whatever a server, a resolver
// or a certificate said is cut, and quoted so that no control character, no
// escape sequence and no character that turns the direction of writing gets
// through.
package report

import (
	"io"
	"strings"
	"time"

	"mx_exporter/probe"
	"mx_exporter/probe/fact"
)

// Options shape a text. The zero value is plain, without transcripts, and with
// lines as long as they get.
type Options struct {
	Width      int  // columns that lines are broken at; 0: not at all
	Colour     bool // ANSI colours for verdicts, states and severities
	Transcript int  // octets of transcripts to show, over all addresses; 0: none
}

// Text writes a result as an indented tree: the verdict, each host, each of its
// addresses with the stages of the conversation, and the findings. The error is
// that of the writer.
func Text(w io.Writer, r *probe.Result, o Options) error {
	p := &printer{options: o, budget: o.Transcript}
	p.head(r)
	for i := range r.Hosts {
		p.host(&r.Hosts[i])
	}
	p.findings(r.Findings)
	_, err := io.WriteString(w, p.out.String())
	return err
}

// head is the verdict and what there is to say about the domain itself.
func (p *printer) head(r *probe.Result) {
	p.line(0, plainTexts(name(r.Target.String())+":"), coloured(string(r.Verdict), verdictColour(r.Verdict)))
	if r.Why != "" {
		p.line(1, plainTexts(remark(r.Why)))
	}
	p.line(1, plainTexts("module", remark(r.Module)+",", ms(r.Duration)+" of "+ms(r.Timeout)+",", r.Started.UTC().Format(time.DateTime), "UTC"))
	p.failure(1, r.Failure)
	if r.MX != nil {
		p.set(r)
	}
	if len(r.Lookups) > 0 {
		var slowest []string
		for _, l := range r.Lookups {
			slowest = append(slowest, l.Type+" "+ms(l.Took))
		}
		p.line(1, plainTexts("slowest look-ups:", strings.Join(slowest, ", ")))
	}
}

// set is what is special about the MX set.
func (p *printer) set(r *probe.Result) {
	s := r.MX
	notes := []struct {
		is   bool
		text string
	}{
		{s.Null && !s.NullMixed, "null MX: the domain says that it takes no mail"},
		{s.NullMixed, "a null MX that is not alone"},
		{s.Implicit, "no MX record: the domain's own addresses take its mail"},
		{len(s.Aliases) > 0, "the domain is an alias of " + names(s.Aliases)},
		{len(s.Duplicates) > 0, "listed more than once: " + names(s.Duplicates)},
		{s.Authentic, "validated by DNSSEC"},
	}
	for _, n := range notes {
		if n.is {
			p.line(1, plainTexts(n.text))
		}
	}
	for _, l := range s.Limited {
		p.line(1, plainTexts("more than the limit "+string(l)+" allows; the rest was left out"))
	}
}

// findings is the list of what was found, worst last so that it stands where a
// terminal's prompt comes back.
func (p *printer) findings(fs []fact.Finding) {
	if len(fs) == 0 {
		return
	}
	p.gap()
	p.line(0, plainTexts("Findings"))
	for _, severity := range fact.Severities() {
		for _, f := range fs {
			if f.Severity == severity {
				p.finding(f)
			}
		}
	}
}

func (p *printer) finding(f fact.Finding) {
	at := strings.TrimSpace(name(f.Host) + " " + f.Address)
	if at != "" {
		at += ":"
	}
	p.line(1, coloured(string(f.Severity), severityColour(f.Severity)), plainTexts(string(f.Check)+"/"+string(f.Code), at, remark(f.Detail)))
	if d, ok := probe.Explain(f.Code); ok && f.Severity != fact.Info {
		p.line(2, plainTexts(d.Mend))
	}
}
