package report

import (
	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/fact"
)

// meaning says what a result's verdict means to somebody who knows no SMTP.
func meaning(r *probe.Result) string {
	if r.Prober.ForUsers() {
		return meaningForUsers(r.Verdict)
	}
	switch r.Verdict {
	case fact.Satisfactory:
		return "All is as expected."
	case fact.Impaired:
		return "Mail gets in, but something is not as expected."
	case fact.Compromised:
		return "A sender that does everything right cannot deliver now."
	case fact.Unknown:
	}
	return "Nothing can be said about the domain: the fault may be on our side."
}

func meaningForUsers(v fact.Verdict) string {
	switch v {
	case fact.Satisfactory:
		return "All is as expected."
	case fact.Impaired:
		return "Users get in, but something is not as expected."
	case fact.Compromised:
		return "Users cannot get in now."
	case fact.Unknown:
	}
	return "Nothing can be said about the server: the fault may be on our side."
}

// order says how the servers of a result stand in a table.
func order(r *probe.Result) string {
	switch {
	case r.Prober.ForUsers() && r.SRV != nil && r.SRV.Published:
		return "In the order in which mail programs try them: the lowest priority first."
	case r.Prober.ForUsers():
		return "The server that users log in to."
	}
	return "In the order in which senders try them: the lowest preference first."
}

// stateWord is a state as people say it. A server that turned away nobody but us was
// talked to, and nothing is known of it all the same.
func stateWord(s probe.State) string {
	if s == probe.NotTested {
		return "cannot be told"
	}
	return string(s)
}

// expected is what a module expects of a host, as people say it.
func expected(r *probe.Result, o config.Outcome) string {
	if r.Prober.ForUsers() {
		return "to let users in"
	}
	switch o {
	case config.TempFail:
		return "to ask everybody to come back later"
	case config.Refuse:
		return "to refuse mail"
	case config.Unreachable:
		return "not to be reachable"
	case config.Accept:
	}
	return "to take mail"
}

// stageMeaning says what happens in a stage.
func stageMeaning(s fact.Stage) string {
	switch s {
	case fact.Queue:
		return "we waited for our own turn at the address"
	case fact.Connect:
		return "the connection was made"
	case fact.Banner:
		return "the server greeted"
	case fact.EHLO:
		return "both said who they are"
	case fact.StartTLS:
		return "encryption was asked for"
	case fact.TLS:
		return "encryption was agreed on"
	case fact.EHLOTLS:
		return "both said again who they are"
	case fact.Capability:
		return "the server said what it can do"
	case fact.CapabilityTLS:
		return "the server said again what it can do"
	case fact.Auth, fact.Login:
		return "we logged in"
	case fact.Quota:
		return "we looked how full the mailbox is"
	case fact.Mail:
		return "the sender was named"
	case fact.Rcpt:
		return "the recipient was named"
	case fact.Data:
		return "the message was sent"
	case fact.Quit:
		return "we said goodbye"
	}
	return ""
}

// The titles that terminal and page share.
const (
	titleBlocklists = "Block lists"
	titlePolicies   = "Policies"
	titleFindings   = "Findings"
	titleLookups    = "Look-ups"
	titleLogins     = "Logins and mailboxes"
)

// nothingToDo stands below a verdict where no finding asks for anything.
const nothingToDo = "Nothing has to be done."

// The headings of what the catalog says of a finding.
const (
	asMeaning = "What it means"
	asEffect  = "What happens to mail"
	asMend    = "What to do"
)
