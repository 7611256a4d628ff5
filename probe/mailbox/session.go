package mailbox

import (
	"context"
	"errors"
	"time"

	"mx_exporter/probe/talk"
)

// Session is a mailbox that is logged in to. It is not for use by several
// goroutines at once. Each method ends with its context at once; a session in
// which that happened, or a deadline passed, is good only for Close.
//
// Errors are of type [*fact.Failure], unless said otherwise.
type Session interface {
	// Folders gives the inbox, then what is for junk, then the others, at most
	// MaxFolders. With POP3 there is the inbox alone.
	Folders(ctx context.Context) ([]Folder, error)
	// Find gives those messages of a folder whose header is as the query says,
	// newest first, less those that are marked as deleted. At most MaxCandidates are
	// looked at. With POP3 these are the newest of the mailbox, whatever they are.
	Find(ctx context.Context, folder string, q Query) ([]Message, error)
	// Fetch reads the first octets of a message, at most max and at most
	// Limits.Literal. It is not marked as seen. POP3 can stop only at lines: of a
	// message larger than that it gives the header alone.
	Fetch(ctx context.Context, m Message, most int) ([]byte, error)
	// Delete removes messages that this session has found; ErrNotFound for
	// others, and then nothing is removed. Without UIDPLUS (RFC 4315) they are
	// marked as deleted and left for the mailbox's user to expunge. POP3 removes
	// them when the session is closed.
	Delete(ctx context.Context, ms []Message) error
	// Wait returns when there may be something new, at the latest after most.
	// With POP3, where nothing new shows in a session, it returns at once.
	Wait(ctx context.Context, most time.Duration) error
	// Transcript is what was said so far, without secrets and without content.
	Transcript() []talk.Line
	// Close says goodbye, in the time of Timeouts.Quit, and closes the connection.
	// Its error says that what was deleted may still be there. A second call does
	// nothing.
	Close() error
}

// Bounds of a session.
const (
	MaxFolders    = 100
	MaxCandidates = 50
	MaxHeader     = 64 << 10 // octets of a header
)

// ErrNotFound refuses to touch a message that this session has not found.
var ErrNotFound = errors.New("the message was not found in this session")

// Folder is a mailbox in the sense of IMAP.
type Folder struct {
	Name string
	Kind Kind
}

// Kind is what a folder is for. It may become a label.
type Kind string

// The kinds of folders.
const (
	Inbox Kind = "inbox"
	Junk  Kind = "junk" // \Junk of RFC 6154; where no folder is marked so, one of the usual names
	Other Kind = "other"
)

// Kinds lists every Kind.
func Kinds() []Kind { return []Kind{Inbox, Junk, Other} }

// Query is what to look for: one header field, and the whole of its value or, with
// Prefix, its beginning. Folding is taken out and case is kept. A message that has
// the field twice is not found.
type Query struct {
	Header string
	Value  string
	Prefix bool
}

// Message is a message that was found.
type Message struct {
	Folder string
	ID     uint32 // UID in IMAP, number in the session in POP3
	Size   int64  // octets, as the server says; 0: it did not
	Value  string // the whole value of the header field asked for
}
