package smtp

import (
	"fmt"
	"strings"

	"mx_exporter/probe/fact"
)

// verb is a command that this package can say. The list is closed: what begins
// a message or lists users is not in it.
type verb string

// The verbs. Those of MAIL and RCPT take their argument without a space (RFC
// 5321 section 4.1.1.2).
const (
	ehlo     verb = "EHLO"
	helo     verb = "HELO"
	startTLS verb = "STARTTLS"
	mail     verb = "MAIL FROM:"
	rcpt     verb = "RCPT TO:"
	rset     verb = "RSET"
	quit     verb = "QUIT"
)

// verbs lists every verb.
func verbs() []verb { return []verb{ehlo, helo, startTLS, mail, rcpt, rset, quit} }

// maxCommand is the length of a command line with its CRLF that every server
// takes (RFC 5321 section 4.5.3.1.4).
const maxCommand = 512

// command is one line to say.
type command struct {
	verb   verb
	arg    string
	params string // ESMTP parameters behind the argument (RFC 5321 section 4.1.2), never from outside
}

// mailFrom and rcptTo put an address into brackets. "<>", the null sender, has
// its own.
func mailFrom(address string) command {
	if address == "<>" {
		return command{verb: mail, arg: address}
	}
	return command{verb: mail, arg: "<" + address + ">"}
}

func rcptTo(address string) command { return command{verb: rcpt, arg: "<" + address + ">"} }

// line gives the octets to send. It refuses what could be more or other than
// one command: control octets, anything beyond ASCII (we never ask for
// SMTPUTF8), an address that ends before its bracket, and what is too long.
func (c command) line() ([]byte, error) {
	text := c.text()
	if len(text)+2 > maxCommand {
		return nil, fmt.Errorf("%s… has %d octets, want at most %d", c.verb, len(text)+2, maxCommand)
	}
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return nil, fmt.Errorf("%s has the octet %#x at position %d, want printable ASCII", c.verb, text[i], i)
		}
	}
	if err := c.checkPath(); err != nil {
		return nil, err
	}
	return append([]byte(text), '\r', '\n'), nil
}

// checkPath refuses a path from which parameters could break out.
func (c command) checkPath() error {
	if c.verb != mail && c.verb != rcpt || c.verb == mail && c.arg == "<>" {
		return nil
	}
	address := strings.TrimSuffix(strings.TrimPrefix(c.arg, "<"), ">")
	switch {
	case address == "":
		return fmt.Errorf("%s has no address", c.verb)
	case strings.ContainsAny(address, "<>"):
		return fmt.Errorf("%s has an address with a bracket in it, want one without", c.verb)
	case strings.Contains(address, " ") && !strings.HasPrefix(address, `"`):
		return fmt.Errorf("%s has an address with a space in it, want one without", c.verb)
	}
	return nil
}

func (c command) text() string {
	text := string(c.verb)
	if c.arg != "" && !strings.HasSuffix(text, ":") {
		text += " "
	}
	text += c.arg
	if c.params != "" {
		text += " " + c.params
	}
	return text
}

// stageOf is the stage that a verb belongs to. RSET prepares for MAIL.
func stageOf(v verb) fact.Stage {
	switch v {
	case startTLS:
		return fact.StartTLS
	case mail, rset:
		return fact.Mail
	case rcpt:
		return fact.Rcpt
	case data:
		return fact.Data
	case quit:
		return fact.Quit
	}
	return fact.EHLO
}
