package bounce

import (
	"regexp"
	"strings"

	"mx_exporter/probe/reply"
)

// classify sorts what is known of a recipient. The server's own reply decides, then
// what the mail system says of its own (it could not connect, it waited too long),
// then the status that the reporter made up of both.
func (r *Recipient) classify() reply.Class {
	if r.Action == Delivered || r.Action == Relayed || r.Action == Expanded {
		return reply.Accepted
	}
	if r.Reply != nil {
		return r.ofReply()
	}
	for _, text := range []string{r.Diagnostic, r.evidence} {
		if c, ok := ofSaying(text); ok {
			return c
		}
		if c := reply.Classify(r.Stage, r.standIn(r.Status, text)); !vague(c) {
			return c
		}
	}
	return reply.Classify(r.Stage, r.standIn("", r.Diagnostic))
}

// ofReply takes the status into account where the reply has no enhanced code of its
// own and its text says nothing: sendmail, for one, gives every 550 the status 5.1.1.
func (r *Recipient) ofReply() reply.Class {
	one := *r.Reply
	if one.Enhanced != "" || r.Status == "" {
		return reply.Classify(r.Stage, one)
	}
	neutral := one
	neutral.Code = one.Code / 100 * 100
	if c := reply.Classify("", neutral); !vague(c) {
		return reply.Classify(r.Stage, one)
	}
	if e, ok := reply.ParseEnhanced(r.Status); ok && (e.Subject != 0 || e.Detail != 0) && e.Class == one.Code/100 {
		one.Enhanced = r.Status
	}
	return reply.Classify(r.Stage, one)
}

// standIn is a reply made of the status and the words, for classifying alone.
func (r *Recipient) standIn(status, text string) reply.Reply {
	s := reply.Reply{Code: 550, Enhanced: status, Lines: []string{text}}
	if strings.HasPrefix(status, "4") || r.Action == Delayed {
		s.Code = 450
	}
	if s.Code == 450 != strings.HasPrefix(status, "4") {
		s.Enhanced = ""
	}
	return s
}

// vague reports the classes that name no reason.
func vague(c reply.Class) bool { return c == reply.OtherPermanent || c == reply.OtherTemporary }

// sayings are what mail systems say of their own, where no server answered. They
// are about the way there; what servers say is in the tables of package reply.
var sayings = []struct {
	class   reply.Class
	pattern *regexp.Regexp
}{
	{reply.MailboxFull, regexp.MustCompile(`over ?quota|quota exceeded|mail(?:box|folder) is full|exceeds allowed size|exceeded (?:the|its|their) (?:quota|local limit)`)},
	{reply.ContentRejected, regexp.MustCompile(`(?:message|mail) size limit|(?:message|mail) (?:is )?too (?:large|big)|exceeds the maximum (?:message )?size`)},
	{reply.MailLoop, regexp.MustCompile(`(?:mail|routing) loop|too many hops|hop count|loops? back to (?:myself|itself)|loop detected`)},
	{reply.NetworkError, regexp.MustCompile(`not found, try again`)},
	{reply.HostUnknown, regexp.MustCompile(`host (?:or domain name )?not found|unrouteable mail domain|non-?existent (?:hosts?|domain)|` +
		`couldn't find (?:any host|a mail exchanger)|(?:unknown|no such) (?:host|domain)|host unknown|domain [^.]{0,80}(?:not found|does not exist|couldn't be found|could not be found)|` +
		`no (?:mx|dns|a)(?: or a)? (?:records?|information|found)|name or service not known|no valid (?:mx )?hosts?|dns error|mail server for [^ ]{1,80} (?:was )?not found|null mx|no mail (?:exchanger|server)s? (?:for|found)`)},
	{reply.MailboxNotFound, regexp.MustCompile(`(?:address|account) (?:couldn't be|wasn't|was not|could not be|not) found|recipient name is not recogni[sz]ed|not listed in|` +
		`e-?mail (?:account|address) (?:does not|doesn't|wasn't|was not|you entered)|recipnotfound|recipientnotfound|unknown recipient|unrouteable address|no such (?:person|user)|possibly incorrect|group you tried to contact`)},
	{reply.NetworkError, regexp.MustCompile(`connection (?:timed out|refused|reset|died|was dropped|lost)|timed? ?out|no route to host|network (?:is )?unreachable|network error|failing for a long time|` +
		`wasn't able to establish an smtp connection|(?:could not|couldn't|unable to|cannot|failed to) (?:connect|contact|establish)|lost connection|` +
		`retry time(?:out)? (?:exceeded|not reached)|too long (?:on|in) the|in the queue too long|delivery time expired|message (?:has )?expired|` +
		`not responding|no (?:answer|response) from|lookup failed temporarily|name service error`)},
}

// ofSaying finds the class that a mail system's own words tell.
func ofSaying(text string) (reply.Class, bool) {
	text = strings.ToLower(strings.ReplaceAll(text, "’", "'"))
	for _, s := range sayings {
		if s.pattern.MatchString(text) {
			return s.class, true
		}
	}
	return "", false
}
