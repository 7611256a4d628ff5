package maillab

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"time"
)

// maxLine is the longest command line, with its CRLF (RFC 5321 section
// 4.5.3.1.4).
const maxLine = 512

// readLine gives the next command line without its CRLF. It reports false when
// the client is gone or broke the rules of lines, which ends the conversation.
func (s *session) readLine() (string, bool) {
	if waiting, _ := s.r.Peek(s.r.Buffered()); bytes.IndexByte(waiting, '\n') < 0 {
		s.flush()
	}
	b, err := s.r.ReadSlice('\n')
	if err != nil {
		if len(b) > maxLine {
			s.badLine("sent a line of more than 512 octets", "500 5.5.2 Line too long")
		} else if len(b) > 0 && errors.Is(err, io.EOF) {
			s.violate("left in the middle of a line: %q", b)
		}
		return "", false
	}
	line := string(b[:len(b)-1])
	text, crlf := strings.CutSuffix(line, "\r")
	switch {
	case !crlf:
		s.badLine("ended a line in LF without CR", "521 5.5.2 Bare LF")
	case len(b) > maxLine:
		s.badLine("sent a line of more than 512 octets", "500 5.5.2 Line too long")
	case strings.ContainsAny(text, "\r\x00"):
		s.badLine("sent CR or NUL inside of a line", "500 5.5.2 Control characters in a command")
	default:
		s.srv.note(func() {
			if len(s.rec.Commands) < maxCommands {
				s.rec.Commands = append(s.rec.Commands, text)
			}
		})
		return text, true
	}
	return "", false
}

func (s *session) badLine(what, reply string) {
	s.violate("%s", what)
	s.refuse(reply)
}

// send writes text at once or, with a drip, octet by octet; it reports whether
// the client took it.
func (s *session) send(text string, drip time.Duration) bool {
	text = ended(text)
	if drip == 0 {
		_, err := s.w.WriteString(text)
		return err == nil && s.w.Flush() == nil
	}
	for i := range len(text) {
		if i > 0 && !s.quietFor(drip) {
			return false
		}
		if _, err := s.conn.Write([]byte{text[i]}); err != nil {
			return false
		}
	}
	return true
}

// reply puts a reply into the flight that goes out when the client has to be
// waited for, so that pipelined commands are answered in one.
func (s *session) reply(text string) {
	s.owed++
	if _, err := s.w.WriteString(ended(text)); err != nil {
		s.done = true
	}
}

func (s *session) flush() {
	if s.owed > 0 && s.b.RoundTrip > 0 {
		_ = pause(s.ctx, s.b.RoundTrip) // a stopped server closes the connection anyway
	}
	s.owed = 0
	if s.w.Flush() != nil {
		s.done = true
	}
}

// ended gives text a CRLF unless it ends a line already.
func ended(text string) string {
	if strings.HasSuffix(text, "\n") {
		return text
	}
	return text + "\r\n"
}
