package mailbox

import (
	"context"
	"strconv"
	"strings"
	"time"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/talk"
)

// pop3Session is a session of POP3. Messages have their numbers for as long as it
// lasts, and nobody else can change the mailbox meanwhile (RFC 1939 section 8).
type pop3Session struct {
	*pop3
	found   map[uint32]Query // messages that were found, and by what
	deleted map[uint32]bool  // those that will be gone after QUIT
	dead    *fact.Failure    // why nothing more can be asked
	closed  bool
}

// do holds a part of a session to its time and to its octets.
func (s *pop3Session) do(ctx context.Context, most time.Duration, ask func() *fact.Failure) error {
	if s.closed {
		return &fact.Failure{Reason: fact.NotTested, Detail: "the session is closed"}
	}
	if s.dead != nil {
		return s.dead
	}
	k := talk.NewClock(ctx, s.raw, s.o.Grace)
	s.clock = k
	k.Allow(most)
	s.b.renew(s.o.Limits.Total)
	defer s.rest(k)
	f := ask()
	if f == nil {
		return nil
	}
	if f.Reason != fact.MailboxRefused && f.Reason != fact.MailboxLocked {
		// Whatever comes now may be the rest of an answer.
		s.dead, s.mute = f, true
	}
	return f
}

// Folders knows the inbox alone.
func (s *pop3Session) Folders(context.Context) ([]Folder, error) {
	return []Folder{{Name: inboxName, Kind: Inbox}}, nil
}

// Find reads the headers of the newest messages, which have the highest numbers.
func (s *pop3Session) Find(ctx context.Context, folder string, q Query) ([]Message, error) {
	if folder != inboxName {
		return nil, nil
	}
	var found []Message
	err := s.do(ctx, s.o.Timeouts.Data, func() *fact.Failure {
		count, _, f := s.stat()
		if f != nil {
			return f
		}
		// STAT does not count what is marked as deleted, and its numbers go on.
		last := count + int64(len(s.deleted))
		for n := last; n > 0 && n > last-MaxCandidates; n-- {
			m, f := s.candidate(uint32(n), q)
			if f != nil {
				return f
			}
			if m != nil {
				found = append(found, *m)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

// candidate looks at one message; nil: it is another.
func (s *pop3Session) candidate(n uint32, q Query) (*Message, *fact.Failure) {
	if s.deleted[n] {
		return nil, nil
	}
	header, f := s.header(n)
	if f != nil {
		return nil, f
	}
	value, ok := q.match(header)
	if !ok {
		return nil, nil
	}
	size, f := s.size(n)
	if f != nil {
		return nil, f
	}
	s.found[n] = Query{Header: q.Header, Value: value}
	return &Message{Folder: inboxName, ID: n, Size: size, Value: value}, nil
}

// header is TOP, which is optional (RFC 1939 section 7); without it the message is
// read whole, where it is small enough. A message that the server does not give
// has no header.
func (s *pop3Session) header(n uint32) ([]byte, *fact.Failure) {
	if s.caps.has("TOP") || !s.caps.heard {
		b, r, f := s.content("TOP "+number(n)+" 0", MaxHeader)
		if f != nil || r.ok() || s.caps.has("TOP") {
			return b, f
		}
	}
	size, f := s.size(n)
	if f != nil || size == 0 || size > int64(s.o.Limits.Literal) {
		return nil, f
	}
	s.b.renew(s.o.Limits.Total)
	b, _, f := s.content("RETR "+number(n), MaxHeader)
	return b, f
}

// size is LIST of one message; 0: the server does not say.
func (s *pop3Session) size(n uint32) (int64, *fact.Failure) {
	r, f := s.command("LIST "+number(n), "LIST "+number(n))
	if f != nil || !r.ok() {
		return 0, f
	}
	if same, size, ok := twoNumbers(r.text); ok && same == int64(n) {
		return size, nil
	}
	return 0, nil
}

// Fetch reads the message, or what of it can be had without sending more than is
// wanted: its header.
func (s *pop3Session) Fetch(ctx context.Context, m Message, most int) ([]byte, error) {
	if _, ok := s.found[m.ID]; !ok || s.deleted[m.ID] || m.Folder != inboxName {
		return nil, ErrNotFound
	}
	most = min(most, s.o.Limits.Literal)
	var content []byte
	err := s.do(ctx, s.o.Timeouts.Data, func() *fact.Failure {
		line := "RETR " + number(m.ID)
		if m.Size == 0 || m.Size > int64(most) {
			line = "TOP " + number(m.ID) + " 0"
		}
		b, r, f := s.content(line, most)
		if f == nil && !r.ok() {
			f = s.refuses(r)
		}
		content = b
		return f
	})
	return content, err
}

// Delete marks messages, after their header was read once more: a server that
// numbers them anew is taken back by RSET all that it was told.
func (s *pop3Session) Delete(ctx context.Context, ms []Message) error {
	for _, m := range ms {
		if _, ok := s.found[m.ID]; !ok || s.deleted[m.ID] || m.Folder != inboxName {
			return ErrNotFound
		}
	}
	return s.do(ctx, s.o.Timeouts.Data, func() *fact.Failure {
		for _, m := range ms {
			if f := s.mark(m.ID); f != nil {
				return f
			}
		}
		return nil
	})
}

func (s *pop3Session) mark(n uint32) *fact.Failure {
	header, f := s.header(n)
	if f != nil {
		return f
	}
	if _, ok := s.found[n].match(header); !ok {
		return s.takeBack(n)
	}
	r, f := s.command("DELE "+number(n), "DELE "+number(n))
	switch {
	case f != nil:
		return f
	case !r.ok():
		return s.refuses(r)
	}
	s.deleted[n] = true
	return nil
}

func (s *pop3Session) takeBack(n uint32) *fact.Failure {
	if _, f := s.command("RSET", "RSET"); f != nil {
		return f
	}
	clear(s.deleted)
	return s.fail(fact.ReplyInvalid, "message "+number(n)+" is not the one that was found; nothing is deleted")
}

// Wait returns at once: new mail shows in the next session.
func (s *pop3Session) Wait(context.Context, time.Duration) error { return nil }

// Transcript is what was said so far.
func (s *pop3Session) Transcript() []talk.Line { return s.t.Lines() }

// Close says QUIT, at which messages are deleted (RFC 1939 section 6).
func (s *pop3Session) Close() error {
	if s.closed {
		return nil
	}
	s.closed = true
	s.b.renew(s.o.Limits.Total)
	clean := s.leave()
	if !clean && len(s.deleted) > 0 {
		return &fact.Failure{Stage: fact.Quit, Reason: fact.MailboxRefused, Detail: "QUIT was not answered by +OK; what was deleted may still be there"}
	}
	return nil
}

func number(n uint32) string { return strconv.FormatUint(uint64(n), 10) }

// twoNumbers reads the beginning of an answer to STAT or LIST.
func twoNumbers(text string) (a, b int64, ok bool) {
	words := strings.Fields(text)
	if len(words) < 2 {
		return 0, 0, false
	}
	a, errA := strconv.ParseInt(words[0], 10, 64)
	b, errB := strconv.ParseInt(words[1], 10, 64)
	return a, b, errA == nil && errB == nil && a >= 0 && b >= 0 && a <= maxMessages
}

// maxMessages is the highest number that a message may have.
const maxMessages = 1 << 31
