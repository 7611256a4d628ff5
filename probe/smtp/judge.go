package smtp

import (
	"mx_exporter/probe/fact"
	"mx_exporter/probe/reply"
)

// ReplyReason says why a reply is not the one that a stage hopes for; it is
// empty when it is. A refusal has the stage's own reason; any other code does
// not fit the command and makes the reply invalid: a server that answers EHLO
// with 220, or MAIL with 354, is out of step, and each later reply would be read
// as the answer to the wrong command. QUIT is content with every answer.
func ReplyReason(stage fact.Stage, r reply.Reply) fact.Reason {
	x := expectations(stage)
	switch {
	case stage == fact.Quit:
		return ""
	case r.Temporary():
		return x.temporary
	case r.Permanent():
		return x.permanent
	}
	for _, c := range x.codes {
		if r.Code == c {
			return ""
		}
	}
	if stage == fact.Banner {
		return fact.BannerInvalid
	}
	return fact.ReplyInvalid
}

// expectation is what a stage makes of codes (RFC 5321 section 4.3.2).
type expectation struct {
	codes     []int
	temporary fact.Reason
	permanent fact.Reason
}

func expectations(stage fact.Stage) expectation {
	switch stage {
	case fact.Banner:
		return expectation{[]int{220}, fact.Banner4xx, fact.Banner5xx}
	case fact.EHLO, fact.EHLOTLS:
		return expectation{[]int{250}, fact.EHLO4xx, fact.EHLO5xx}
	case fact.StartTLS: // RFC 3207 section 4
		return expectation{[]int{220}, fact.StartTLSRefused, fact.StartTLSRefused}
	case fact.Auth: // RFC 4954 section 6
		return expectation{[]int{235}, fact.LoginUnavailable, fact.AuthFailed}
	case fact.Mail:
		return expectation{[]int{250}, fact.Mail4xx, fact.Mail5xx}
	case fact.Rcpt:
		return expectation{[]int{250, 251, 252}, fact.Rcpt4xx, fact.Rcpt5xx}
	case fact.Data: // 354 to the command and 250 to the message
		return expectation{[]int{250, 354}, fact.Data4xx, fact.Data5xx}
	}
	return expectation{nil, fact.ReplyInvalid, fact.ReplyInvalid}
}

// refusedForNow reports a 421: the server ends the conversation (RFC 5321
// section 3.8).
func refusedForNow(r reply.Reply) bool { return r.Code == 421 }

// maxDetail bounds the text of a reply that goes into a failure's detail.
const maxDetail = 256

// said is a reply for people: its code and its text.
func said(r reply.Reply) string {
	s := r.String()
	return s[:min(len(s), maxDetail)]
}
