package bounce

import (
	"io"
	"strings"

	"mx_exporter/probe/reply"
)

// Read reads a bounce: the whole source of a mail, with line ends of any kind. A
// bounce that was forwarded as an attachment is found in its envelope. The error
// is a [NotBounceError].
//
// At most 64 KiB of header and 1 MiB of body are read. It never panics and takes
// time in proportion to what it reads.
func Read(r io.Reader) (*Report, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxHeader+maxMessage+1))
	if err != nil {
		return nil, &NotBounceError{Kind: Unreadable, Err: err}
	}
	src := normal(string(b))
	if src == "" {
		return nil, &NotBounceError{Kind: Empty}
	}
	w := walker{truncated: len(b) > maxHeader+maxMessage}
	report, kind := w.report(src, 0)
	if report == nil {
		return nil, &NotBounceError{Kind: kind}
	}
	report.Truncated = w.truncated
	return report, nil
}

// normal takes away what mail programs put around a message: a byte order mark,
// empty lines, the line "From …" of a mailbox file, and the CR of each line.
func normal(s string) string {
	s = strings.TrimPrefix(s, "\ufeff")
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	s = strings.TrimLeft(s, "\n \t")
	if strings.HasPrefix(s, "From ") {
		_, s, _ = strings.Cut(s, "\n")
	}
	return s
}

// report reads one message, and where that is no bounce, those it encloses.
func (w *walker) report(src string, depth int) (*Report, Kind) {
	if header, _, _ := strings.Cut(src, "\n\n"); len(header) > maxHeader {
		return nil, TooLong
	}
	c := w.message(src, depth)
	if c.header.first("from", "to", "subject", "date", "received", "return-path", "message-id", "content-type") == "" {
		return nil, NoMessage
	}
	n := c.prose()
	kind := c.other(n)
	if kind == "" {
		r := c.report(n)
		w.truncated = w.truncated || len(r.Recipients) == maxRecipients
		return r, ""
	}
	for _, inner := range c.enclosed {
		if depth+1 > maxDepth {
			w.truncated = true
			break
		}
		if r, _ := w.report(normal(inner), depth+1); r != nil {
			return r, ""
		}
	}
	return nil, kind
}

// report is the sum of what the fields and the prose say.
func (c *content) report(n notice) *Report {
	r := &Report{
		Format: c.format(n),
		To:     mailbox(c.header.first("to", "delivered-to", "x-original-to")),
		Date:   c.header.date("date"),
	}
	per, recipients := statusOf(c.status)
	if len(recipients) == 0 {
		per, recipients = statusOf(fieldsIn(n.text))
	}
	r.Reporter = hostName(per.first("reporting-mta"))
	if r.Reporter == "" {
		r.Reporter = n.reporter(c.header)
	}
	r.Arrived = per.date("arrival-date")
	original := c.original
	if len(original) == 0 {
		original = n.original
	}
	r.Original = originalOf(original)
	r.Recipients = n.merge(recipients, c, r)
	for i := range r.Recipients {
		r.Recipients[i].finish(r)
	}
	r.Hints = hints(r)
	return r
}

// FromReply reads a reply as somebody pastes it: the reply itself, or the line of
// a log or of a bounce that quotes it. The report has one recipient, whose action
// is what a sender does after such a reply. The error is a [NotBounceError].
func FromReply(text string) (*Report, error) {
	if strings.TrimSpace(text) == "" {
		return nil, &NotBounceError{Kind: Empty}
	}
	one, ok := quoted(text)
	if !ok {
		return nil, &NotBounceError{Kind: NoReply}
	}
	r := Recipient{Action: Failed, Reply: &one, Stage: stageOf(text), Address: mailbox(text), Diagnostic: clean(one.Text())}
	switch {
	case one.Positive():
		r.Action = Delivered
	case one.Temporary():
		r.Action = Delayed
	}
	r.Class = reply.Classify(r.Stage, one)
	r.Remote = remoteIn(text)
	return &Report{Format: Pasted, Recipients: []Recipient{r}}, nil
}

// quoted finds the reply in a text that somebody pasted. A code outside of SMTP's
// range is none.
func quoted(text string) (reply.Reply, bool) {
	r, ok := reply.ParseText(text)
	if ok && r.Positive() {
		if no, found := refusal(text); found {
			return no, true
		}
	}
	return r, ok
}

// finish fills in what follows from the rest.
func (r *Recipient) finish(whole *Report) {
	if r.When.IsZero() {
		r.When = whole.Date
	}
	if r.Remote == whole.Reporter {
		r.Remote = ""
	}
	if r.Class = r.classify(); r.Class == reply.HostUnknown && strings.EqualFold(r.Remote, domainOf(r.Address)) {
		r.Remote = "" // sendmail names the domain that it did not find
	}
}
