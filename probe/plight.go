package probe

import (
	"slices"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/mx"
	"mx_exporter/probe/reply"
)

// plight says in words what is wrong with a host, to follow its name: "refuses
// connections". It is empty for a host that does as expected.
func plight(h *Host) string {
	if h.State == Up {
		return ""
	}
	for j := range h.Addresses {
		a := &h.Addresses[j]
		if a.State == Up || a.State == NotTested && a.Failure.Reason.Local() {
			continue
		}
		if a.Failure == nil {
			return "takes mail, which is not expected of it"
		}
		if w := refusalWords[refusal(a)]; w != "" && (temporary(a.Failure.Reason) || permanent(a.Failure.Reason)) {
			return w
		}
		return plightWords[a.Failure.Reason]
	}
	if h.Failure != nil {
		if h.Failure.Reason == fact.DNSMalformed && mx.HostName(h.Name) {
			return plightWords[fact.DNSServfail] // it is the answer that cannot be used
		}
		return plightWords[h.Failure.Reason]
	}
	return "could not be tested"
}

// turnedAway reports a host of which nothing can be told because it answered, or
// was silent, on our account.
func turnedAway(r *Result, h *Host) bool {
	return h.State == NotTested && slices.ContainsFunc(h.Addresses, func(a Address) bool {
		return a.State == NotTested && !a.Failure.Reason.Local() && aboutUs(r, &a)
	})
}

// refusalWords say what a server did that answered.
var refusalWords = map[reply.Class]string{
	reply.Greylisted:         "asks to come back later",
	reply.RateLimited:        "says that we come too often",
	reply.TooManyConnections: "has all of its connections in use",
	reply.BlockedUs:          "blocks the address that we come from",
	reply.AccessDenied:       "denies access without a reason",
	reply.MailboxNotFound:    "says that the mailbox does not exist",
	reply.MailboxFull:        "says that the mailbox is full",
	reply.MailboxDisabled:    "says that the mailbox is closed",
	reply.MailboxUnavailable: "says that the mailbox cannot be used now",
	reply.RelayDenied:        "does not take mail for this domain",
	reply.HostUnknown:        "does not know the domain",
	reply.Policy:             "refuses the way in which we send",
	reply.ContentRejected:    "refuses what we send",
	reply.SenderRejected:     "refuses our sender address",
	reply.TLSRequired:        "takes mail over TLS only",
	reply.AuthRequired:       "wants a login before it takes mail",
	reply.SystemFull:         "has run out of disk, memory or another resource",
	reply.SystemError:        "says that it is out of order",
	reply.NetworkError:       "cannot reach the next server",
	reply.MailLoop:           "sends the message round in a circle",
}

// plightWords say how a conversation or a look-up ended.
var plightWords = map[fact.Reason]string{
	fact.DNSNXDomain:       "does not exist in DNS",
	fact.DNSNoData:         "has no address in DNS",
	fact.DNSServfail:       "cannot be looked up",
	fact.DNSRefused:        "cannot be looked up",
	fact.DNSTimeout:        "cannot be looked up",
	fact.DNSTruncated:      "cannot be looked up",
	fact.DNSMalformed:      "is not the name of a host",
	fact.CNAMELoop:         "is an alias that leads in a circle",
	fact.AddressBlocked:    "has no address on the public network",
	fact.Refused:           "refuses connections",
	fact.Unreachable:       "cannot be reached",
	fact.Reset:             "breaks the connection off",
	fact.EOF:               "closes the connection without a word",
	fact.ConnectTimeout:    "does not answer",
	fact.BannerTimeout:     "does not greet in time",
	fact.Banner4xx:         "greets with a temporary refusal",
	fact.Banner5xx:         "greets with a refusal",
	fact.BannerInvalid:     "does not greet as a mail server",
	fact.ReplyLineTooLong:  "answers without end",
	fact.ReplyTooManyLines: "answers without end",
	fact.ReplyCodeMismatch: "answers what makes no sense",
	fact.ReplyInvalid:      "answers what makes no sense",
	fact.StageTimeout:      "stops answering in mid-dialogue",
	fact.ProbeTimeout:      "was too slow for the time that the probe had",
	fact.EHLO4xx:           "refuses EHLO for now",
	fact.EHLO5xx:           "refuses EHLO",
	fact.StartTLSMissing:   "does not offer the TLS that is required",
	fact.StartTLSRefused:   "offers TLS and then refuses it",
	fact.StartTLSInjection: "sends in clear what must be protected",
	fact.TLSHandshake:      "fails in the TLS handshake",
	fact.TLSUnverified:     "shows a certificate that does not verify",
	fact.AuthFailed:        "refuses the login",
	fact.AuthNoMechanism:   "offers no way to log in that we know",
	fact.AuthInClear:       "wants the login in clear",
	fact.GreetingRefused:   "greets with a refusal",
	fact.Preauth:           "takes whoever comes for somebody who has logged in",
	fact.CapabilityInvalid: "does not say what it can do",
	fact.LoginFailed:       "refuses the login",
	fact.LoginExpired:      "says that the password has expired",
	fact.LoginLocked:       "says that the account is locked",
	fact.LoginUnavailable:  "cannot check logins now",
	fact.LoginLimited:      "says that there were too many logins",
	fact.LoginBackoff:      "refused the login before, and is not asked again yet",
	fact.MailboxLocked:     "says that somebody else has the mailbox open",
	fact.MailboxRefused:    "refuses to show the mailbox",
	fact.Mail4xx:           "refuses the sender for now",
	fact.Mail5xx:           "refuses the sender",
	fact.Rcpt4xx:           "refuses the recipient for now",
	fact.Rcpt5xx:           "refuses the recipient",
	fact.LimitExceeded:     "sends more than we read",
}
