package dane

import (
	"fmt"

	"mx_exporter/probe/fact"
)

// Name is the name of this check.
const Name fact.Check = "dane"

// What can be wrong with a host's TLSA records.
const (
	CodeMismatch  fact.Code = "dane-mismatch"
	CodeNeedsTLS  fact.Code = "dane-needs-tls"
	CodeLookup    fact.Code = "dane-lookup-failed"
	CodeUnusable  fact.Code = "dane-unusable-records"
	CodeNoSpare   fact.Code = "dane-no-spare"
	CodeUnsigned  fact.Code = "dane-not-signed-zone"
	CodeMXSigning fact.Code = "dane-mx-not-signed"
	CodeTooMany   fact.Code = "dane-too-many-records"
)

// Findings says what is worth saying about the host. Where the domain's MX
// answer is not signed, what would be critical is a warning: careful senders do
// not look then, and some look all the same.
func (r *Result) Findings() []fact.Finding {
	recs := r.Records
	var fs []fact.Finding
	add := func(c fact.Code, s fact.Severity, address, detail string) {
		fs = append(fs, fact.Finding{Check: Name, Code: c, Severity: s, Host: recs.Host, Address: address, Detail: detail})
	}
	grave := fact.Critical
	if !recs.MXAuthentic {
		grave = fact.Warning
	}
	switch recs.State {
	case Unsigned:
		add(CodeUnsigned, fact.Info, "", fmt.Sprintf("%d records below %s", recs.Total, recs.Base))
		return fs
	case LookupFailed:
		add(CodeLookup, grave, "", recs.Failure.Detail)
		return fs
	case Usable, Unusable:
	case HostUnsigned, Unpublished, Untold:
		return fs
	}
	if !recs.MXAuthentic {
		add(CodeMXSigning, fact.Info, "", "")
	}
	for _, a := range r.Addresses {
		if c, detail := recs.trouble(a); c != "" {
			add(c, grave, a.Address, detail)
		} else if a.Other != nil && !a.Other.OK && recs.State == Usable {
			add(CodeMismatch, fact.Warning, a.Address, "senders that take only the other kind of key (RSA, ECDSA) are shown a certificate that does not fit: "+a.Other.Detail)
		}
	}
	if s, detail := recs.unusable(); s != "" {
		add(CodeUnusable, s, "", detail)
	}
	if r.matches() && !r.Spare {
		add(CodeNoSpare, fact.Info, "", "every record fits the key in use")
	}
	if recs.Total > len(recs.TLSA) {
		add(CodeTooMany, fact.Warning, "", fmt.Sprintf("%d records; the first %d are looked at", recs.Total, len(recs.TLSA)))
	}
	return fs
}

// trouble is what keeps mail of senders who honour the records from an address.
func (r *Records) trouble(a Address) (fact.Code, string) {
	ground := a.Ground
	if ground == NotApplicable {
		_, ground = r.honoured(a.Offered, a.Established, a.Verification)
	}
	switch ground {
	case TLSNotOffered:
		return CodeNeedsTLS, "STARTTLS is not offered"
	case TLSFailed:
		return CodeNeedsTLS, "the TLS handshake failed"
	case DoesNotMatch, AuthorityFailed:
		return CodeMismatch, a.Verification.Detail
	}
	return "", ""
}

// unusable says how bad the records are that cannot be used: harmless beside
// others, and worth a warning where there are no others.
func (r *Records) unusable() (fact.Severity, string) {
	n := 0
	var first Record
	for _, t := range r.TLSA {
		if !t.usable() {
			if n++; n == 1 {
				first = t
			}
		}
	}
	if n == 0 {
		return "", ""
	}
	detail := fmt.Sprintf("%d of %d records, the first is %s: %s", n, len(r.TLSA), first.brief(), first.Fault)
	if r.State == Unusable {
		return fact.Warning, detail
	}
	return fact.Info, detail
}

// matches reports whether some address shows what the records bind.
func (r *Result) matches() bool {
	for _, a := range r.Addresses {
		if a.Verification.OK {
			return true
		}
	}
	return false
}
