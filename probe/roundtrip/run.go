package roundtrip

import (
	"time"

	"mx_exporter/config"
	"mx_exporter/probe/bounce"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mailbox"
	"mx_exporter/probe/reply"
	"mx_exporter/probe/roundtrip/arrival"
	"mx_exporter/probe/talk"
)

// Outcome is how a run ended. It is a label value.
type Outcome string

// The outcomes.
const (
	Arrived Outcome = "arrived" // within its window
	Late    Outcome = "late"    // after its window
	Lost    Outcome = "lost"    // not there when its window had ended
	Bounced Outcome = "bounced" // a bounce came back that quotes its token
	Refused Outcome = "refused" // a server, or the local mail program, did not take it
	Unsent  Outcome = "unsent"  // no server could be talked to, or the conversation broke off
	Unread  Outcome = "unread"  // the mailbox could not be looked into: nothing can be said
	Unknown Outcome = "unknown" // the fault lies with us, or nobody was there to see
)

// Outcomes lists every Outcome, best first.
func Outcomes() []Outcome {
	return []Outcome{Arrived, Late, Lost, Bounced, Refused, Unsent, Unread, Unknown}
}

// Reasons of a failure that only a round trip has, beside those of package fact.
const (
	ReasonLost        fact.Reason = "lost"         // the window ended without the message
	ReasonBounced     fact.Reason = "bounced"      // see Run.Bounce
	ReasonProgram     fact.Reason = "mail_program" // the local mail program failed
	ReasonRestarted   fact.Reason = "restarted"    // the process ended while the message was being sent
	ReasonUnobserved  fact.Reason = "unobserved"   // it came while nobody looked, and no server says when
	ReasonNotDeleted  fact.Reason = "not_deleted"  // it came, and could not be deleted
	ReasonUnconfirmed fact.Reason = "unconfirmed"  // the server did not say that it took it, and it never came
)

// Reasons lists the reasons above.
func Reasons() []fact.Reason {
	return []fact.Reason{ReasonLost, ReasonBounced, ReasonProgram, ReasonRestarted, ReasonUnobserved, ReasonNotDeleted, ReasonUnconfirmed}
}

// Stage is a part of a run. It is a label value.
type Stage string

// The stages.
const (
	StageSend    Stage = "send"    // until a server had taken the message, greylisting and all
	StageDeliver Stage = "deliver" // from then on until it was seen
	StageFetch   Stage = "fetch"   // reading it
	StageDelete  Stage = "delete"
)

// Stages lists every Stage in order.
func Stages() []Stage { return []Stage{StageSend, StageDeliver, StageFetch, StageDelete} }

// Run is what came of one message.
type Run struct {
	Trip     string       `json:"roundtrip"`
	ID       string       `json:"id"`                // tells the message from others; proves nothing
	Sent     time.Time    `json:"sent"`              // when sending began
	Finished time.Time    `json:"finished,omitzero"` // when the outcome was known; zero: still awaited
	Window   fact.Elapsed `json:"window_seconds"`
	Outcome  Outcome      `json:"outcome,omitempty"` // empty: still awaited
	Failure  *Failure     `json:"failure,omitempty"` // nil only where all went well

	Host     string      `json:"host,omitempty"`     // MX that it was given to, fit to be a label; empty where the way is another
	Attempts int         `json:"attempts,omitempty"` // to send it
	Class    reply.Class `json:"class,omitempty"`    // of the refusal or the bounce; of what delayed the sending, where it got through
	Reply    string      `json:"reply,omitempty"`    // what was said at the last attempt; from outside

	// Delivery is the time from sending until the message was seen; nil: it was
	// not seen. It is too long by at most Precision: nobody looked meanwhile.
	Delivery  *fact.Elapsed `json:"delivery_seconds,omitempty"`
	Precision fact.Elapsed  `json:"precision_seconds,omitempty"`
	// Estimated says that the date which the last server wrote had to decide
	// between arrived and late.
	Estimated bool             `json:"estimated,omitempty"`
	Stages    []Timing         `json:"stages,omitempty"`
	Folder    mailbox.Kind     `json:"folder,omitempty"`      // where it was; empty: nowhere
	Name      string           `json:"folder_name,omitempty"` // of that folder; from outside
	Copies    int              `json:"copies,omitempty"`      // of the same message; 1 is right
	Deleted   bool             `json:"deleted,omitempty"`
	Arrival   *arrival.Arrival `json:"arrival,omitempty"`
	Bounce    *Bounce          `json:"bounce,omitempty"`     // also one that only says "not yet"
	EICAR     *EICAR           `json:"eicar,omitempty"`      // nil: no test file was sent, or nothing can be said
	Talk      []talk.Line      `json:"transcript,omitempty"` // the conversation of the last attempt to send
}

// Failure is in which part of a run it failed, and why.
type Failure struct {
	Stage  Stage       `json:"stage"`
	Reason fact.Reason `json:"reason"`
	Detail string      `json:"detail,omitempty"` // for people; may hold words from outside
}

// Timing is how long one stage took.
type Timing struct {
	Stage Stage        `json:"stage"`
	Took  fact.Elapsed `json:"seconds"`
}

// Bounce is what a bounce said of the message.
type Bounce struct {
	Class     reply.Class   `json:"class"`
	Action    bounce.Action `json:"action"` // delayed: the message is still tried
	Permanent bool          `json:"permanent"`
	Code      int           `json:"code,omitempty"`
	Enhanced  string        `json:"enhanced,omitempty"`
	Reporter  string        `json:"reporter,omitempty"` // who sent the bounce; from outside
	Remote    string        `json:"remote,omitempty"`   // who refused the message; from outside
	Said      string        `json:"said,omitempty"`     // from outside
	Meaning   string        `json:"meaning,omitempty"`
	Advice    string        `json:"advice,omitempty"`
}

// EICAR is what became of the test file of virus scanners.
type EICAR struct {
	Declared config.EICAR `json:"declared"`
	Outcome  config.EICAR `json:"outcome"`
}

// AsDeclared reports that the scanner did what the configuration says.
func (e EICAR) AsDeclared() bool { return e.Declared == e.Outcome }

// Success reports that the message arrived within its window, or was kept out as
// declared where it carried the test file of virus scanners.
func (r *Run) Success() bool {
	switch r.Outcome {
	case Arrived:
		return true
	case Refused, Bounced, Lost:
		return r.EICAR != nil && r.EICAR.AsDeclared()
	case Late, Unsent, Unread, Unknown:
	}
	return false
}

// Told reports that the run says something about the mail system.
func (r *Run) Told() bool { return r.Outcome != "" && r.Outcome != Unknown }
