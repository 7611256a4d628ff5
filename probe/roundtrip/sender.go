package roundtrip

import (
	"context"
	"strconv"
	"strings"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/reply"
	"mx_exporter/probe/smtp"
	"mx_exporter/probe/talk"
)

// Sender hands messages over to the mail system.
type Sender interface {
	// Send hands one message over, or not. It ends with ctx.
	Send(ctx context.Context, p Parcel) Sent
	// Servers are the MX hosts of the recipient's domain, fit to be labels, best
	// first; nil where they cannot be told.
	Servers(ctx context.Context) []string
}

// Parcel is one message in its envelope.
type Parcel struct {
	From, To string
	Content  []byte
	Turn     int               // counts the messages of a trip, for those that take servers in turn
	Note     func(text string) // is told of each step
}

// Sent is what became of a parcel.
type Sent struct {
	Outcome   smtp.Outcome
	Host      string        // MX that was talked to last, fit to be a label
	Failure   *fact.Failure // nil where it was taken
	Class     reply.Class   // of the refusal; empty where nobody refused
	Temporary bool          // to try again later may help
	Said      string        // by the server or the program; from outside
	Talk      []talk.Line
}

// ofDialogue says what a conversation came to.
func ofDialogue(d *smtp.Dialogue) Sent {
	s := Sent{Outcome: smtp.NotSent, Failure: d.Failure, Talk: d.Transcript}
	if d.Delivery != nil {
		s.Outcome = d.Delivery.Outcome
		s.Said, _ = strconv.Unquote(d.Delivery.Queued) // it is quoted, or empty; here all is as it came
	}
	if d.Failure == nil {
		return s
	}
	s.Temporary = true // a conversation that breaks off may go better the next time
	for _, st := range d.Stages {
		if st.Stage != d.Failure.Stage || st.Reply == nil || st.Reply.Positive() {
			continue
		}
		s.Class, s.Temporary, s.Said = st.Class, !st.Reply.Permanent(), strings.TrimSpace(st.Reply.String())
	}
	return s
}
