package mtasts

import (
	"fmt"
	"strings"
	"time"
)

// Mode says what a sender does about a host that does not keep to the policy
// (RFC 8461 section 5).
type Mode string

// The modes.
const (
	Enforce Mode = "enforce" // it does not deliver there
	Testing Mode = "testing" // it delivers, and reports where TLS-RPT asks for it
	ModeOff Mode = "none"    // there is no policy any more
)

// Modes lists every Mode, strictest first.
func Modes() []Mode { return []Mode{Enforce, Testing, ModeOff} }

// Limits on policies.
const (
	MaxPatterns = 100      // mx patterns kept (faults.md 1.11)
	MaxAge      = 31557600 // the greatest max_age in seconds, a year (RFC 8461 section 3.2)
)

// Policy is what a policy file says (RFC 8461 section 3.2).
type Policy struct {
	Mode       Mode     `json:"mode"`
	MaxAge     int64    `json:"max_age_seconds"` // 0 to MaxAge
	MX         []string `json:"mx"`              // patterns in lower case, at most MaxPatterns
	MXTotal    int      `json:"mx_total"`        // before that limit
	Extensions []Field  `json:"extensions,omitempty"`
}

// String is the policy as a file. Reading it gives the same policy.
func (p Policy) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "version: STSv1\r\nmode: %s\r\n", p.Mode)
	for _, mx := range p.MX {
		fmt.Fprintf(&b, "mx: %s\r\n", mx)
	}
	fmt.Fprintf(&b, "max_age: %d\r\n", p.MaxAge)
	for _, f := range p.Extensions {
		fmt.Fprintf(&b, "%s: %s\r\n", f.Name, f.Value)
	}
	return b.String()
}

// Matches reports whether a pattern of the policy names an MX host. A "*" stands
// for one whole label, the left-most (RFC 8461 section 4.1). A policy cut at
// MaxPatterns may name hosts that it does not match here.
func (p Policy) Matches(mxHost string) bool {
	host := strings.ToLower(strings.TrimSuffix(mxHost, "."))
	label, parent, _ := strings.Cut(host, ".")
	for _, pattern := range p.MX {
		rest, wild := strings.CutPrefix(pattern, "*.")
		if pattern == host || wild && label != "" && rest == parent {
			return true
		}
	}
	return false
}

// Cut reports whether the policy has patterns that were not looked at.
func (p Policy) Cut() bool { return p.MXTotal > len(p.MX) }

// age is MaxAge as a length of time.
func (p Policy) age() time.Duration { return time.Duration(p.MaxAge) * time.Second }
