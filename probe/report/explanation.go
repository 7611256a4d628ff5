package report

import (
	"io"
	"strconv"
	"strings"

	"mx_exporter/probe/bounce"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/reply"
)

// Explanation writes what a reply or a bounce means as a whole page: the first
// sentence, what everybody concerned can do, then what it was read from. Of the
// options, Home and Style are shown. The error is that of the writer.
func Explanation(w io.Writer, e *bounce.Explanation, o HTMLOptions) error {
	v := explained(e, o)
	if err := begin(w, v.Outcome+": "+v.Class, o); err != nil {
		return err
	}
	if err := show(w, "explanation", v); err != nil {
		return err
	}
	return show(w, "end", o)
}

// explanationView is what the page of an explanation shows.
type explanationView struct {
	*bounce.Explanation
	Mark    fact.Verdict // whose colour and sign stand for the outcome
	Outcome string       // in a word or three
	Class   string       // without underscores
	Home    string
	Advised []row
	Said    []row
	Mail    []row
}

// row is a line with a heading. Remote is text from outside, between quotation
// marks; Text is ours, or holds names from outside only quoted.
type row struct{ Heading, Text, Remote string }

func explained(e *bounce.Explanation, o HTMLOptions) explanationView {
	w := e.Report.Worst()
	v := explanationView{Explanation: e, Class: strings.ReplaceAll(string(e.Class), "_", " "), Home: o.Home}
	v.Mark, v.Outcome = outcomeOf(w)
	v.Advised = filled([]row{
		{Heading: "What you can do", Text: e.Advice},
		{Heading: "What they can do", Text: e.RecipientsAdvice},
		{Heading: "When to try again", Text: e.Retry},
	})
	v.Said = filled([]row{
		{Heading: "In its own words", Remote: remote(w.Diagnostic)},
		{Heading: "Code", Text: codeWords(e)},
		{Heading: "Server", Text: name(w.Remote)},
		{Heading: "Step", Text: stageMeaning(w.Stage)},
		{Heading: "Class", Text: string(e.Class)},
	})
	v.Mail = mailRows(e.Report, w)
	return v
}

// outcomeOf is what became of the mail. The colours are those of verdicts: what is
// lost looks like what is broken.
func outcomeOf(w bounce.Recipient) (fact.Verdict, string) {
	switch {
	case w.Class == reply.Accepted:
		return fact.Satisfactory, "Not refused"
	case w.Action == bounce.Delayed:
		return fact.Impaired, "Not now"
	case w.Permanent():
		return fact.Compromised, "Refused for good"
	}
	return fact.Compromised, "Given up"
}

// codeWords is the basic and the enhanced code, with what the registry of
// RFC 5248 says of the latter.
func codeWords(e *bounce.Explanation) string {
	var codes []string
	if e.Code != 0 {
		codes = append(codes, strconv.Itoa(e.Code))
	}
	if e.Enhanced != "" {
		codes = append(codes, remark(e.Enhanced))
	}
	said := strings.Join(codes, " ")
	if said != "" && e.CodeMeaning != "" {
		said += ", " + e.CodeMeaning
	}
	return said
}

// mailRows is what a bounce shows of the mail that it is about; a reply alone
// shows nothing of it.
func mailRows(r *bounce.Report, w bounce.Recipient) []row {
	if r.Format == bounce.Pasted {
		return nil
	}
	o := r.Original
	return filled([]row{
		{Heading: "Subject", Remote: remote(o.Subject)},
		{Heading: "From", Text: name(o.From)},
		{Heading: "To", Text: name(w.Address)},
		{Heading: "Message-ID", Remote: remote(o.MessageID)},
		{Heading: "Sent back by", Text: name(r.Reporter)},
		{Heading: "Sent back to", Text: name(r.To)},
	})
}

// remote is quoted text from outside; empty where there is none.
func remote(s string) string {
	if s == "" {
		return ""
	}
	return quoted(s)
}

// filled leaves out the rows that say nothing.
func filled(rows []row) (kept []row) {
	for _, r := range rows {
		if r.Text != "" || r.Remote != "" {
			kept = append(kept, r)
		}
	}
	return kept
}
