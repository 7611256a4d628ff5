package maillab

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
)

// Protocol is what a server of the lab speaks.
type Protocol string

// The protocols.
const (
	SMTP Protocol = "smtp" // also submission, where the server has accounts
	IMAP Protocol = "imap"
	POP3 Protocol = "pop3"
)

// Inbox and Junk are the folders that every account has.
const (
	Inbox = "INBOX"
	Junk  = "Junk"
)

// Box is the mailbox of one account. An account of an IMAP server has folders,
// one of a POP3 server the inbox alone.
type Box struct {
	Account, Password string

	user *imapmemserver.User // nil: POP3

	mu       sync.Mutex
	messages []popMessage
	serial   int
}

type popMessage struct {
	id   string // unique over the box's life (RFC 1939 section 7, UIDL)
	text []byte
}

// maxMessages bounds what one box of a POP3 server holds.
const maxMessages = 10_000

func newBox(p Protocol, account, password string, folders []string) (*Box, error) {
	b := &Box{Account: account, Password: password}
	if p == POP3 {
		return b, nil
	}
	b.user = imapmemserver.NewUser(account, password)
	for _, f := range slices.Concat([]string{Inbox}, folders) {
		o := &imap.CreateOptions{}
		if f == Junk {
			o.SpecialUse = []imap.MailboxAttr{imap.MailboxAttrJunk}
		}
		if err := b.user.Create(f, o); err != nil {
			return nil, fmt.Errorf("making folder %s of %s: %w", f, account, err)
		}
	}
	return b, nil
}

// Put files a message.
func (b *Box) Put(folder string, message []byte, at time.Time) error {
	if b.user != nil {
		r := literal{bytes.NewReader(message)}
		_, err := b.user.Append(folder, r, &imap.AppendOptions{Time: at})
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.messages) == maxMessages {
		return errors.New("the box is full")
	}
	b.serial++
	b.messages = append(b.messages, popMessage{id: fmt.Sprintf("lab%d", b.serial), text: slices.Clone(message)})
	return nil
}

// literal is a message as go-imap wants it.
type literal struct{ *bytes.Reader }

func (l literal) Size() int64 { return l.Reader.Size() }

// Count says how many messages a folder holds; a POP3 account has the inbox
// alone.
func (b *Box) Count(folder string) (int, error) {
	if b.user == nil {
		b.mu.Lock()
		defer b.mu.Unlock()
		return len(b.messages), nil
	}
	s, err := b.user.Status(folder, &imap.StatusOptions{NumMessages: true})
	if err != nil {
		return 0, err
	}
	return int(*s.NumMessages), nil
}

// list gives what a POP3 session sees from its login to its end.
func (b *Box) list() []popMessage {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.messages)
}

// remove takes messages out by their unique ids, as a POP3 session does at QUIT.
func (b *Box) remove(ids []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.messages = slices.DeleteFunc(b.messages, func(m popMessage) bool { return slices.Contains(ids, m.id) })
}
