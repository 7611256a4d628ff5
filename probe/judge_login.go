package probe

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mailbox"
	"mx_exporter/probe/reply"
	"mx_exporter/probe/smtp"
)

// LoggedIn says whether a login at the address went well, and whether any was
// tried.
func (a *Address) LoggedIn() (ok, tried bool) {
	switch {
	case a.Mailbox != nil && a.Mailbox.Login != nil:
		return a.Mailbox.Login.OK, true
	case a.Dialogue != nil && a.Dialogue.Auth != nil && a.Dialogue.Auth.Mechanism != "":
		return a.Dialogue.Auth.OK, true
	}
	return false, false
}

// assessLogins judges what is said of logging in at each address.
func assessLogins(r *Result, m config.Module) (fs []fact.Finding) {
	for i := range r.Hosts {
		h := &r.Hosts[i]
		for j := range h.Addresses {
			a := &h.Addresses[j]
			for _, f := range slices.Concat(assessLogin(a), assessOffers(h, a), assessQuota(a.Mailbox)) {
				fs = append(fs, on(f, h, a))
			}
			if a.Dialogue != nil {
				for _, f := range append(assessManners(a.Dialogue), reputation(a)...) {
					fs = append(fs, on(f, h, a))
				}
			}
		}
	}
	return fs
}

func assessLogin(a *Address) []fact.Finding {
	f := a.Failure
	if f == nil || f.Stage != fact.Login && f.Stage != fact.Auth {
		return nil
	}
	switch f.Reason {
	case fact.LoginBackoff:
		return []fact.Finding{find(LoginBackedOff, fact.Warning, f.Detail)}
	case fact.AuthNoMechanism, fact.AuthInClear:
		return []fact.Finding{find(LoginImpossible, fact.Critical, f.Detail)}
	case fact.LoginFailed, fact.LoginExpired, fact.LoginLocked, fact.LoginLimited, fact.LoginUnavailable, fact.AuthFailed:
		return []fact.Finding{find(LoginRefused, fact.Critical, string(f.Reason)+": "+f.Detail)}
	}
	return nil
}

// assessOffers judges what a server offers for logging in.
func assessOffers(h *Host, a *Address) (fs []fact.Finding) {
	if a.Mailbox != nil && a.Mailbox.LoginInClear {
		return []fact.Finding{find(LoginInClear, fact.Warning, "before TLS it takes a password")}
	}
	d := a.Dialogue
	if d == nil || !greeted(d) {
		return nil
	}
	// AUTH is told where it counts: over TLS, or in clear where there is to be none.
	protected := h.TLS == config.ConnNever || d.TLSEstablished && (h.TLS == config.ConnImplicit || a.Reached(fact.EHLOTLS))
	if protected && a.Failure == nil && len(smtp.Mechanisms(d.Extensions)) == 0 {
		fs = append(fs, find(SubmissionNoAuth, fact.Warning, ""))
	}
	clear := smtp.Mechanisms(d.ClearExtensions)
	if h.TLS == config.ConnNever {
		clear = smtp.Mechanisms(d.Extensions)
	}
	if given := inTheOpen(clear); len(given) > 0 {
		fs = append(fs, find(LoginInClear, fact.Warning, "before TLS it offers "+strings.Join(given, ", ")))
	}
	return fs
}

// inTheOpen are the mechanisms that show the secret to whoever listens.
func inTheOpen(offered []string) (given []string) {
	for _, m := range offered {
		switch m {
		case "PLAIN", "LOGIN", "OAUTHBEARER", "XOAUTH2":
			given = append(given, m)
		}
	}
	return given
}

// nearlyFull is how much of a quota may be used before it is worth a word.
const nearlyFull = 0.9

func assessQuota(d *mailbox.Dialogue) []fact.Finding {
	if d == nil || d.Quota == nil {
		return nil
	}
	bytes, messages := used(d.Quota.UsedBytes, d.Quota.LimitBytes), used(d.Quota.UsedMessages, d.Quota.LimitMessages)
	share, of := bytes, "its room"
	if messages > bytes {
		share, of = messages, "the messages that it may hold"
	}
	detail := fmt.Sprintf("%.0f %% of %s", share*100, of)
	switch {
	case share >= 1:
		return []fact.Finding{find(MailboxFull, fact.Critical, detail)}
	case share >= nearlyFull:
		return []fact.Finding{find(MailboxNearlyFull, fact.Warning, detail)}
	}
	return nil
}

// used is the share of a limit, 0 where there is none.
func used(n, limit *int64) float64 {
	if n == nil || limit == nil || *limit <= 0 {
		return 0
	}
	return float64(*n) / float64(*limit)
}

// ofReputation reports a reply that is about us and not about the server.
func ofReputation(a *Address) bool {
	switch refusal(a) {
	case reply.BlockedUs, reply.RateLimited:
		return true
	}
	return false
}

// reputation judges the replies that say more than that a server is down.
func reputation(a *Address) []fact.Finding {
	if a.Failure == nil {
		return nil
	}
	detail := a.Failure.Detail
	switch refusal(a) {
	case reply.BlockedUs:
		return []fact.Finding{find(BlockedUs, fact.Warning, detail)}
	case reply.RateLimited:
		return []fact.Finding{find(RateLimitedUs, fact.Warning, detail)}
	case reply.TooManyConnections:
		return []fact.Finding{find(TooManyConnections, fact.Warning, detail)}
	}
	return nil
}

// assessProtection judges the TLS of servers for users.
func assessProtection(r *Result, m config.Module) (fs []fact.Finding) {
	for i := range r.Hosts {
		h := &r.Hosts[i]
		for j := range h.Addresses {
			a := &h.Addresses[j]
			for _, f := range protection(h, a, m, r.Started) {
				if r.ClockSuspect && ofDate(f.Code) {
					f.Severity = fact.Info
				}
				fs = append(fs, on(f, h, a))
			}
		}
	}
	return fs
}

func protection(h *Host, a *Address, m config.Module, now time.Time) []fact.Finding {
	if f := a.Failure; f != nil {
		switch {
		case f.Reason == fact.StartTLSInjection:
			return []fact.Finding{find(StartTLSInjected, fact.Critical, f.Detail)}
		case f.Reason == fact.StartTLSMissing:
			return []fact.Finding{find(StartTLSNotOffered, fact.Critical, "users' passwords need it")}
		case f.Reason == fact.TLSHandshake && h.TLS == config.ConnImplicit:
			return []fact.Finding{find(ImplicitTLSBroken, fact.Critical, f.Detail)}
		case f.Reason == fact.StartTLSRefused, f.Reason == fact.TLSHandshake:
			return []fact.Finding{find(StartTLSBroken, fact.Critical, f.Detail)}
		}
	}
	if t := a.Talk(); t != nil && t.TLS != nil && !tlsSettings(m).InsecureSkipVerify {
		return assessCertificate(t.TLS, now)
	}
	return nil
}
