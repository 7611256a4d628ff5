package mailbox

import (
	"slices"
	"strings"

	"mx_exporter/probe/fact"
)

// Codes lists every word that [Login] has as its reply code: the response codes
// of a refused login (RFC 5530 and RFC 9051 section 7.1 for IMAP; RFC 2449
// section 8, RFC 3206 and RFC 5034 for POP3), and "other".
func Codes() []string {
	codes := make([]string, 0, len(refusals())+1)
	for _, r := range refusals() {
		codes = append(codes, r.code)
	}
	return append(codes, otherCode)
}

const otherCode = "other"

// refusal is what one response code means.
type refusal struct {
	code   string
	reason fact.Reason
}

// refusals tell a wrong password from a server that cannot check it: only the
// first is to be held against the password.
func refusals() []refusal {
	return []refusal{
		// IMAP
		{"AUTHENTICATIONFAILED", fact.LoginFailed},
		{"AUTHORIZATIONFAILED", fact.LoginFailed},
		{"EXPIRED", fact.LoginExpired},
		{"PRIVACYREQUIRED", fact.AuthInClear},
		{"CONTACTADMIN", fact.LoginLocked},
		{"NOPERM", fact.LoginLocked},
		{"UNAVAILABLE", fact.LoginUnavailable},
		{"SERVERBUG", fact.LoginUnavailable},
		{"LIMIT", fact.LoginLimited},
		{"INUSE", fact.MailboxLocked},
		// POP3
		{"AUTH", fact.LoginFailed},
		{"SYS/TEMP", fact.LoginUnavailable},
		{"SYS/PERM", fact.LoginLocked},
		{"IN-USE", fact.MailboxLocked},
		{"LOGIN-DELAY", fact.LoginLimited},
	}
}

// refused says what the refusal of a login means. A server that gives no code, or
// one that says nothing about logins, is taken at its word alone, which is no.
func refused(code string) (label string, reason fact.Reason) {
	code = strings.ToUpper(code)
	if code == "" {
		return "", fact.LoginFailed
	}
	if i := slices.IndexFunc(refusals(), func(r refusal) bool { return r.code == code }); i >= 0 {
		return code, refusals()[i].reason
	}
	return otherCode, fact.LoginFailed
}

// response is a status response: how it ended, and why.
type response struct {
	word string // OK, NO, BAD, BYE or PREAUTH; +OK or -ERR
	code string // the response code in upper case, without its arguments
	args string // its arguments
	text string // for people
}

// status gives the word of a status response (RFC 9051 section 7.1); empty: it is
// none.
func status(word string) string {
	switch word = strings.ToUpper(word); word {
	case "OK", "NO", "BAD", "BYE", "PREAUTH":
		return word
	}
	return ""
}

// parseStatus reads what follows the tag of a status response.
func parseStatus(rest string) (response, bool) {
	word, text, _ := strings.Cut(rest, " ")
	r := response{word: status(word)}
	r.coded(text)
	return r, r.word != ""
}

// parsePOP3 reads the first line of an answer (RFC 1939 section 3). "+OK" may
// stand alone.
func parsePOP3(line string) (response, bool) {
	word, text, _ := strings.Cut(line, " ")
	r := response{word: strings.ToUpper(word)}
	r.coded(text)
	return r, r.word == "+OK" || r.word == "-ERR"
}

// coded takes the response code off the text, where it has one. IMAP and POP3
// write it alike (RFC 2449 section 8).
func (r *response) coded(text string) {
	r.text = text
	inner, rest, ok := strings.Cut(text, "]")
	if !ok || inner == "" || inner[0] != '[' {
		return
	}
	code, args, _ := strings.Cut(inner[1:], " ")
	r.code, r.args, r.text = strings.ToUpper(code), args, strings.TrimPrefix(rest, " ")
}

// ok reports the answer that was hoped for.
func (r response) ok() bool { return r.word == "OK" || r.word == "+OK" }

// maxDetail bounds the text of an answer that goes into a failure's detail.
const maxDetail = 256

// String is the answer for people.
func (r response) String() string {
	s := r.word
	if r.code != "" {
		s += " [" + strings.TrimSpace(r.code+" "+r.args) + "]"
	}
	if r.text != "" {
		s += " " + r.text
	}
	return s[:min(len(s), maxDetail)]
}
