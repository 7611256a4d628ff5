package reply

import (
	"time"

	"mx_exporter/probe/fact"
)

// Doc explains a class to people: on the report page, in explain, and in this
// package's README.
type Doc struct {
	Class     Class        `json:"class"`
	Meaning   string       `json:"meaning"`                // what happened, in one sentence
	Sender    string       `json:"sender"`                 // what the sender can do
	Recipient string       `json:"recipient"`              // what the recipient's administrator can do
	Wait      fact.Elapsed `json:"wait_seconds,omitempty"` // try again after this long; 0: trying again does not help
}

// Retry says in words whether and when trying again helps.
func (d Doc) Retry() string {
	switch {
	case d.Class == Accepted:
		return "nothing to retry"
	case d.Wait == 0:
		return "retrying does not help until something is changed"
	case d.Wait <= hour:
		return "try again in an hour"
	case d.Wait <= day:
		return "try again in a day"
	}
	return "try again in a week"
}

// The waits are what people can plan with; mail servers retry more often.
const (
	hour = fact.Elapsed(time.Hour)
	day  = 24 * hour
	week = 7 * day
)

// Docs lists the explanation of every class, in the order of [Classes].
func Docs() []Doc {
	docs := make([]Doc, 0, len(Classes()))
	for _, c := range Classes() {
		docs = append(docs, c.Doc())
	}
	return docs
}

// Doc explains the class. An unknown class has an empty explanation.
func (c Class) Doc() Doc {
	d := explanations[c]
	d.Class = c
	return d
}
