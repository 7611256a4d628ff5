package dnsbl

import "mx_exporter/probe/fact"

// Verdict is what a list says of a subject.
type Verdict string

// The verdicts.
const (
	Listed    Verdict = "listed"
	NotListed Verdict = "not_listed"
	Unknown   Verdict = "unknown" // the Reason says why
)

// Verdicts lists every Verdict.
func Verdicts() []Verdict { return []Verdict{Listed, NotListed, Unknown} }

// Reason says why a list's answer is unknown. It is a label value.
type Reason string

// The reasons.
const (
	Refused   Reason = "refused"   // the list refuses our resolver, or a resolver on the way refuses the question
	Quota     Reason = "quota"     // the list says that we ask too much
	Typo      Reason = "typo"      // the list says that its zone, or the question, is misspelt
	Hijack    Reason = "hijack"    // an answer outside of 127.0.0.0/8
	Timeout   Reason = "timeout"   // no answer in time
	Servfail  Reason = "servfail"  // an error, or an answer that cannot be used
	Unhealthy Reason = "unhealthy" // the list fails its self-test
	Budget    Reason = "budget"    // it was not this question's turn in time: we keep to a pace
	Local     Reason = "local"     // our resolver cannot be reached, or our machine lacks something
)

// Reasons lists every Reason.
func Reasons() []Reason {
	return []Reason{Refused, Quota, Typo, Hijack, Timeout, Servfail, Unhealthy, Budget, Local}
}

// Answer is what one list says of one subject.
type Answer struct {
	List    string       `json:"list"` // the list's name
	Subject Subject      `json:"subject"`
	Verdict Verdict      `json:"verdict"`
	Reason  Reason       `json:"reason,omitempty"`  // of Unknown
	Hits    []Hit        `json:"hits,omitempty"`    // of Listed, at least one
	Query   string       `json:"query"`             // the name asked for; a secret zone in it is masked
	Unnamed []string     `json:"unnamed,omitempty"` // of Listed: the answers behind a hit "other", which the list's codes do not have
	Records []string     `json:"records,omitempty"` // the list's answers as they were, at most 100
	Text    string       `json:"text,omitempty"`    // the list's own words about a listing, where List.Words asks for them: foreign, printable, at most 256 bytes
	Detail  string       `json:"detail,omitempty"`  // why it is unknown, for people
	Took    fact.Elapsed `json:"seconds"`           // of the question, when it was asked
	Cached  bool         `json:"cached"`            // it was asked before this check
	Age     fact.Elapsed `json:"age_seconds"`       // since it was asked; never over an hour
	Delist  string       `json:"delist,omitempty"`  // of Listed: where to ask for removal
}

// Meanings says for people what a listing is for: each code with its meaning, and
// the codes that the list's table lacks as they were answered.
func (a *Answer) Meanings() []string {
	var ms []string
	for _, h := range a.Hits {
		if h.Code != Other {
			ms = append(ms, h.Code+" "+h.Meaning)
		}
	}
	for _, code := range a.Unnamed {
		ms = append(ms, code+" (not in its table of codes)")
	}
	return ms
}

// Result is what lists say of subjects.
type Result struct {
	Answers []Answer `json:"answers"` // by subject, then list; pairs that do not fit or are not asked about are left out
	Lists   []Health `json:"lists"`   // by list, then family, of those that were asked about anything
	Omitted *Omitted `json:"senders_omitted,omitempty"`
}

// Omitted says which addresses that send nobody was asked about, though they were
// to be. The caller of a check, who chooses the subjects, fills it in.
type Omitted struct {
	Addresses int    `json:"addresses,omitempty"` // known, and beyond the limit
	Why       string `json:"reason,omitempty"`    // why there may be others that are not known
}
