package bounce

import (
	"regexp"
	"strings"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/reply"
)

// address is a mailbox in running text. It need not be valid: it is shown, never
// written to.
var address = regexp.MustCompile(`[^\s\pC\pZ<>()\[\]:;,"'@\\]{1,64}@[\pL\pN](?:[\pL\pN._-]{0,252}[\pL\pN])?`)

// status is an enhanced status code in running text: "(#5.1.1)", "#5.1.1", "5.1.1 …".
var status = regexp.MustCompile(`(?:^|[\s(#=,;:'"-])([245]\.\d{1,3}\.\d{1,3})(?:[^.\d\w]|\.?$|\.\s)`)

// enhancedIn finds an enhanced status code, "" when there is none.
func enhancedIn(s string) string {
	for _, m := range status.FindAllStringSubmatch(cut(s, maxLine), 4) {
		if _, ok := reply.ParseEnhanced(m[1]); ok {
			return m[1]
		}
	}
	return ""
}

// refusal finds the first reply that says no: in the text as a whole, since a
// reply may be broken over lines anywhere, or else in one of its lines.
func refusal(text string) (reply.Reply, bool) {
	if m := reason.FindStringSubmatch(cut(text, maxNotice)); m != nil {
		if r, ok := coded(m[1]); ok {
			return r, true
		}
	}
	joined := strings.Join(strings.Fields(cut(text, maxLine)), " ")
	if r, ok := coded(joined); ok {
		return r, true
	}
	for line := range strings.SplitSeq(cut(text, maxNotice), "\n") {
		if r, ok := coded(strings.TrimLeft(line, " \t<->|*")); ok {
			return r, true
		}
	}
	return reply.Reply{}, false
}

// reason is where sendmail puts the reply below a recipient; what follows is a
// transcript.
var reason = regexp.MustCompile(`(?m)^[ \t]*\(reason: (.+)\)[ \t]*$`)

// coded is the reply in a line, if it says no and its code stands in the line.
func coded(line string) (reply.Reply, bool) {
	if !strings.ContainsAny(line, "45") {
		return reply.Reply{}, false
	}
	r, ok := reply.ParseText(cut(tail.ReplaceAllString(line, ""), maxLine))
	if !ok || r.Positive() || enhancedOnly(line) {
		return reply.Reply{}, false
	}
	return r, true
}

// enhancedOnly reports a text that begins with an enhanced status code. To
// ParseText that is a reply whose basic code can be guessed; here it is a status.
func enhancedOnly(line string) bool {
	word, _, _ := strings.Cut(strings.TrimLeft(line, " \"'(#"), " ")
	_, ok := reply.ParseEnhanced(word)
	return ok
}

// tail is what mail systems add behind the reply that they quote.
var tail = regexp.MustCompile(`(?i)\s*\(in reply to [^)]{1,40}\)|\s*Giving up on \S{1,80}|\s*\[(?:RCPT|MAIL|DATA)[A-Z_ ]{0,12}\]$|: retry (?:timeout|time)[^:]{0,60}$`)

// hosts say who the remote server was, surest first.
var hosts = []*regexp.Regexp{
	regexp.MustCompile(`(?i)\bhost ([a-z0-9._-]{1,253})\s?\[[0-9a-f.:]+\]`),                                               // Postfix, Exim
	regexp.MustCompile(`(?i)while talking to \[?([a-z0-9._-]{1,253}?)\]?\.?:`),                                            // sendmail
	regexp.MustCompile(`(?i)\bby ([a-z0-9_-]{1,63}\.[a-z0-9._-]{1,253}?)\.? \[[0-9a-f.:]+\]`),                             // Gmail
	regexp.MustCompile(`(?im)^\s*host: ([a-z0-9._-]{1,253})$`),                                                            // GMX
	regexp.MustCompile(`(?im)^\s*([a-z0-9._-]{1,253}) \[[0-9a-f.:]+\]:`),                                                  // Courier
	regexp.MustCompile(`(?i)([a-z0-9_-]{1,63}\.[a-z0-9._-]{1,253}) (?:rejected your message|gave this error)`),            // Exchange Online
	regexp.MustCompile(`(?im)^\s*([a-z0-9_-]{1,63}\.[a-z0-9._-]{1,253})\s*\n\s*remote server returned`),                   // likewise
	regexp.MustCompile(`(?i)<([a-z0-9._-]{1,253}) #[45]`),                                                                 // Exchange 2003
	regexp.MustCompile(`(?i)(?:giving up on|connected to|remote host|remote server \() ?([0-9]{1,3}(?:\.[0-9]{1,3}){3})`), // qmail, hMailServer
	regexp.MustCompile(`(?im)^([0-9]{1,3}(?:\.[0-9]{1,3}){3}) (?:does not like|failed after)`),                            // qmail
}

// remoteIn finds the server that refused, "" when the text does not say.
func remoteIn(text string) string {
	text = cut(text, maxLine)
	for _, h := range hosts {
		if m := h.FindStringSubmatch(text); m != nil {
			return strings.Trim(m[1], ".-_")
		}
	}
	return ""
}

// stages say which command was answered.
var stages = []struct {
	stage   fact.Stage
	pattern *regexp.Regexp
}{
	{fact.Rcpt, regexp.MustCompile(`(?i)(?:reply to|after|response to|>>>|sent:|-->|RCPT command)\s*(?:the )?(?:RCPT|pipelined RCPT)|\[RCPT_TO\]|does not like recipient|RCPT TO response`)},
	{fact.Mail, regexp.MustCompile(`(?i)(?:reply to|after|response to|>>>|sent:|-->)\s*(?:the )?(?:MAIL|pipelined MAIL)|\[MAIL_FROM\]|does not like sender|MAIL FROM response`)},
	{fact.EHLO, regexp.MustCompile(`(?i)(?:reply to|after|response to|>>>|sent:|-->)\s*(?:the )?(?:EHLO|HELO)`)},
	{fact.StartTLS, regexp.MustCompile(`(?i)(?:reply to|after|response to|>>>|sent:|-->)\s*(?:the )?STARTTLS`)},
	{fact.Banner, regexp.MustCompile(`(?i)after initial connection|refused to talk to me|while (?:receiving|performing) the initial`)},
}

// stageOf finds the stage of the conversation, "" when the text does not say.
func stageOf(text string) fact.Stage {
	text = cut(text, maxLine)
	for _, s := range stages {
		if s.pattern.MatchString(text) {
			return s.stage
		}
	}
	return ""
}

// reporter finds who sent a bounce whose fields do not say.
func (n notice) reporter(header fields) string {
	if m := introduced.FindStringSubmatch(cut(n.text, maxLine)); m != nil {
		return strings.TrimRight(m[1], ".")
	}
	_, domain, _ := strings.Cut(mailbox(header.first("from")), "@")
	return domain
}

// introduced is how mail systems name themselves.
var introduced = regexp.MustCompile(`(?i)(?:qmail-send program at|mail system at host|postfix program at host|notification from|generating server:|mail server at|reporting-mta: dns;)\s+([a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63}){1,10})`)
