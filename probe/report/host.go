package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/cert"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/reply"
	"mx_exporter/probe/smtp"
)

// host is one server and its addresses.
func (p *printer) host(r *probe.Result, h *probe.Host) {
	p.gap()
	what := []string{"MX", strconv.Itoa(int(h.Preference)), name(h.Name) + ",", string(h.Role) + ":"}
	if r.Prober.ForUsers() {
		what = []string{name(h.Name), "port", strconv.Itoa(h.Port) + ",", string(h.Role) + ":"}
	}
	p.line(0, plainTexts(what...), coloured(stateWord(h.State), stateColour(h.State)))
	if h.Expect != "" && h.Expect != config.Accept {
		p.line(1, plainTexts("expected: "+expected(r, h.Expect)))
	}
	p.failure(1, h.Failure)
	for i := range h.Addresses {
		p.address(r, &h.Addresses[i])
	}
}

// address is one address and the conversation held there.
func (p *printer) address(r *probe.Result, a *probe.Address) {
	p.line(1, plainTexts(a.IP.String()+":"), coloured(stateWord(a.State), stateColour(a.State)))
	f := a.Failure
	if d := a.Dialogue; d != nil {
		for _, s := range d.Stages {
			p.stage(d, s)
			if f != nil && s.Stage == f.Stage && s.Reply != nil {
				f = &fact.Failure{Stage: f.Stage, Reason: f.Reason} // the reply says the rest
			}
		}
		if d.TLSOffered && !d.TLSEstablished {
			p.line(2, plainTexts("TLS was offered and not established"))
		}
	}
	if m := a.Mailbox; m != nil {
		p.mailboxStages(a)
	}
	for _, l := range loginLines(r, a) {
		p.line(2, plainTexts(l))
	}
	p.failure(2, f)
	if p.options.Transcript > 0 {
		p.transcript(a.Transcript())
	}
}

// mailboxStages is a line for each stage of a conversation with a mailbox's
// server, whose answers are in no stage.
func (p *printer) mailboxStages(a *probe.Address) {
	for _, s := range a.Steps() {
		if s.Stage == fact.Queue && time.Duration(s.Took) < time.Millisecond {
			continue
		}
		said := ""
		if s.Stage == fact.TLS && a.Mailbox.TLS != nil {
			said = tls(a.Mailbox.TLS)
		}
		p.row(2, fmt.Sprintf("%-14s %9s", s.Stage, ms(s.Took)), said)
	}
}

// stage is one line: the stage, its time, and what was said.
func (p *printer) stage(d *smtp.Dialogue, s smtp.Stage) {
	if s.Stage == fact.Queue && time.Duration(s.Took) < time.Millisecond {
		return // nobody was in the way
	}
	head := fmt.Sprintf("%-8s %9s", s.Stage, ms(s.Took))
	switch {
	case s.Stage == fact.TLS && d.TLS != nil:
		p.row(2, head, tls(d.TLS))
	case s.Stage == fact.Rcpt && len(d.Recipients) > 0:
		for _, r := range d.Recipients {
			p.row(2, head, name(r.Address)+": "+replied(r.Reply, r.Class))
			head = strings.Repeat(" ", len(head))
		}
	case s.Reply == nil:
		p.row(2, head, "")
	case s.Reply.Positive() && (s.Stage == fact.EHLO || s.Stage == fact.EHLOTLS):
		p.row(2, head, strconv.Itoa(s.Reply.Code)+" "+extensions(s.Reply.Lines))
	default:
		p.row(2, head, replied(*s.Reply, s.Class))
	}
}

// replied is a reply as one phrase: code, enhanced code, class where it is not
// plain acceptance, text.
func replied(r reply.Reply, c reply.Class) string {
	s, text := codes(r, c), r.Text()
	if r.Enhanced != "" {
		text = strings.TrimPrefix(text, r.Enhanced+" ")
	}
	if text != "" {
		s += " " + quoted(text)
	}
	return s
}

// codes is a reply without its text.
func codes(r reply.Reply, c reply.Class) string {
	s := strconv.Itoa(r.Code)
	if r.Enhanced != "" {
		s += " " + remark(r.Enhanced)
	}
	if c != "" && c != reply.Accepted {
		s += " " + string(c)
	}
	return s
}

// extensions is an EHLO reply without its greeting (RFC 5321 section 4.1.1.1).
func extensions(lines []string) string {
	if len(lines) < 2 {
		return "without extensions"
	}
	return remark(strings.Join(lines[1:], ", "))
}

// tls is what the handshake showed.
func tls(f *cert.Facts) string {
	verified := "verified"
	if !f.PKIX.OK {
		verified = "not verified (" + string(f.PKIX.Reason) + ")"
	}
	s := f.Version + ", " + f.Cipher + ", " + verified
	if !f.EarliestExpiry.IsZero() {
		s += ", certificates until " + f.EarliestExpiry.UTC().Format(time.DateOnly)
	}
	return s
}

// failure is where something ended, and why. What lies with us is no failure of
// the server.
func (p *printer) failure(depth int, f *fact.Failure) {
	if f == nil {
		return
	}
	what := failed(f)
	if f.Reason.Local() {
		p.line(depth, coloured("not known", grey), plainTexts(what))
		return
	}
	p.line(depth, coloured("failed", red), plainTexts(what))
}

// transcript is both sides of a conversation, as far as the budget goes.
func (p *printer) transcript(lines []smtp.Line) {
	for _, l := range lines {
		text := quoted(l.Text)
		if p.budget -= len(text); p.budget < 0 {
			p.line(3, plainTexts("… more was said than is shown"))
			return
		}
		p.row(3, fmt.Sprintf("%9s %s", ms(l.At), side(l.From)), text)
	}
}

func side(s smtp.Side) string {
	switch s {
	case smtp.Client:
		return "C:"
	case smtp.Server:
		return "S:"
	case smtp.Note:
	}
	return "--"
}
