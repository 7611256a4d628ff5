package probe

import (
	"mx_exporter/config"
	"mx_exporter/probe/cert"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mailbox"
	"mx_exporter/probe/smtp"
	"mx_exporter/probe/talk"
)

// Talk is what conversations of all protocols have in common, for whoever does
// not care which it was.
type Talk struct {
	TLSOffered     bool
	TLSEstablished bool
	TLS            *cert.Facts
	Transcript     []talk.Line
	Received       int
}

// Talk gives the conversation held at an address, nil where none was begun.
func (a *Address) Talk() *Talk {
	switch {
	case a.Mailbox != nil:
		d := a.Mailbox
		return &Talk{d.TLSOffered, d.TLSEstablished, d.TLS, d.Transcript, d.Received}
	case a.Dialogue != nil:
		d := a.Dialogue
		return &Talk{d.TLSOffered, d.TLSEstablished, d.TLS, lines(d.Transcript), d.Received}
	}
	return nil
}

func lines(ls []smtp.Line) []talk.Line {
	out := make([]talk.Line, len(ls))
	for i, l := range ls {
		out[i] = talk.Line{At: l.At, From: talk.Side(l.From), Text: l.Text}
	}
	return out
}

// Steps gives the timed stages of the conversation held at an address, without
// copying those of SMTP. Those of other protocols have no reply.
func (a *Address) Steps() []smtp.Stage {
	switch {
	case a.Dialogue != nil:
		return a.Dialogue.Stages
	case a.Mailbox != nil:
		out := make([]smtp.Stage, len(a.Mailbox.Stages))
		for i, s := range a.Mailbox.Stages {
			out[i] = smtp.Stage{Stage: s.Stage, Took: s.Took}
		}
		return out
	}
	return nil
}

// before puts the stages in front that come before a dialogue, which there may be
// none of.
func (a *Address) before(p config.Prober, stages ...smtp.Stage) {
	if !inMailbox(p) {
		if a.Dialogue == nil {
			a.Dialogue = &smtp.Dialogue{}
		}
		a.Dialogue.Stages = append(stages, a.Dialogue.Stages...)
		return
	}
	if a.Mailbox == nil {
		a.Mailbox = &mailbox.Dialogue{}
	}
	var all []mailbox.Stage
	for _, s := range stages {
		all = append(all, mailbox.Stage{Stage: s.Stage, Took: s.Took})
	}
	a.Mailbox.Stages = append(all, a.Mailbox.Stages...)
}

// reached reports that a conversation came to a stage.
func (a *Address) reached(stage fact.Stage) bool {
	for _, s := range a.Steps() {
		if s.Stage == stage {
			return true
		}
	}
	return false
}

// inMailbox reports a prober that speaks a protocol of mailboxes.
func inMailbox(p config.Prober) bool { return p == config.ProberIMAP || p == config.ProberPOP3 }
