package mtasts

import (
	"fmt"
	"strings"
	"time"

	"mx_exporter/probe/fact"
)

// Name is the name of this check.
const Name fact.Check = "mta_sts"

// What can be wrong with a domain's MTA-STS.
const (
	CodeRecord      fact.Code = "mta-sts-record-invalid"
	CodeUnreachable fact.Code = "mta-sts-policy-unreachable"
	CodePending     fact.Code = "mta-sts-policy-pending"
	CodePolicy      fact.Code = "mta-sts-policy-invalid"
	CodeUntidy      fact.Code = "mta-sts-policy-untidy"
	CodeContentType fact.Code = "mta-sts-content-type"
	CodeNotCovered  fact.Code = "mta-sts-mx-not-covered"
	CodeHost        fact.Code = "mta-sts-host-not-verified"
	CodeTesting     fact.Code = "mta-sts-testing-mode"
	CodeModeNone    fact.Code = "mta-sts-mode-none"
	CodeIDUnchanged fact.Code = "mta-sts-id-unchanged"
	CodeMaxAge      fact.Code = "mta-sts-max-age-short"
)

// Below these a policy under enforce protects little: "weeks or greater" is what
// RFC 8461 section 3.2 expects.
const (
	shortAge     = 7 * 24 * time.Hour
	veryShortAge = 24 * time.Hour
)

// Findings says what is worth saying about record and policy. What the hosts do
// is for [Result.HostFindings].
func (r *Result) Findings() []fact.Finding {
	var fs []fact.Finding
	add := func(c fact.Code, s fact.Severity, host, detail string) {
		fs = append(fs, fact.Finding{Check: Name, Code: c, Severity: s, Host: host, Detail: detail})
	}
	if r.Records > 0 && r.Record == nil {
		add(CodeRecord, fact.Warning, "", r.recordTrouble())
	}
	if f := r.Fetch; f != nil && f.Failure != nil && !f.Failure.untold() {
		add(CodeUnreachable, fact.Warning, "", f.Failure.Error())
	}
	if r.Pending {
		add(CodePending, fact.Info, "", "")
	}
	fatal, untidy := r.problems()
	if fatal != "" {
		add(CodePolicy, fact.Warning, "", fatal)
	} else if untidy != "" {
		add(CodeUntidy, fact.Info, "", untidy)
	}
	if r.Policy == nil {
		return fs
	}
	if !r.Stale && !r.Fetch.PlainText() {
		add(CodeContentType, fact.Warning, "", fmt.Sprintf("the policy came as %q", r.Fetch.ContentType))
	}
	for _, c := range r.Coverage {
		if !c.Covered {
			add(CodeNotCovered, r.grave(), c.Host, "the policy names "+patterns(r.Policy.MX))
		}
	}
	return append(fs, r.modeFindings()...)
}

func (r *Result) modeFindings() []fact.Finding {
	var fs []fact.Finding
	add := func(c fact.Code, s fact.Severity, detail string) {
		fs = append(fs, fact.Finding{Check: Name, Code: c, Severity: s, Detail: detail})
	}
	switch r.Policy.Mode {
	case Testing:
		add(CodeTesting, fact.Info, "")
	case ModeOff:
		add(CodeModeNone, fact.Info, "")
	case Enforce:
		detail := fmt.Sprintf("max_age is %d seconds", r.Policy.MaxAge)
		if r.Policy.age() < veryShortAge {
			add(CodeMaxAge, fact.Warning, detail)
		} else if r.Policy.age() < shortAge {
			add(CodeMaxAge, fact.Info, detail)
		}
	}
	if r.Change == ContentOnly {
		add(CodeIDUnchanged, fact.Warning, "the id is still "+r.Record.ID)
	}
	return fs
}

func (r *Result) recordTrouble() string {
	if r.Records > 1 {
		return fmt.Sprintf("there are %d records, and senders want exactly one", r.Records)
	}
	if len(r.RecordProblems) > 0 {
		return r.RecordProblems[0].String()
	}
	return ""
}

// problems gives the first mistake that spoils the policy, and the first that
// does not.
func (r *Result) problems() (fatal, untidy string) {
	for _, p := range r.Problems {
		if p.Fatal && fatal == "" {
			fatal = p.String()
		}
		if !p.Fatal && untidy == "" {
			untidy = p.String()
		}
	}
	return fatal, untidy
}

// patterns lists a few patterns for a sentence.
func patterns(mx []string) string {
	const few = 5
	if len(mx) > few {
		return fmt.Sprintf("%s and %d more", strings.Join(mx[:few], ", "), len(mx)-few)
	}
	return strings.Join(mx, ", ")
}
