package report

import (
	"io"
	"time"

	"mx_exporter/probe/roundtrip"
)

// RunText writes one run for a terminal: how it ended, what was learned, and the
// way that the message took. The error is that of the writer.
func RunText(w io.Writer, r *roundtrip.Run, o Options) error {
	p := &printer{options: o, budget: o.Transcript}
	p.line(0, plainTexts(name(r.Trip)+":"), coloured(string(r.Outcome), verdictColour(RunVerdict(r))))
	p.line(1, plainTexts(RunWhy(r)))
	p.line(1, plainTexts(outcomeMeaning(r)))
	p.line(1, plainTexts("sent", r.Sent.UTC().Format(time.DateTime), "UTC,", "within", ms(r.Window)))
	if b := r.Bounce; b != nil {
		p.gap()
		p.line(0, plainTexts("The bounce"))
		p.line(1, plainTexts(remark(b.Meaning)))
		p.line(1, plainTexts(remark(b.Advice)))
		p.line(1, plainTexts(quoted(b.Said)))
	}
	if fs := tripFacts(r); len(fs) > 0 {
		p.gap()
		p.line(0, plainTexts("What was made of it"))
		for _, f := range fs {
			p.line(1, coloured(f.State.Mark, markColour(f.State)), plainTexts(f.What+":", f.Text))
		}
	}
	if v := wayOf(r); v != nil {
		p.gap()
		p.line(0, plainTexts("The way of the message"))
		for i, h := range v.Hops {
			p.line(1, plainTexts(h.By+":", v.Rows[i].Total))
		}
	}
	_, err := io.WriteString(w, p.out.String())
	return err
}
