// Package fact holds the words that every check shares: the status of a check,
// the severity of a finding, the stages of a dialogue, the reasons why one
// failed, and the verdict on a domain.
//
// Every list here is closed. The words become label values, so a new one is a
// change of the product's interface: it is added to its list, documented, and
// named in CHANGELOG.md.
package fact

import (
	"encoding/json"
	"time"
)

// Status is the outcome of one check.
type Status string

// The statuses. They are exported as a state set: one series each, exactly one
// of them 1.
const (
	None  Status = "none"  // nothing is published, so nothing can be wrong
	Pass  Status = "pass"  // published and right
	Fail  Status = "fail"  // published and wrong; retrying will not help
	Error Status = "error" // could not be decided now (timeout, SERVFAIL)
)

// Statuses lists every Status in the order in which it is documented.
func Statuses() []Status { return []Status{None, Pass, Fail, Error} }

// Verdict is the one-word summary of a probe.
type Verdict string

// The verdicts, best first. Only Compromised and Unknown make probe_success 0.
const (
	Satisfactory Verdict = "satisfactory" // all is as expected
	Impaired     Verdict = "impaired"     // mail gets in, but something is not as expected
	Compromised  Verdict = "compromised"  // a sender that does everything right cannot deliver now
	Unknown      Verdict = "unknown"      // the fault is on our side, or nothing could be told
)

// Verdicts lists every Verdict, best first.
func Verdicts() []Verdict { return []Verdict{Satisfactory, Impaired, Compromised, Unknown} }

// Role says how senders use a host (RFC 5321 section 5.1).
type Role string

// The roles. Hosts of equal preference share a role.
const (
	Primary Role = "primary" // lowest preference: tried first
	Backup  Role = "backup"  // any higher preference: tried when the primaries fail
)

// Elapsed is a length of time that reads as seconds in JSON.
type Elapsed time.Duration

// Seconds is the length in seconds, Prometheus's base unit.
func (e Elapsed) Seconds() float64 { return time.Duration(e).Seconds() }

// MarshalJSON writes seconds as a number.
func (e Elapsed) MarshalJSON() ([]byte, error) { return json.Marshal(e.Seconds()) }

// UnmarshalJSON reads what MarshalJSON wrote.
func (e *Elapsed) UnmarshalJSON(b []byte) error {
	var s float64
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	*e = Elapsed(s * float64(time.Second))
	return nil
}
