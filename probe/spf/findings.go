package spf

import (
	"fmt"
	"strings"

	"mx_exporter/probe/fact"
)

// CheckName is the check that the findings of this package belong to.
const CheckName fact.Check = "spf"

// The codes of the findings.
const (
	CodeMissing         fact.Code = "spf-missing"
	CodeMultiple        fact.Code = "spf-multiple"
	CodeSyntax          fact.Code = "spf-syntax"
	CodeTooManyLookups  fact.Code = "spf-too-many-lookups"
	CodeLookupsAtLimit  fact.Code = "spf-lookups-at-limit"
	CodeVoidLookups     fact.Code = "spf-void-lookups"
	CodeMXHosts         fact.Code = "spf-mx-too-many-hosts"
	CodeLoop            fact.Code = "spf-loop"
	CodeIncludeMissing  fact.Code = "spf-include-missing"
	CodePassAll         fact.Code = "spf-pass-all"
	CodeNeutralAll      fact.Code = "spf-neutral-all"
	CodeIgnoredTerm     fact.Code = "spf-ignored-term"
	CodeUnknownModifier fact.Code = "spf-unknown-modifier"
	CodePTR             fact.Code = "spf-ptr"
	CodeWideNetwork     fact.Code = "spf-wide-network"
	CodeStyle           fact.Code = "spf-style"
	CodeLong            fact.Code = "spf-long"
	CodeGlued           fact.Code = "spf-glued"
	CodeLookalike       fact.Code = "spf-lookalike"
	CodeLookupFailed    fact.Code = "spf-lookup-failed"
	CodeSender          fact.Code = "spf-sender-not-authorised"
)

// verdict is what a kind of problem comes to.
type verdict struct {
	code     fact.Code
	severity fact.Severity
}

// judge gives the finding that a kind of problem makes. A permerror is critical:
// it hits all mail of the domain, and where DMARC says reject, that mail is lost.
func judge(k Kind) verdict {
	switch k {
	case Multiple:
		return verdict{CodeMultiple, fact.Critical}
	case TooManyLookups:
		return verdict{CodeTooManyLookups, fact.Critical}
	case TooManyVoids: // receivers SHOULD, and some do not: RFC 7208 section 4.6.4
		return verdict{CodeVoidLookups, fact.Warning}
	case TooManyMX:
		return verdict{CodeMXHosts, fact.Critical}
	case Loop:
		return verdict{CodeLoop, fact.Critical}
	case NoSuchRecord:
		return verdict{CodeIncludeMissing, fact.Critical}
	case PassAll:
		return verdict{CodePassAll, fact.Warning}
	case WideNetwork:
		return verdict{CodeWideNetwork, fact.Warning}
	case AfterAll, RedirectIgnored, MistakenModifier: // servers that were to pass do not
		return verdict{CodeIgnoredTerm, fact.Warning}
	case Glued:
		return verdict{CodeGlued, fact.Warning}
	case Lookalike:
		return verdict{CodeLookalike, fact.Warning}
	case Undecided:
		return verdict{CodeLookupFailed, fact.Warning}
	case NeutralAll, NoAll:
		return verdict{CodeNeutralAll, fact.Info}
	case UnknownModifier:
		return verdict{CodeUnknownModifier, fact.Info}
	case DiscouragedPTR:
		return verdict{CodePTR, fact.Info}
	case HostBits, UpperCase:
		return verdict{CodeStyle, fact.Info}
	case AtLimit:
		return verdict{CodeLookupsAtLimit, fact.Info}
	case LongRecord, LongAnswer:
		return verdict{CodeLong, fact.Info}
	}
	return verdict{CodeSyntax, fact.Critical}
}

// maxTold is how many problems one finding spells out.
const maxTold = 5

// Findings says what is worth saying about the record, each code once, and one
// finding for each sender that does not pass. It is pure.
func (r *Result) Findings() []fact.Finding {
	var fs []fact.Finding
	if r.Status == fact.None {
		fs = append(fs, find(CodeMissing, fact.Info, "no TXT record of "+r.Domain+` begins with "v=spf1"`))
	}
	told := map[fact.Code][]string{}
	var order []verdict
	for _, p := range r.Problems {
		if p.Kind == Undecided && r.local() {
			continue // our own trouble is told once, for the probe as a whole
		}
		v := judge(p.Kind)
		if told[v.code] == nil {
			order = append(order, v)
		}
		told[v.code] = append(told[v.code], p.String())
	}
	for _, v := range order {
		fs = append(fs, find(v.code, v.severity, join(told[v.code])))
	}
	for _, e := range r.Senders {
		if f, ok := e.finding(); ok {
			fs = append(fs, f)
		}
	}
	return fs
}

// local reports whether a look-up failed because of us.
func (r *Result) local() bool {
	if r.Failure != nil && r.Failure.Reason.Local() {
		return true
	}
	for _, s := range r.Steps {
		if s.Failure != nil && s.Failure.Reason.Local() {
			return true
		}
	}
	return false
}

// finding judges one sender. Where nothing could be decided nothing is said: the
// failed look-up is a finding of its own.
func (e Evaluation) finding() (fact.Finding, bool) {
	severity := fact.Warning
	switch e.Outcome {
	case Pass, TempError:
		return fact.Finding{}, false
	case Fail, PermError:
		severity = fact.Critical
	}
	detail := "mail from this address gets " + string(e.Outcome)
	if e.Detail != "" {
		detail += " (" + e.Detail + ")"
	}
	f := find(CodeSender, severity, detail)
	f.Address = e.Address.String()
	return f, true
}

func find(c fact.Code, s fact.Severity, detail string) fact.Finding {
	return fact.Finding{Check: CheckName, Code: c, Severity: s, Detail: detail}
}

// join lists the first sentences.
func join(texts []string) string {
	if len(texts) <= maxTold {
		return strings.Join(texts, "; ")
	}
	return strings.Join(texts[:maxTold], "; ") + fmt.Sprintf("; and %d more", len(texts)-maxTold)
}
