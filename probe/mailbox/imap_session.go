package mailbox

import (
	"context"
	"errors"
	"time"

	wire "github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/talk"
)

// imapSession is a session by go-imap.
type imapSession struct {
	c      *conversation
	h      *handover
	client *imapclient.Client

	selected string
	validity uint32               // of the folder selected (RFC 9051 section 2.3.1.1)
	next     wire.UID             // of the inbox, by the last SELECT of it: what is below was there to be found
	found    map[string]imapFound // by folder
	news     chan struct{}        // the server has told of messages
	dead     *fact.Failure        // why nothing more can be asked
	closed   bool
}

// imapFound are the messages of one folder that a search of this session has
// found and whose header was compared.
type imapFound struct {
	validity uint32
	uids     map[wire.UID]bool
}

func newIMAPSession(c *conversation) (*imapSession, *fact.Failure) {
	h, err := newHandover(c)
	if err != nil {
		return nil, c.fail(reasonOf(err, c.now.Stage, c.clock), err.Error())
	}
	s := &imapSession{c: c, h: h, found: map[string]imapFound{}, news: make(chan struct{}, 1)}
	s.client = imapclient.New(h, &imapclient.Options{UnilateralDataHandler: &imapclient.UnilateralDataHandler{Mailbox: s.told}})
	// That go-imap's reading ended with an error is known by then.
	c.after = func() { _ = s.client.Close() }
	if err := s.client.WaitGreeting(); err != nil {
		f := s.failure(err, c.clock)
		f.Stage = c.now.Stage
		return nil, f
	}
	return s, nil
}

// told hears that the number of messages has changed.
func (s *imapSession) told(d *imapclient.UnilateralDataMailbox) {
	if d.NumMessages == nil {
		return
	}
	select {
	case s.news <- struct{}{}:
	default:
	}
}

// do holds a part of a session to its time and to its octets.
func (s *imapSession) do(ctx context.Context, most time.Duration, total int, ask func() error) error {
	if s.closed {
		return &fact.Failure{Reason: fact.NotTested, Detail: "the session is closed"}
	}
	if s.dead != nil {
		return s.dead
	}
	k := talk.NewClock(ctx, s.c.raw, s.c.o.Grace)
	k.Allow(most)
	s.c.b.renew(total)
	err := ask()
	defer s.c.rest(k)
	if err == nil || errors.Is(err, ErrNotFound) {
		return err
	}
	return s.failure(err, k)
}

// failure tells a refusal from the end of the session.
func (s *imapSession) failure(err error, k *talk.Clock) *fact.Failure {
	var own *fact.Failure
	var no *wire.Error
	switch {
	case errors.As(err, &own):
		return own
	case errors.As(err, &no) && s.h.why() == nil:
		r := response{word: string(no.Type), code: string(no.Code), text: no.Text}
		return s.c.refuses(r)
	}
	f := &fact.Failure{Reason: fact.ReplyInvalid, Detail: s.c.hush.Clean(cut(err.Error()))}
	if why := s.h.why(); why != nil {
		f.Reason, f.Detail = reasonOf(why, s.c.now.Stage, k), why.Error()
		if talk.Late(why) {
			f.Detail = "no complete answer came in time"
		}
	}
	s.dead, s.c.mute = f, true
	return f
}

func cut(s string) string { return s[:min(len(s), maxDetail)] }

// refuses is the failure when a command on a mailbox is refused.
func (c *conversation) refuses(r response) *fact.Failure {
	f := c.fail(fact.MailboxRefused, r.String())
	if r.code == "INUSE" || r.code == "IN-USE" {
		f.Reason = fact.MailboxLocked
	}
	return f
}

// open selects a folder, unless it is the one selected.
func (s *imapSession) open(folder string) error {
	if s.selected == folder {
		return nil
	}
	s.selected = ""
	data, err := s.client.Select(folder, nil).Wait()
	if err != nil {
		return err
	}
	s.selected, s.validity = folder, data.UIDValidity
	if folder == inboxName {
		s.next = data.UIDNext
	}
	return nil
}

func (s *imapSession) Transcript() []talk.Line { return s.c.t.Lines() }

// Close leaves what is marked as deleted where it is: LOGOUT removes nothing (RFC
// 9051 section 6.1.3), and CLOSE is not said.
func (s *imapSession) Close() error {
	if s.closed {
		return nil
	}
	s.closed = true
	s.c.leave()
	return nil
}

// logout says goodbye and lets go-imap end.
func (s *imapSession) logout() bool {
	s.closed = true
	s.c.b.renew(s.c.o.Limits.Total)
	return s.client.Logout().Wait() == nil
}
