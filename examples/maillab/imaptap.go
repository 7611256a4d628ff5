package maillab

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// imapTap stands between a client and go-imap's server: it keeps the commands,
// answers those for which the scenario has an answer of its own, hangs where it
// says so, and adds QUOTA, which go-imap's server does not have (RFC 9208).
type imapTap struct {
	net.Conn

	s       *session
	waiting []byte // a command that the server has still to read
	literal int    // octets of a literal under way
	ended   bool   // the scenario breaks the conversation off
	greeted bool   // the greeting was passed on, or taken out

	write sync.Mutex
	once  sync.Once
	gone  chan struct{}
}

func newIMAPTap(s *session) *imapTap {
	return &imapTap{Conn: s.conn, s: s, gone: make(chan struct{})}
}

// Close ends the conversation, and with it the server that serves it.
func (t *imapTap) Close() error {
	defer t.once.Do(func() { close(t.gone) })
	return t.Conn.Close()
}

// Read gives the server the next line that is for it.
func (t *imapTap) Read(b []byte) (int, error) {
	for len(t.waiting) == 0 {
		if t.ended {
			return 0, io.EOF
		}
		if t.literal > 0 {
			n, err := t.s.r.Read(b[:min(len(b), t.literal)])
			t.literal -= n
			return n, err
		}
		line, err := t.s.r.ReadBytes('\n')
		if err != nil {
			return 0, err
		}
		if pass, err := t.take(line); err != nil {
			t.ended = true
			return 0, err
		} else if pass {
			t.waiting = line
		}
	}
	n := copy(b, t.waiting)
	t.waiting = t.waiting[n:]
	return n, nil
}

// literalAt finds the announcement of a literal at the end of a line (RFC 3501
// section 4.3, RFC 7888).
var literalAt = regexp.MustCompile(`\{(\d+)\+?\}\r\n$`)

// take reads one line of the client, and reports whether it is for the server.
func (t *imapTap) take(line []byte) (bool, error) {
	s := t.s
	if !bytes.HasSuffix(line, []byte("\r\n")) {
		s.violate("ended a line in LF without CR")
		return false, io.EOF
	}
	if m := literalAt.FindSubmatch(line); m != nil {
		t.literal, _ = strconv.Atoi(string(m[1]))
	}
	words := strings.Fields(string(line))
	if len(words) < 2 { // an answer to a challenge, or the DONE of IDLE
		return true, nil
	}
	tag, verb := words[0], strings.ToUpper(words[1])
	if verb == "UID" && len(words) > 2 {
		verb = strings.ToUpper(words[2])
	}
	s.srv.note(func() {
		if len(s.rec.Commands) < maxCommands {
			s.rec.Commands = append(s.rec.Commands, strings.TrimSpace(string(line)))
		}
		s.rec.Quit = s.rec.Quit || verb == "LOGOUT"
	})
	if s.misbehave(stageOf(verb)) {
		return false, io.EOF
	}
	if r, ok := s.b.Replies[verb]; ok {
		s.odd = true
		err := t.say(tagged(tag, r))
		if strings.HasPrefix(r, "* BYE") { // the server closes then (RFC 3501 section 7.1.5)
			err = io.EOF
		}
		return false, err
	}
	if verb == "EXPUNGE" && strings.EqualFold(words[1], "EXPUNGE") {
		s.violate("sent EXPUNGE, which deletes what others marked: UID EXPUNGE was meant")
	}
	if s.b.Quota != nil && verb == "GETQUOTAROOT" {
		return false, t.say(fmt.Sprintf("* QUOTAROOT INBOX \"\"\r\n* QUOTA \"\" (STORAGE %d %d)\r\n%s OK Done", s.b.Quota[0], s.b.Quota[1], tag))
	}
	return true, nil
}

func (t *imapTap) say(text string) error {
	t.write.Lock()
	defer t.write.Unlock()
	_, err := io.WriteString(t.Conn, ended(text))
	return err
}

// Write passes on what the server says: its greeting is the scenario's, or none
// where one was given in clear already.
func (t *imapTap) Write(b []byte) (int, error) {
	t.write.Lock()
	defer t.write.Unlock()
	if !t.greeted {
		t.greeted = true
		if !t.s.b.ImplicitTLS {
			return len(b), nil
		}
		if t.s.b.Banner != IMAP.banner(t.s.srv.Name) {
			_, err := io.WriteString(t.Conn, ended(t.s.b.Banner))
			return len(b), err
		}
	}
	_, err := t.Conn.Write(t.offer(b))
	return len(b), err
}

// capabilityLine is where a server says what it can.
var capabilityLine = regexp.MustCompile(`(?m)^\* CAPABILITY [^\r\n]*|\[CAPABILITY [^\]\r\n]*`)

// offer adds QUOTA to the capabilities and takes out what the scenario does
// without.
func (t *imapTap) offer(b []byte) []byte {
	return capabilityLine.ReplaceAllFunc(b, func(l []byte) []byte {
		words := strings.Fields(string(l))
		if t.s.b.Quota != nil {
			words = append(words, "QUOTA")
		}
		return []byte(strings.Join(without(words, t.s.b.Without), " "))
	})
}

// without takes words out of a list.
func without(words, taken []string) []string {
	return slices.DeleteFunc(slices.Clone(words), func(w string) bool { return slices.Contains(taken, w) })
}

// stageOf is the stage that a command of IMAP or POP3 belongs to, "" for one
// that belongs to none.
func stageOf(verb string) Stage {
	switch verb {
	case "CAPABILITY", "CAPA":
		return StageCapability
	case "STARTTLS", "STLS":
		return StageSTARTTLS
	case "LOGIN", "AUTHENTICATE", "AUTH", "USER", "PASS":
		return StageLogin
	case "SELECT", "EXAMINE":
		return StageSelect
	case "GETQUOTAROOT", "STATUS", "STAT":
		return StageQuota
	case "SEARCH", "UIDL", "LIST":
		return StageSearch
	case "FETCH", "RETR", "TOP":
		return StageFetch
	case "STORE", "EXPUNGE", "DELE":
		return StageDelete
	case "IDLE":
		return StageIdle
	case "LOGOUT", "QUIT":
		return StageQuit
	}
	return ""
}
