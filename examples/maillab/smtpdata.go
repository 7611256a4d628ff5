package maillab

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"strings"
)

// What a message may be at most: the line with its CRLF (RFC 5321 section
// 4.5.3.1.6), and the whole.
const (
	maxTextLine = 1000
	maxMessage  = 4 << 20
)

// data answers DATA (RFC 5321 section 4.1.1.4), where the server takes messages
// at all: one that is there to be probed does not.
func (s *session) data() {
	if !s.b.Takes {
		s.violate("said DATA: a probe never sends a message")
		s.refuse("521 5.5.1 The lab takes no message")
		return
	}
	if s.misbehave(StageData) {
		return
	}
	if !s.mail || len(s.to) == 0 {
		s.outOfOrder("DATA without a recipient")
		return
	}
	ahead := "354 Go ahead, end with a line that holds a dot"
	if r, ok := s.b.Replies["DATA"]; ok {
		ahead = r
	}
	s.reply(ahead)
	if !strings.HasPrefix(ahead, "354") {
		return
	}
	s.flush()
	text, err := s.message()
	if err != nil {
		s.violate("sent a message that breaks the rules: %v", err)
		s.refuse("550 5.6.0 " + err.Error())
		return
	}
	if s.misbehave(StageDot) {
		return
	}
	if s.override(".", "250 2.0.0 Taken") {
		s.srv.lab.deliver(s.srv, s.sender, s.to, text)
	}
	s.resetMail()
}

// message reads up to the line that holds a dot, and takes off the dots that
// were added (RFC 5321 section 4.5.2).
func (s *session) message() ([]byte, error) {
	var b bytes.Buffer
	for {
		line, err := s.r.ReadBytes('\n')
		switch {
		case errors.Is(err, io.EOF) || err != nil:
			s.done, s.odd = true, true
			return nil, errors.New("the connection ended inside of it")
		case len(line) > maxTextLine:
			return nil, errors.New("a line has more than 1000 octets")
		case !bytes.HasSuffix(line, []byte("\r\n")) || bytes.IndexByte(line[:len(line)-2], '\r') >= 0:
			return nil, errors.New("a line is not ended in CRLF, or holds CR")
		case string(line) == ".\r\n":
			return b.Bytes(), s.wrongMessage(b.Bytes())
		case b.Len()+len(line) > maxMessage:
			return nil, errors.New("it is too long")
		}
		b.Write(bytes.TrimPrefix(line, []byte(".")))
	}
}

// wrongMessage says what a message lacks that every message has (RFC 5322
// section 3.6), or what was not agreed upon.
func (s *session) wrongMessage(text []byte) error {
	m, err := mail.ReadMessage(bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("its header cannot be read: %w", err)
	}
	for _, field := range []string{"Date", "From", "To", "Message-Id"} {
		if len(m.Header[field]) != 1 {
			return fmt.Errorf("it has %d fields %s", len(m.Header[field]), field)
		}
	}
	if _, err := m.Header.Date(); err != nil {
		return fmt.Errorf("its date cannot be read: %w", err)
	}
	if bytes.ContainsFunc(text, func(r rune) bool { return r > '~' }) && !s.eightBit {
		return errors.New("it has octets beyond ASCII, and BODY=8BITMIME was not said")
	}
	return nil
}
