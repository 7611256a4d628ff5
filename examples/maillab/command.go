package maillab

import (
	"regexp"
	"strings"
)

// command answers one line.
func (s *session) command(line string) {
	verb, arg, spaced := strings.Cut(line, " ")
	verb = strings.ToUpper(verb)
	if s.pipelinedWrongly(verb) {
		s.refuse("503 5.5.0 Pipelining was not offered here")
		return
	}
	if s.refusing && verb != "QUIT" {
		s.violate("went on after the greeting refused it: %q", line)
		s.reply("503 5.5.1 No service here, only QUIT")
		return
	}
	switch verb {
	case "EHLO", "HELO":
		s.hello(verb, arg)
	case "STARTTLS":
		s.startTLS(line)
	case "MAIL":
		s.mailFrom(arg)
	case "RCPT":
		s.rcptTo(arg)
	case "RSET", "NOOP", "QUIT":
		s.bare(verb, spaced && verb != "NOOP", line)
	case "VRFY", "EXPN", "HELP":
		s.reply("502 5.5.1 Not here")
	case "AUTH":
		s.auth(arg)
	case "DATA":
		s.data()
	case "BDAT":
		s.violate("said BDAT, which was not offered")
		s.refuse("521 5.5.1 The lab takes no chunks")
	default:
		s.violate("sent an unknown command: %q", line)
		s.reply("500 5.5.1 Unknown command")
	}
}

// pipelinedWrongly reports commands that came in one flight where the server
// did not offer it, or behind a command that must be the last of its flight (RFC
// 2920 section 3.1).
func (s *session) pipelinedWrongly(verb string) bool {
	if s.r.Buffered() == 0 {
		return false
	}
	switch verb {
	case "MAIL", "RCPT", "RSET":
		if s.announces("PIPELINING") {
			return false
		}
	}
	s.violate("sent more before the reply to %s", verb)
	return true
}

// hello answers EHLO and HELO (RFC 5321 section 4.1.1.1).
func (s *session) hello(verb, name string) {
	st := StageEHLO
	if s.encrypted {
		st = StageEHLOTLS
	}
	if s.misbehave(st) {
		return
	}
	if !heloName.MatchString(name) {
		s.violate("sent %s with %q, which is neither a domain nor an address literal", verb, name)
		s.reply("501 5.5.4 A domain or an address literal is wanted")
		return
	}
	s.resetMail()
	text := "250 " + s.srv.Name
	if verb == "EHLO" {
		text = "250-" + s.srv.Name + " greets " + name + "\r\n"
		lines := s.extensions()
		for i, e := range lines {
			text += "250" + separator(i == len(lines)-1) + e + "\r\n"
		}
		if len(lines) == 0 {
			text = "250 " + s.srv.Name
		}
	}
	if s.override(verb, text) {
		s.greeted, s.extended = true, verb == "EHLO"
	}
}

func separator(last bool) string {
	if last {
		return " "
	}
	return "-"
}

// heloName is a domain or an address literal (RFC 5321 section 4.1.2).
var heloName = regexp.MustCompile(`(?i)^([a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*|\[(\d{1,3}(\.\d{1,3}){3}|IPv6:[0-9a-f:.]+)\])$`)

// override sends the reply that the scenario has for a command, or its own, and
// reports whether it was positive. A reply that is not one makes the session
// odd.
func (s *session) override(verb, own string) bool {
	text := own
	if r, ok := s.b.Replies[verb]; ok {
		text = r
	}
	s.reply(text)
	s.odd = s.odd || !wellFormed.MatchString(ended(text))
	return strings.HasPrefix(text, "2")
}

// wellFormed is a reply that a client can read, each line with a code (RFC 5321
// section 4.2), be it with bare LF.
var wellFormed = regexp.MustCompile(`(?s)^([2-5]\d\d-[^\r\n]*\r?\n)*[2-5]\d\d( [^\r\n]*)?\r?\n$`)

// bare answers the commands that take no argument.
func (s *session) bare(verb string, argument bool, line string) {
	if argument {
		s.violate("sent an argument with %s: %q", verb, line)
		s.reply("501 5.5.4 No argument is wanted")
		return
	}
	if verb == "QUIT" {
		s.quit()
		return
	}
	if verb == "RSET" {
		s.resetMail()
	}
	s.override(verb, "250 2.0.0 OK")
}

func (s *session) quit() {
	s.srv.note(func() { s.rec.Quit = true })
	s.release() // before the reply goes out: the client may come again as soon as it has it
	if s.misbehave(StageQuit) {
		return
	}
	s.override("QUIT", "221 2.0.0 "+s.srv.Name+" closes")
	s.done = true
}

func (s *session) resetMail() { s.mail, s.to, s.eightBit = false, nil, false }
