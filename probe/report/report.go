// Package report shows the result of a probe to people: as a page for a browser,
// as text for a terminal or a debug page, and as the one line that Nagios and
// its relatives read.
//
// It only reads a [probe.Result]; what is up and what the verdict is was decided
// before, and the views take their words from the same places, so that they
// cannot disagree. What it guards is the reader's browser and terminal: whatever
// a server, a resolver or a certificate said is cut, and quoted so that no
// control character, no escape sequence and no character that turns the
// direction of writing gets through; html/template does the rest for markup.
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

// Text writes a result as an indented tree, in the words and the order of
// [HTML]: the verdict, each host, each of its addresses with the stages of the
// conversation, the block lists, the policies, the findings, and the look-ups.
// The error is that of the writer.
func Text(w io.Writer, r *probe.Result, o Options) error {
	p := &printer{options: o, budget: o.Transcript}
	p.head(r)
	for i := range r.Hosts {
		p.host(r, &r.Hosts[i])
	}
	p.blocklists(r)
	p.policies(r)
	p.findings(r.Findings)
	p.lookups(r)
	_, err := io.WriteString(w, p.out.String())
	return err
}

// head is the verdict and what there is to say about the domain itself.
func (p *printer) head(r *probe.Result) {
	p.line(0, plainTexts(name(r.Target.String())+":"), coloured(string(r.Verdict), verdictColour(r.Verdict)))
	if r.Why != "" {
		p.line(1, plainTexts(remark(r.Why)))
	}
	p.line(1, plainTexts(meaning(r)))
	p.foremost(r)
	p.line(1, plainTexts("module", remark(r.Module)+",", ms(r.Duration)+" of "+ms(r.Timeout)+",", r.Started.UTC().Format(time.DateTime), "UTC"))
}

// foremost is what happens to mail, and what to do first.
func (p *printer) foremost(r *probe.Result) {
	f, more, ok := foremost(r)
	if !ok {
		p.line(1, plainTexts(nothingToDo))
		return
	}
	for _, a := range viewOf(f).Advice {
		if a.Heading != asMeaning {
			p.line(1, plainTexts(a.Heading+": "+a.Text))
		}
	}
	if more > 0 {
		p.line(1, plainTexts(count(more, "more finding")+" to mend below"))
	}
}

// lookups is what DNS said of the domain itself.
func (p *printer) lookups(r *probe.Result) {
	v, ok := lookupsOf(&subject{Result: r}).(lookupsView)
	if !ok {
		return
	}
	p.gap()
	p.line(0, plainTexts(titleLookups))
	p.failure(1, r.Failure)
	for _, n := range v.Notes {
		p.line(1, plainTexts(n))
	}
	if len(v.Lookups) > 0 {
		var slowest []string
		for _, l := range v.Lookups {
			slowest = append(slowest, l.Type+" "+l.Took)
		}
		p.line(1, plainTexts("slowest look-ups:", strings.Join(slowest, ", ")))
	}
}

// findings is the list of what was found, the worst first.
func (p *printer) findings(fs []fact.Finding) {
	p.gap()
	p.line(0, plainTexts(titleFindings))
	for _, f := range ordered(fs) {
		p.finding(viewOf(f))
	}
	if len(fs) == 0 {
		p.line(1, plainTexts(nothingFound))
	}
}

func (p *printer) finding(v findingView) {
	at := v.At
	if at != "" {
		at += ":"
	}
	p.line(1, coloured(string(v.Severity), severityColour(v.Severity)), plainTexts(v.Name, at, v.Detail))
	for _, a := range v.Advice {
		p.line(2, plainTexts(a.Heading+": "+a.Text))
	}
}
