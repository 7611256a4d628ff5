package probe

import (
	"strings"

	"mx_exporter/config"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/reply"
)

// judgeHost gives each address its state, and the host that of its best one. A
// host that turned us away at one address is not called down for another: whoever
// it lets in may find that one open.
func judgeHost(r *Result, h *Host, m config.Module) {
	h.State = NotTested
	away := false
	for i := range h.Addresses {
		a := &h.Addresses[i]
		a.State = stateOf(r, h, a, m)
		switch {
		case a.State == Up:
			h.State = Up
		case a.State == Down && h.State == NotTested:
			h.State = Down
		case a.State == NotTested:
			away = away || aboutUs(r, a)
		}
	}
	if away && h.State == Down {
		h.State = NotTested
	}
	if len(h.Addresses) == 0 {
		h.State = addressless(h)
	}
}

// addressless is the state of a host that no sender finds.
func addressless(h *Host) State {
	switch {
	case h.Failure != nil && h.Failure.Reason.Local():
		return NotTested
	case h.Expect == config.Unreachable:
		return Up
	}
	return Down
}

// stateOf holds one address against what is expected of its host. What a server
// says of us alone is not held against it: nothing is known of how it treats
// others.
func stateOf(r *Result, h *Host, a *Address, m config.Module) State {
	if m.Prober.ForUsers() {
		return doorState(r, a)
	}
	f := a.Failure
	if f != nil && f.Reason.Local() {
		return NotTested
	}
	met := false
	switch h.Expect {
	case config.TempFail:
		met = f != nil && temporary(f.Reason)
	case config.Refuse:
		met = f != nil && permanent(f.Reason)
	case config.Unreachable:
		met = f != nil && unreachable(f)
	default:
		met = takesMail(r, a, m)
	}
	switch {
	case met:
		return Up
	case aboutUs(r, a):
		return NotTested
	}
	return Down
}

// takesMail reports whether a sender that does everything right gets its mail
// in at an address: the dialogue went through, or ended in something that does
// not stop mail.
func takesMail(r *Result, a *Address, m config.Module) bool {
	if a.Failure == nil {
		return true
	}
	if refusal(a) == reply.Greylisted {
		return m.Greylisting != config.GreylistingFail
	}
	return onlyPostmaster(r, a)
}

// onlyPostmaster reports that nothing but role mailboxes was refused, for
// reasons that lie in the mailbox: then others may well exist. A mailbox that
// was asked for by name is never a mere role.
func onlyPostmaster(r *Result, a *Address) bool {
	if r.Target.Recipient != "" || a.Dialogue == nil {
		return false
	}
	if f := a.Failure.Reason; f != fact.Rcpt4xx && f != fact.Rcpt5xx {
		return false // the server broke off, which is no answer about a mailbox
	}
	for _, rc := range a.Dialogue.Recipients {
		if rc.Reply.Code < 300 {
			continue
		}
		local, _, _ := strings.Cut(rc.Address, "@")
		if !strings.EqualFold(local, "postmaster") && !strings.EqualFold(local, "abuse") || !ofMailbox(rc.Class) {
			return false
		}
	}
	return true
}

func ofMailbox(c reply.Class) bool {
	switch c {
	case reply.MailboxNotFound, reply.MailboxFull, reply.MailboxDisabled, reply.MailboxUnavailable, reply.Greylisted:
		return true
	}
	return false
}

// refusal is the class of the reply that ended a dialogue, empty where it ended
// otherwise.
func refusal(a *Address) reply.Class {
	if a.Failure == nil || a.Dialogue == nil {
		return ""
	}
	for _, s := range a.Dialogue.Stages {
		if s.Stage == a.Failure.Stage {
			return s.Class
		}
	}
	return ""
}

// aboutUs reports that a server turned us away for what we are or do, which
// says nothing of how it treats others, or that we cannot have been heard.
func aboutUs(r *Result, a *Address) bool {
	if r.EgressSuspect && silent(a) {
		return true
	}
	if a.Failure != nil && a.Failure.Reason == fact.StartTLSRefused {
		return false // who offers TLS owes it to everybody, whatever he says of us
	}
	switch c := refusal(a); c {
	case reply.Greylisted, reply.AccessDenied:
		return false
	default:
		return c.Ours()
	}
}

// silent reports that nothing came back from an address.
func silent(a *Address) bool {
	f := a.Failure
	return f != nil && f.Stage == fact.Connect && (f.Reason == fact.ConnectTimeout || f.Reason == fact.ProbeTimeout)
}

func temporary(r fact.Reason) bool {
	switch r {
	case fact.Banner4xx, fact.EHLO4xx, fact.Mail4xx, fact.Rcpt4xx:
		return true
	}
	return false
}

func permanent(r fact.Reason) bool {
	switch r {
	case fact.Banner5xx, fact.EHLO5xx, fact.Mail5xx, fact.Rcpt5xx:
		return true
	}
	return false
}

// unreachable reports that a server did not begin to talk.
func unreachable(f *fact.Failure) bool {
	return f.Stage == fact.Connect || f.Stage == fact.Banner && !temporary(f.Reason) && !permanent(f.Reason)
}
