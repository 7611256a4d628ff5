package bounce

import (
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"mx_exporter/probe/reply"
)

// Text writes an explanation for a terminal, with lines broken at width columns; 0
// breaks none. Remote words are escaped and cut. The error is that of the writer.
func (e *Explanation) Text(w io.Writer, width int) error {
	p := page{width: width}
	p.paragraph("", e.Summary)
	p.paragraph("", e.Meaning)
	p.gap()
	p.item("Class", string(e.Class)+", "+permanence(e))
	p.item("Code", e.codes())
	p.item("It said", e.words())
	p.gap()
	p.item("You can", e.Advice)
	p.item("They can", e.RecipientsAdvice)
	p.item("Again", e.Retry)
	for _, o := range e.Others {
		p.item("Also", o)
	}
	p.mail(e.Report)
	if e.Everything != "" {
		p.gap()
	}
	p.paragraph("", e.NotYours)
	if e.NotYours != "" {
		p.gap()
	}
	p.paragraph("", e.Everything)
	_, err := io.WriteString(w, p.out.String())
	return err
}

// permanence says whether waiting can help.
func permanence(e *Explanation) string {
	w := e.Report.Worst()
	switch {
	case w.Class == reply.Accepted:
		return string(w.Action)
	case e.Permanent:
		return "permanent: the answer was a final no"
	case w.Action == Delayed && e.Report.Format != Pasted:
		return "temporary: still being tried"
	}
	return "temporary: the answer was \"not now\""
}

// codes is the basic and the enhanced code, with what the registry says of it.
func (e *Explanation) codes() string {
	var parts []string
	if e.Code != 0 {
		parts = append(parts, strconv.Itoa(e.Code))
	}
	if e.Enhanced != "" {
		parts = append(parts, e.Enhanced)
	}
	s := strings.Join(parts, " ")
	if e.CodeMeaning != "" && s != "" {
		s += ", " + e.CodeMeaning
	}
	return s
}

// maxWords bounds the octets shown of what a server said.
const maxWords = 400

// words is what was said, quoted so that no control character, no escape sequence
// and no character that turns the direction of writing gets through.
func (e *Explanation) words() string {
	d := e.Report.Worst().Diagnostic
	if d == "" {
		return ""
	}
	q := strconv.Quote(cut(d, maxWords))
	if len(d) > maxWords {
		q += "…"
	}
	return q
}

// mail shows what is known of the mail that did not arrive.
func (p *page) mail(r *Report) {
	o := r.Original
	if o.Subject == "" && o.MessageID == "" && o.From == "" {
		return
	}
	p.gap()
	p.item("Mail", strings.Join(nonEmpty(
		prefixed("subject ", quotedOrNone(o.Subject)), prefixed("from ", shownOrNone(o.From)), prefixed("Message-ID ", quotedOrNone(o.MessageID)),
	), ", "))
	p.item("Sent back", strings.Join(nonEmpty(prefixed("by ", shownOrNone(r.Reporter)), prefixed("to ", shownOrNone(r.To)), "in the form "+string(r.Format)), ", "))
	if r.Truncated {
		p.item("Note", "the message is longer than what was read of it")
	}
}

func quotedOrNone(s string) string {
	if s == "" {
		return ""
	}
	return strconv.Quote(cut(s, maxShown))
}

func shownOrNone(s string) string {
	if s == "" {
		return ""
	}
	return shown(s)
}

func prefixed(prefix, s string) string {
	if s == "" {
		return ""
	}
	return prefix + s
}

func nonEmpty(ss ...string) []string {
	var kept []string
	for _, s := range ss {
		if s != "" {
			kept = append(kept, s)
		}
	}
	return kept
}

// page lays out lines.
type page struct {
	out   strings.Builder
	width int
}

func (p *page) gap() { p.out.WriteByte('\n') }

// item is a line with a head in front; an empty text has no line.
func (p *page) item(head, text string) {
	if text != "" {
		p.paragraph(head+strings.Repeat(" ", max(0, column-len(head))), text)
	}
}

// column is where the texts of items begin.
const column = 11

// paragraph breaks a text at its spaces; what follows the first line stands below
// its beginning.
func (p *page) paragraph(head, text string) {
	if text == "" {
		return
	}
	p.out.WriteString(head)
	at, empty := len(head), true
	for word := range strings.FieldsSeq(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case empty:
		case p.width > 0 && at+1+n > p.width:
			p.out.WriteString("\n" + strings.Repeat(" ", len(head)))
			at = len(head)
		default:
			p.out.WriteByte(' ')
			at++
		}
		p.out.WriteString(word)
		at, empty = at+n, false
	}
	p.out.WriteByte('\n')
}
