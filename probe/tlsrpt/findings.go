package tlsrpt

import (
	"fmt"
	"strings"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/txt"
)

// CheckName is the check that the findings of this package belong to.
const CheckName fact.Check = "tls_rpt"

// The codes of the findings.
const (
	CodeMissing      fact.Code = "tls-rpt-missing"
	CodeMultiple     fact.Code = "tls-rpt-multiple"
	CodeLookalike    fact.Code = "tls-rpt-lookalike"
	CodeSyntax       fact.Code = "tls-rpt-syntax"
	CodeNoAddress    fact.Code = "tls-rpt-no-address"
	CodeUnknownTag   fact.Code = "tls-rpt-unknown-tag"
	CodeLookupFailed fact.Code = "tls-rpt-lookup-failed"
)

// Findings says what is worth saying about the record. It is pure. None of it
// touches mail, so nothing is more than a warning.
func (r *Result) Findings() (fs []fact.Finding) {
	if r.Failure != nil {
		if r.Failure.Reason.Local() {
			return nil
		}
		return []fact.Finding{find(CodeLookupFailed, fact.Warning, r.Failure.Detail)}
	}
	if r.Status == fact.None {
		return []fact.Finding{find(CodeMissing, fact.Info, "_smtp._tls."+r.Domain+" has no record")}
	}
	if r.Records > 1 {
		fs = append(fs, find(CodeMultiple, fact.Warning, fmt.Sprintf("%d records", r.Records)))
	}
	for _, s := range r.Similar[:min(len(r.Similar), 1)] {
		fs = append(fs, find(CodeLookalike, fact.Warning, txt.Quote(s)+` does not begin with "v=TLSRPTv1;"`))
	}
	var wrong, unknown []string
	for _, p := range r.Problems {
		if p.Kind == UnknownTag {
			unknown = append(unknown, p.String())
		} else {
			wrong = append(wrong, p.String())
		}
	}
	if r.Records == 1 && len(r.Reports) == 0 {
		fs = append(fs, find(CodeNoAddress, fact.Warning, strings.Join(wrong, "; ")))
	} else if len(wrong) > 0 {
		fs = append(fs, find(CodeSyntax, fact.Warning, strings.Join(wrong, "; ")))
	}
	if len(unknown) > 0 {
		fs = append(fs, find(CodeUnknownTag, fact.Info, strings.Join(unknown, "; ")))
	}
	return fs
}

func find(c fact.Code, s fact.Severity, detail string) fact.Finding {
	return fact.Finding{Check: CheckName, Code: c, Severity: s, Detail: detail}
}

// Docs explains every code of this package.
func Docs() []fact.Doc {
	const silent = "Mail flows. Senders that cannot reach the domain over TLS do not tell you."
	return []fact.Doc{
		doc(CodeMissing, "The domain has no TLS-RPT record (RFC 8460).", silent,
			`Publish a TXT record at _smtp._tls: "v=TLSRPTv1; rua=mailto:reports@example.org".`),
		doc(CodeMultiple, "There is more than one TLS-RPT record at _smtp._tls, and senders ignore them all (RFC 8460 section 3).", silent,
			"Join them into one record, with the addresses behind one rua and commas between them."),
		doc(CodeLookalike, "A TXT record at _smtp._tls looks like one of TLS-RPT and does not begin as one must (\"v=TLSRPTv1;\").", silent,
			"Correct its beginning, letter by letter: capital letters count."),
		doc(CodeSyntax, "The TLS-RPT record has a mistake.",
			"Mail flows. Some senders drop the record, or the address with the mistake, and send no report there.",
			"Correct it, or remove the address."),
		doc(CodeNoAddress, "The TLS-RPT record names no place that reports can be sent to.", silent,
			`Add one: "rua=mailto:reports@example.org", or an https URL.`),
		doc(CodeUnknownTag, "The TLS-RPT record has a part that nobody has defined (an unknown tag, RFC 8460).",
			"Nothing: senders ignore it.", "Look for a typing error, or remove it."),
		doc(CodeLookupFailed, "The TLS-RPT record could not be looked up.", silent,
			"Check the name servers of _smtp._tls: some fail on names that begin with an underscore."),
	}
}

func doc(c fact.Code, meaning, effect, mend string) fact.Doc {
	return fact.Doc{Check: CheckName, Code: c, Meaning: meaning, Effect: effect, Mend: mend}
}
