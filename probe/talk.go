package probe

import (
	"mx_exporter/config"
	"mx_exporter/probe/cert"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mailbox"
	"mx_exporter/probe/smtp"
)

// Talk is what conversations of all protocols have in common, for whoever does
// not care which it was.
type Talk struct {
	TLSOffered     bool
	TLSEstablished bool
	TLS            *cert.Facts
	Received       int
}

// Talk gives the conversation held at an address, nil where none was begun.
func (a *Address) Talk() *Talk {
	switch {
	case a.Mailbox != nil:
		d := a.Mailbox
		return &Talk{d.TLSOffered, d.TLSEstablished, d.TLS, d.Received}
	case a.Dialogue != nil:
		d := a.Dialogue
		return &Talk{d.TLSOffered, d.TLSEstablished, d.TLS, d.Received}
	}
	return nil
}

// Transcript gives what was said at an address, as lines of SMTP's dialogue.
func (a *Address) Transcript() []smtp.Line {
	switch {
	case a.Dialogue != nil:
		return a.Dialogue.Transcript
	case a.Mailbox != nil:
		out := make([]smtp.Line, len(a.Mailbox.Transcript))
		for i, l := range a.Mailbox.Transcript {
			out[i] = smtp.Line{At: l.At, From: smtp.Side(l.From), Text: l.Text}
		}
		return out
	}
	return nil
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

// Reached reports that a conversation came to a stage.
func (a *Address) Reached(stage fact.Stage) bool {
	for _, s := range a.Steps() {
		if s.Stage == stage {
			return true
		}
	}
	return false
}

// inMailbox reports a prober that speaks a protocol of mailboxes.
func inMailbox(p config.Prober) bool { return p == config.ProberIMAP || p == config.ProberPOP3 }
