package roundtrip

import (
	"time"

	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/fact"
)

// Status is how one round trip stands.
type Status struct {
	Name     string                 `json:"roundtrip"`
	Via      config.Via             `json:"via"`
	Protocol config.MailboxProtocol `json:"protocol"`
	To       string                 `json:"to"`
	Interval fact.Elapsed           `json:"interval_seconds"`
	Window   fact.Elapsed           `json:"window_seconds"`
	Problem  string                 `json:"problem,omitempty"` // why it does not run as it should; for people
	Next     time.Time              `json:"next,omitzero"`     // when the next message is due

	Pending int       `json:"pending"`         // messages that are awaited
	Oldest  time.Time `json:"oldest,omitzero"` // when the first of those was sent
	Last    *Run      `json:"last,omitempty"`  // the run that finished last
	Recent  []*Run    `json:"recent"`          // finished, newest first, at most MaxRecent; Last is the first of them

	LastRun     time.Time   `json:"last_run,omitzero"`     // when a run finished last
	LastSuccess time.Time   `json:"last_success,omitzero"` // when a run last succeeded
	Counts      Counts      `json:"counts"`
	Delivery    Histogram   `json:"delivery"`
	Hosts       []HostState `json:"hosts,omitempty"` // with each_mx: what came of the last message to each, by name

	Backoff     *probe.Backoff `json:"auth_backoff,omitempty"`      // the login to the mailbox was refused last; nil: it was not
	SendBackoff *probe.Backoff `json:"send_auth_backoff,omitempty"` // the same of the server that is sent through

	Foreign int `json:"foreign"` // messages seen in the last sweep that look like ours and are not: none was touched
}

// MaxRecent is how many finished runs are kept.
const MaxRecent = 20

// Counts are how often something happened. Lost counts each message once, when
// its window ends; Late those of them that came all the same.
type Counts struct {
	Runs      uint64             `json:"runs"` // that finished
	Outcomes  map[Outcome]uint64 `json:"outcomes,omitempty"`
	Lost      uint64             `json:"lost"`
	Late      uint64             `json:"late"`
	Junk      uint64             `json:"junk"`      // arrived in the junk folder
	Swept     uint64             `json:"swept"`     // stale messages of ours that were deleted
	Duplicate uint64             `json:"duplicate"` // further copies of a message that had arrived
}

func (c Counts) clone() Counts {
	d := c
	d.Outcomes = map[Outcome]uint64{}
	for o, n := range c.Outcomes {
		d.Outcomes[o] = n
	}
	return d
}

// HostState is what came of the last message that was given to one MX host.
type HostState struct {
	Host string `json:"host"` // fit to be a label
	Run  *Run   `json:"run"`
}

// Event is one step of a run under way, for people who wait for it.
type Event struct {
	At   fact.Elapsed `json:"at_seconds"` // since the run began
	Text string       `json:"text"`       // one sentence; words from outside are quoted
}
