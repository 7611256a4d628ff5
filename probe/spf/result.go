package spf

import (
	"net/netip"

	"mx_exporter/probe/fact"
)

// Result is what is known of a domain's SPF record.
type Result struct {
	Status  fact.Status   `json:"status"` // fail: receivers give permerror, for some senders or for all
	Domain  string        `json:"domain"`
	Record  string        `json:"record,omitempty"` // as published, its strings joined; foreign text
	Strings int           `json:"strings,omitempty"`
	Octets  int           `json:"answer_octets,omitempty"` // of the answer with all TXT records of the name, about
	All     Qualifier     `json:"all,omitempty"`           // of the all that decides, in this record or the one that redirect leads to
	Failure *fact.Failure `json:"failure,omitempty"`       // why the record could not be looked up

	Lookups    int          `json:"lookups"`              // terms that ask, over all records, as for a sender that matches nothing
	More       bool         `json:"more,omitempty"`       // there are more than were counted
	Voids      int          `json:"void_lookups"`         // of them that find nothing
	Mechanisms map[Name]int `json:"mechanisms,omitempty"` // how often each kind of term asks
	Steps      []Step       `json:"steps,omitempty"`      // those terms, in the order of evaluation

	Authorised Authorised   `json:"authorised"`
	Problems   []Problem    `json:"problems,omitempty"`
	Senders    []Evaluation `json:"senders,omitempty"`
}

// Step is one term that asks.
type Step struct {
	Domain  string        `json:"domain"`            // whose record the term is in
	Depth   int           `json:"depth"`             // how many records led here
	Number  int           `json:"term"`              // which term of the record
	Term    string        `json:"text"`              // foreign text
	Target  string        `json:"target,omitempty"`  // the name asked for; "" where it depends on the mail at hand
	Lookups int           `json:"lookups"`           // its own, and those of the record that it leads to
	Void    bool          `json:"void,omitempty"`    // the answer held nothing
	Hosts   int           `json:"hosts,omitempty"`   // of mx
	Failure *fact.Failure `json:"failure,omitempty"` // why it could not be decided now
}

// Authorised is the networks whose mail passes.
type Authorised struct {
	Networks   []netip.Prefix `json:"networks,omitempty"`   // at most 1,000, in the order of evaluation, none twice
	Everything bool           `json:"everything,omitempty"` // everybody passes
	Truncated  bool           `json:"truncated,omitempty"`  // there are more than 1,000
	Unknown    []string       `json:"unknown,omitempty"`    // terms that may let more pass, and cannot be listed: macros, exists, ptr
}

// Networks gives the networks whose mail passes, for use with block lists. See
// [Authorised] for what may be missing.
func (r *Result) Networks() []netip.Prefix { return r.Authorised.Networks }

// Evaluation is what a receiver says of one sender.
type Evaluation struct {
	Address netip.Addr `json:"address"`
	Outcome Outcome    `json:"outcome"`
	Detail  string     `json:"detail,omitempty"`
}
