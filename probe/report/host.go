package report

import (
	"fmt"
	"strconv"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/smtp"
)

// host is one server and its addresses.
func (p *printer) host(h *probe.Host) {
	p.gap()
	what := []string{"MX", strconv.Itoa(int(h.Preference)), name(h.Name) + ",", string(h.Role) + ":"}
	p.line(0, plainTexts(what...), coloured(stateWord(h.State), stateColour(h.State)))
	if h.Expect != "" && h.Expect != config.Accept {
		p.line(1, plainTexts("expected: "+string(h.Expect)))
	}
	p.failure(1, h.Failure)
	for i := range h.Addresses {
		p.address(&h.Addresses[i])
	}
}

// address is one address and the conversation held there.
func (p *printer) address(a *probe.Address) {
	p.line(1, plainTexts(a.IP.String()+":"), coloured(stateWord(a.State), stateColour(a.State)))
	if d := a.Dialogue; d != nil {
		for _, s := range d.Stages {
			p.stage(s)
		}
		p.tls(d)
		for _, r := range d.Recipients {
			p.line(2, plainTexts("RCPT", remark(r.Address)+":", replied(r.Reply.Code, r.Reply.Enhanced, string(r.Class), r.Reply.Text())))
		}
	}
	p.failure(2, a.Failure)
	if a.Dialogue != nil && p.options.Transcript > 0 {
		p.transcript(a.Dialogue.Transcript)
	}
}

// stage is one line: the stage, its time, and the reply.
func (p *printer) stage(s smtp.Stage) {
	words := fmt.Sprintf("%-9s %9s", s.Stage, ms(s.Took))
	if s.Reply == nil {
		p.row(2, words, "")
		return
	}
	p.row(2, words, replied(s.Reply.Code, s.Reply.Enhanced, string(s.Class), s.Reply.Text()))
}

// replied is a reply as one phrase: code, enhanced code, class, text.
func replied(code int, enhanced, class, text string) string {
	s := strconv.Itoa(code)
	if enhanced != "" {
		s += " " + remark(enhanced)
	}
	if class != "" {
		s += " " + class
	}
	if text != "" {
		s += " " + quoted(text)
	}
	return s
}

// tls is what the handshake showed.
func (p *printer) tls(d *smtp.Dialogue) {
	if d.TLS == nil {
		if d.TLSOffered && !d.TLSEstablished {
			p.line(2, plainTexts("TLS was offered and not established"))
		}
		return
	}
	verified := "verified"
	if !d.TLS.PKIX.OK {
		verified = "not verified (" + string(d.TLS.PKIX.Reason) + ")"
	}
	p.line(2, plainTexts(d.TLS.Version+",", d.TLS.Cipher+",", verified+",",
		"certificates until "+d.TLS.EarliestExpiry.UTC().Format(time.DateOnly)))
}

// failure is where something ended, and why.
func (p *printer) failure(depth int, f *fact.Failure) {
	if f == nil {
		return
	}
	what := string(f.Reason)
	if f.Stage != "" {
		what = string(f.Stage) + ": " + what
	}
	if f.Detail != "" {
		what += ": " + remark(f.Detail)
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

// stateWord is a state as people say it.
func stateWord(s probe.State) string {
	if s == probe.NotTested {
		return "not tested"
	}
	return string(s)
}
