package bounce

import (
	"time"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/reply"
)

// Report is what a bounce says. Strings come from outside unless stated
// otherwise: they hold no control characters, and are cut to [maxValue] octets.
type Report struct {
	Format     Format      `json:"format"`               // the form it was recognised by
	Reporter   string      `json:"reporter,omitempty"`   // host that sent the bounce
	To         string      `json:"to,omitempty"`         // mailbox that got the bounce: the alleged sender of the original
	Date       time.Time   `json:"date,omitzero"`        // when the bounce was written
	Arrived    time.Time   `json:"arrived,omitzero"`     // when the original reached the reporter
	Recipients []Recipient `json:"recipients,omitempty"` // in the order of the bounce; at least one
	Original   Original    `json:"original,omitzero"`    // the mail that did not arrive
	Hints      []Hint      `json:"hints,omitempty"`      // whether the receiver of the bounce sent the original
	Truncated  bool        `json:"truncated,omitempty"`  // a limit was met, and what lies behind it was left out
}

// Recipient is one mailbox and what became of the mail to it.
type Recipient struct {
	Address    string       `json:"address,omitempty"`    // Final-Recipient; empty where the bounce does not say
	Original   string       `json:"original,omitempty"`   // Original-Recipient, where it is another
	Action     Action       `json:"action"`               // what the reporter did
	Reply      *reply.Reply `json:"reply,omitempty"`      // reply of the server that refused; nil when none is quoted
	Status     string       `json:"status,omitempty"`     // enhanced status code that the reporter gives, "5.1.1"
	Class      reply.Class  `json:"class"`                // why
	Stage      fact.Stage   `json:"stage,omitempty"`      // where in the conversation the reply came, when told
	Remote     string       `json:"remote,omitempty"`     // host that refused; empty when it was the reporter itself, or when there is no such host
	Diagnostic string       `json:"diagnostic,omitempty"` // the reporter's or the server's words, on one line
	When       time.Time    `json:"when,omitzero"`        // the last attempt, or else the date of the bounce
	RetryUntil time.Time    `json:"retry_until,omitzero"` // Will-Retry-Until

	evidence string // what the prose says about this recipient
}

// Permanent reports that the answer was final. A mail that was given up after
// days of "not now" has failed and is still not permanent: the state behind it
// may have passed.
func (r Recipient) Permanent() bool {
	switch {
	case r.Reply != nil:
		return r.Reply.Permanent()
	case r.Status != "":
		return r.Status[0] == '5'
	}
	return r.Action == Failed && !r.Class.Temporary()
}

// Enhanced is the enhanced status code: the server's own, or else the reporter's.
func (r Recipient) Enhanced() string {
	if r.Reply != nil && r.Reply.Enhanced != "" {
		return r.Reply.Enhanced
	}
	return r.Status
}

// Code is the basic code of the server's reply, 0 when none is quoted.
func (r Recipient) Code() int {
	if r.Reply == nil {
		return 0
	}
	return r.Reply.Code
}

// Action is what the reporter did with the mail (RFC 3464 section 2.3.3).
type Action string

// The actions.
const (
	Failed    Action = "failed"    // given up
	Delayed   Action = "delayed"   // still trying
	Delivered Action = "delivered" // in the mailbox, as the sender asked to be told
	Relayed   Action = "relayed"   // handed to a server that sends no reports
	Expanded  Action = "expanded"  // handed on to several other recipients
)

// Actions lists every Action.
func Actions() []Action { return []Action{Failed, Delayed, Delivered, Relayed, Expanded} }

// Original is what the bounce shows of the mail that did not arrive. It is as
// forgeable as any mail.
type Original struct {
	MessageID string    `json:"message_id,omitempty"` // with its angle brackets
	Subject   string    `json:"subject,omitempty"`    // decoded (RFC 2047)
	From      string    `json:"from,omitempty"`       // address of the From field
	To        string    `json:"to,omitempty"`         // the To field
	Date      time.Time `json:"date,omitzero"`

	received []string // Received fields, newest first
}

// Worst is the recipient that the reader has to know of first: one that failed
// for good, then any that failed, then one that waits. It is the zero value for
// a report without recipients.
func (r *Report) Worst() Recipient {
	var worst Recipient
	for i, one := range r.Recipients {
		if i == 0 || one.weight() > worst.weight() {
			worst = one
		}
	}
	return worst
}

func (r Recipient) weight() int {
	switch {
	case r.Action == Failed && r.Permanent():
		return 3
	case r.Action == Failed:
		return 2
	case r.Action == Delayed:
		return 1
	}
	return 0
}
