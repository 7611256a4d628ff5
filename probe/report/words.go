package report

import (
	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/fact"
)

// meaning says what a verdict means to somebody who knows no SMTP.
func meaning(v fact.Verdict) string {
	switch v {
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

// stateWord is a state as people say it.
func stateWord(s probe.State) string {
	if s == probe.NotTested {
		return "not tested"
	}
	return string(s)
}

// expected is what a module expects of a host, as people say it.
func expected(o config.Outcome) string {
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
	case fact.Auth:
		return "we logged in"
	case fact.Mail:
		return "the sender was named"
	case fact.Rcpt:
		return "the recipient was named"
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
)

// The headings of what the catalog says of a finding.
const (
	asMeaning = "What it means"
	asEffect  = "What happens to mail"
	asMend    = "What to do"
)
