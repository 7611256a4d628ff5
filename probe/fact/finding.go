package fact

// Severity says what a finding does to mail.
type Severity string

// The severities. A warning or worse makes a verdict at least [Impaired].
const (
	Info     Severity = "info"     // worth knowing; mail flows as intended
	Warning  Severity = "warning"  // mail gets in, or would on a better day
	Critical Severity = "critical" // mail is lost or refused because of this
)

// Severities lists every Severity, mildest first.
func Severities() []Severity { return []Severity{Info, Warning, Critical} }

// Check names the part of a probe that made a finding.
type Check string

// Code names what was found. Codes are kebab-case and unique over all checks.
type Code string

// Finding is one thing worth saying about a domain. Check, Code, Severity, Host
// and Address become labels; Detail is for people and never does.
type Finding struct {
	Check    Check    `json:"check"`
	Code     Code     `json:"code"`
	Severity Severity `json:"severity"`
	Host     string   `json:"host,omitempty"`
	Address  string   `json:"address,omitempty"`
	Detail   string   `json:"detail,omitempty"`
}

// Doc explains a finding code to the person who has to act on it.
type Doc struct {
	Check   Check  `json:"check"`
	Code    Code   `json:"code"`
	Meaning string `json:"meaning"` // what was seen, in one sentence
	Effect  string `json:"effect"`  // what happens to mail because of it
	Mend    string `json:"mend"`    // what to do about it
}
