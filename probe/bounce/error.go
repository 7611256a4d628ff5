package bounce

import "fmt"

// Kind is what a message is when it is no bounce.
type Kind string

// The kinds that are told apart.
const (
	Empty      Kind = "empty"      // nothing at all
	NoMessage  Kind = "no_message" // no header, so no mail
	TooLong    Kind = "too_long"   // the header is over its limit
	OtherMail  Kind = "other_mail" // a mail in which nothing was refused
	AutoReply  Kind = "auto_reply" // the answer of somebody absent (RFC 3834)
	Receipt    Kind = "receipt"    // a read receipt (RFC 8098)
	Complaint  Kind = "complaint"  // an abuse complaint (RFC 5965)
	NoReply    Kind = "no_reply"   // a text without an SMTP reply
	Unreadable Kind = "unreadable" // the reader failed
)

// kinds are the sentences for people, each with what would have been right.
var kinds = map[Kind]string{
	Empty:      "there is nothing to read; want a bounce message with its header, or a reply such as \"550 5.1.1 User unknown\"",
	NoMessage:  "this is no mail message, since it does not begin with a header; want the whole source of the bounce, from its first header line on",
	TooLong:    fmt.Sprintf("the header of this message is longer than %d octets, which no mail server writes; want a bounce message", maxHeader),
	OtherMail:  "this is a mail, but nothing in it says that another mail was not delivered; want a bounce message",
	AutoReply:  "this is an automatic answer and not a bounce: the mail that it answers did arrive",
	Receipt:    "this is a read receipt and not a bounce: the mail that it speaks of did arrive",
	Complaint:  "this is an abuse complaint and not a bounce: somebody who got the mail did not want it",
	NoReply:    "there is no SMTP reply code in this text; want a reply such as \"550 5.1.1 User unknown\"",
	Unreadable: "the message could not be read",
}

// NotBounceError says what was given instead of a bounce. [Read] and [FromReply]
// return no other kind.
type NotBounceError struct {
	Kind Kind
	Err  error // of the reader, for Unreadable
}

// Error is one sentence for people.
func (e *NotBounceError) Error() string {
	if e.Err != nil {
		return kinds[e.Kind] + ": " + e.Err.Error()
	}
	return kinds[e.Kind]
}

// Unwrap gives the reader's error.
func (e *NotBounceError) Unwrap() error { return e.Err }
