package dmarc

import (
	"fmt"
	"slices"
	"strings"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/tagvalue"
	"mx_exporter/probe/txt"
)

// CheckName is the check that the findings of this package belong to.
const CheckName fact.Check = "dmarc"

// The codes of the findings.
const (
	CodeMissing       fact.Code = "dmarc-missing"
	CodeMultiple      fact.Code = "dmarc-multiple"
	CodeLookalike     fact.Code = "dmarc-lookalike"
	CodeMisplaced     fact.Code = "dmarc-misplaced"
	CodeSyntax        fact.Code = "dmarc-syntax"
	CodePolicyIgnored fact.Code = "dmarc-policy-ignored"
	CodePolicyNone    fact.Code = "dmarc-policy-none"
	CodeWeakSubdomain fact.Code = "dmarc-subdomains-weaker"
	CodeTesting       fact.Code = "dmarc-testing"
	CodePublicSuffix  fact.Code = "dmarc-public-suffix"
	CodeNoReports     fact.Code = "dmarc-no-reports"
	CodeReportAddress fact.Code = "dmarc-report-address"
	CodeNoConsent     fact.Code = "dmarc-report-not-authorised"
	CodeOutdated      fact.Code = "dmarc-outdated"
	CodeOlderDiffers  fact.Code = "dmarc-older-receivers-differ"
	CodeUnknownTag    fact.Code = "dmarc-unknown-tag"
	CodeLookupFailed  fact.Code = "dmarc-lookup-failed"
)

// judge gives the finding that a kind of problem makes. No mistake in a DMARC
// record loses proper mail, so none is critical; what was meant to protect the
// domain and does not is a warning.
func judge(k tagvalue.Kind) (fact.Code, fact.Severity) {
	switch k {
	case UnknownTag:
		return CodeUnknownTag, fact.Info
	case RemovedTag, OldSize, LatePolicy, NoPolicy:
		return CodeOutdated, fact.Info
	case tagvalue.EmptyPart:
		return CodeUnknownTag, fact.Info
	case tagvalue.NoURI, tagvalue.NoScheme, tagvalue.BadScheme, tagvalue.BadURI, tagvalue.BadSize:
		return CodeReportAddress, fact.Warning
	}
	return CodeSyntax, fact.Warning
}

// Findings says what is worth saying about the policy, each code once. It is
// pure.
func (r *Result) Findings() (fs []fact.Finding) {
	if f := r.Failure; f != nil {
		if f.Reason.Local() {
			return nil
		}
		return []fact.Finding{find(CodeLookupFailed, fact.Warning, f.Detail)}
	}
	if r.Status == fact.None {
		return []fact.Finding{find(CodeMissing, fact.Info, "no record at _dmarc."+r.Domain+", and none above that applies")}
	}
	if r.Records > 1 {
		fs = append(fs, find(CodeMultiple, fact.Warning, fmt.Sprintf("%d records at _dmarc.%s", r.Records, r.Domain)))
	}
	if len(r.Similar) > 0 {
		fs = append(fs, find(CodeLookalike, fact.Warning, txt.Quote(r.Similar[0])+` does not begin with "v=DMARC1;"`))
	}
	if len(r.Misplaced) > 0 {
		fs = append(fs, find(CodeMisplaced, fact.Warning, strings.Join(r.Misplaced, ", ")))
	}
	if r.Found == "" {
		return fs
	}
	return slices.Concat(fs, r.mistakes(), r.meaning(), r.reports())
}

// mistakes judges the text of the record that applies.
func (r *Result) mistakes() (fs []fact.Finding) {
	at := map[fact.Code]int{}
	for _, p := range r.Problems {
		code, severity := judge(p.Kind)
		detail := p.String()
		if r.Found != r.Domain {
			detail = "record of " + r.Found + ", " + detail
		}
		i, seen := at[code]
		if !seen {
			at[code] = len(fs)
			fs = append(fs, find(code, severity, detail))
			continue
		}
		fs[i].Detail += "; " + detail
	}
	return fs
}

// meaning judges what the record says.
func (r *Result) meaning() (fs []fact.Finding) {
	switch {
	case r.Void:
		fs = append(fs, find(CodePolicyIgnored, fact.Warning, "a tag stands twice, and receivers may not use any of it"))
	case r.Policy == "":
		fs = append(fs, find(CodePolicyIgnored, fact.Warning, r.culprit()+", and there is no address for reports"))
	case r.Policy == None:
		fs = append(fs, find(CodePolicyNone, fact.Info, r.whyNone()))
	}
	if r.Testing && (milder(r.Policy) || milder(r.Subdomains) || milder(r.NonExistent)) {
		fs = append(fs, find(CodeTesting, fact.Info,
			fmt.Sprintf("with t=y; the policy is %s, for subdomains %s, and for those that do not exist %s", r.Policy, r.Subdomains, r.NonExistent)))
	}
	for _, v := range r.Walk {
		if v.record != nil && v.record.PSD == "y" && registered(v.Domain) != "" {
			fs = append(fs, find(CodePublicSuffix, fact.Warning, "psd=y in the record of "+v.Domain))
		}
	}
	if r.Source == Own && (rank(r.Subdomains) < rank(r.Policy) || rank(r.NonExistent) < rank(r.Policy)) {
		fs = append(fs, find(CodeWeakSubdomain, fact.Info,
			fmt.Sprintf("the domain has %s, its subdomains %s, and those that do not exist %s", r.Policy, r.Subdomains, r.NonExistent)))
	}
	if r.Older != r.Found {
		older := "none"
		if r.Older != "" {
			older = "that of " + r.Older
		}
		fs = append(fs, find(CodeOlderDiffers, fact.Info, "by RFC 9989 the record of "+r.Found+" applies, by RFC 7489 "+older))
	}
	return fs
}

// culprit says which policy of a record cannot be read.
func (r *Result) culprit() string {
	var tags []string
	for _, p := range r.Problems {
		if p.Kind == BadPolicy && !slices.Contains(tags, p.Tag) {
			tags = append(tags, p.Tag)
		}
	}
	if len(tags) == 0 {
		return "it has no p"
	}
	return "its " + strings.Join(tags, " and ") + " cannot be read"
}

// whyNone says where a policy of none comes from: from the record, or from what
// receivers make of one that cannot be read.
func (r *Result) whyNone() string {
	for _, p := range r.Problems {
		if p.Kind == BadPolicy || p.Kind == NoPolicy {
			return "by the record of " + r.Found + ": " + r.culprit()
		}
	}
	return "by the record of " + r.Found
}

// milder reports whether t=y makes a policy milder.
func milder(p Policy) bool { return p == Quarantine || p == Reject }

// rank orders policies by their strength.
func rank(p Policy) int { return slices.Index(Policies(), p) }

// reports judges where the reports go.
func (r *Result) reports() (fs []fact.Finding) {
	if len(r.Aggregate) == 0 && !r.Void {
		fs = append(fs, find(CodeNoReports, fact.Info, "there is no \"rua\" with an address that can be used"))
	}
	var refused []string
	for _, d := range slices.Concat(r.Aggregate, r.Failures) {
		if d.Consent == Missing && !slices.Contains(refused, d.Domain) {
			refused = append(refused, d.Domain)
		}
	}
	if len(refused) > 0 {
		fs = append(fs, find(CodeNoConsent, fact.Warning, fmt.Sprintf("no record at %s._report._dmarc of %s", r.Found, strings.Join(refused, ", "))))
	}
	return fs
}

func find(c fact.Code, s fact.Severity, detail string) fact.Finding {
	return fact.Finding{Check: CheckName, Code: c, Severity: s, Detail: detail}
}
