package probe

import (
	"fmt"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/reply"
	"mx_exporter/probe/smtp"
)

// assessHosts judges which servers do as expected.
func assessHosts(r *Result, _ config.Module) (fs []fact.Finding) {
	anyUp := false
	for i := range r.Hosts {
		anyUp = anyUp || r.Hosts[i].State == Up && r.Hosts[i].Expect == config.Accept
	}
	for i := range r.Hosts {
		h := &r.Hosts[i]
		if h.Expect != config.Accept {
			fs = append(fs, assessExpectation(h)...)
			continue
		}
		switch {
		case h.State == Down && h.Role == fact.Backup:
			fs = append(fs, at(find(BackupDown, fact.Warning, firstFailure(h)), h))
		case h.State == Down && anyUp:
			fs = append(fs, at(find(PrimaryDown, fact.Warning, firstFailure(h)), h))
		case h.State == Down:
			fs = append(fs, at(find(PrimaryDown, fact.Critical, firstFailure(h)), h))
		case h.State == Up:
			fs = append(fs, deadAddresses(h)...)
		}
	}
	return fs
}

func deadAddresses(h *Host) (fs []fact.Finding) {
	for j := range h.Addresses {
		a := &h.Addresses[j]
		if a.State == Down && a.Failure.Reason != fact.AddressBlocked {
			fs = append(fs, on(find(AddressDown, fact.Warning, a.Failure.Error()), h, a))
		}
	}
	return fs
}

// assessExpectation judges a host that is not expected to take mail.
func assessExpectation(h *Host) (fs []fact.Finding) {
	for j := range h.Addresses {
		a := &h.Addresses[j]
		switch {
		case a.State != Down:
		case a.Failure == nil:
			fs = append(fs, on(find(TrapAccepts, fact.Warning, "expected: "+string(h.Expect)), h, a))
		default:
			fs = append(fs, on(find(ExpectationNotMet, fact.Warning, "expected: "+string(h.Expect)+"; got: "+a.Failure.Error()), h, a))
		}
	}
	if len(h.Addresses) == 0 && h.State == Down {
		fs = append(fs, at(find(ExpectationNotMet, fact.Warning, "expected: "+string(h.Expect)+"; got: no address"), h))
	}
	return fs
}

// firstFailure is what went wrong at a host, for people.
func firstFailure(h *Host) string {
	for j := range h.Addresses {
		if f := h.Addresses[j].Failure; f != nil && !f.Reason.Local() {
			return f.Error()
		}
	}
	if h.Failure != nil {
		return h.Failure.Error()
	}
	return ""
}

// slowBanner is when a greeting is late enough to be worth a word. Postscreen
// waits 6 s by default, and some senders hang up after 30 s.
const slowBanner = 15 * time.Second

// assessReplies judges what the servers said.
func assessReplies(r *Result, _ config.Module) (fs []fact.Finding) {
	for i := range r.Hosts {
		h := &r.Hosts[i]
		for j := range h.Addresses {
			a := &h.Addresses[j]
			if a.Dialogue == nil {
				continue
			}
			for _, f := range append(assessManners(a.Dialogue), assessRefusal(r, h, a)...) {
				fs = append(fs, on(f, h, a))
			}
		}
	}
	return fs
}

// OpensRelay reports whether a server took mail for a domain that is none of its
// business, and for which recipient.
func OpensRelay(d *smtp.Dialogue) (to string, open bool) {
	for _, r := range d.Relay {
		if r.Reply.Positive() {
			return r.Address, true
		}
	}
	return "", false
}

func assessManners(d *smtp.Dialogue) (fs []fact.Finding) {
	if to, open := OpensRelay(d); open {
		fs = append(fs, find(OpenRelay, fact.Critical, "it takes mail for "+to))
	}
	if d.HELO {
		fs = append(fs, find(HELOOnly, fact.Info, ""))
	}
	for _, s := range d.Stages {
		if s.Stage == fact.Banner && time.Duration(s.Took) >= slowBanner {
			fs = append(fs, find(SlowBanner, fact.Info, fmt.Sprintf("it took %.1f s", s.Took.Seconds())))
		}
		if s.Reply == nil {
			continue
		}
		if s.Reply.BareLF {
			fs = append(fs, find(ReplyLineEndsBare, fact.Info, "stage "+string(s.Stage)))
		}
		if s.Reply.Overlong {
			fs = append(fs, find(ReplyLineOverlong, fact.Info, "stage "+string(s.Stage)))
		}
	}
	return fs
}

// assessRefusal judges the reply that ended a dialogue, where it says more than
// that the server is down.
func assessRefusal(r *Result, h *Host, a *Address) (fs []fact.Finding) {
	if a.Failure == nil || h.Expect != config.Accept {
		return nil
	}
	detail := a.Failure.Detail
	switch c := refusal(a); {
	case c == reply.Greylisted:
		return []fact.Finding{find(Greylisted, fact.Info, detail)}
	case c == reply.TooManyConnections:
		return []fact.Finding{find(TooManyConnections, fact.Warning, detail)}
	case c == reply.AccessDenied:
		return []fact.Finding{find(AccessDenied, fact.Warning, detail)}
	case c == reply.BlockedUs:
		return []fact.Finding{find(BlockedUs, fact.Warning, detail)}
	case c == reply.RateLimited:
		return []fact.Finding{find(RateLimitedUs, fact.Warning, detail)}
	case silent(a): // said once for all, by assessLocal
		return nil
	case aboutUs(r, a):
		return []fact.Finding{find(RefusesOurMail, fact.Warning, detail)}
	case a.Failure.Stage == fact.Rcpt && ofMailbox(c):
		return []fact.Finding{refusedMailbox(r, a)}
	}
	return nil
}

func refusedMailbox(r *Result, a *Address) fact.Finding {
	if onlyPostmaster(r, a) {
		return find(PostmasterRefused, fact.Warning, a.Failure.Detail)
	}
	return find(RecipientRefused, fact.Critical, a.Failure.Detail)
}
