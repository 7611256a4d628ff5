package dkim

import (
	"fmt"
	"strings"

	"mx_exporter/probe/fact"
)

// CheckName is the check that the findings of this package belong to.
const CheckName fact.Check = "dkim"

// The codes of the findings.
const (
	CodeMissing      fact.Code = "dkim-missing"
	CodeMultiple     fact.Code = "dkim-multiple"
	CodeRevoked      fact.Code = "dkim-revoked"
	CodeSyntax       fact.Code = "dkim-syntax"
	CodeKeyTooShort  fact.Code = "dkim-key-too-short"
	CodeKeyShort     fact.Code = "dkim-key-short"
	CodeKeyLong      fact.Code = "dkim-key-long"
	CodeTesting      fact.Code = "dkim-testing"
	CodeStyle        fact.Code = "dkim-style"
	CodeLookupFailed fact.Code = "dkim-lookup-failed"
)

// Findings says what is worth saying about one key. It is pure.
func (r *Result) Findings() []fact.Finding { return Findings([]*Result{r}) }

// Findings says what is worth saying about the keys of a domain: each code once,
// with the selectors that it is about in its detail. It is pure.
//
// A selector is checked because the operator says that mail is signed with it,
// so a key that is missing or of no use is more than information. It is not
// critical by itself: SPF may carry the mail.
func Findings(rs []*Result) []fact.Finding {
	var all []fact.Finding
	at := map[fact.Code]int{}
	for _, r := range rs {
		for _, f := range r.own() {
			f.Detail = r.Selector + ": " + f.Detail
			i, seen := at[f.Code]
			if !seen {
				at[f.Code] = len(all)
				all = append(all, f)
				continue
			}
			all[i].Detail += "; " + f.Detail
		}
	}
	return all
}

// own judges one key.
func (r *Result) own() []fact.Finding {
	switch {
	case r.Failure != nil && r.Failure.Reason.Local():
		return nil
	case r.Failure != nil:
		return []fact.Finding{find(CodeLookupFailed, fact.Warning, r.Failure.Detail)}
	case r.Status == fact.None:
		return []fact.Finding{find(CodeMissing, fact.Warning, r.Selector+"._domainkey."+r.Domain+" has no key")}
	case r.Records > 1:
		return []fact.Finding{find(CodeMultiple, fact.Warning, fmt.Sprintf("%d keys at one name", r.Records))}
	case r.Revoked:
		return []fact.Finding{find(CodeRevoked, fact.Warning, "its \"p\" is empty")}
	}
	return append(r.syntax(), r.strength()...)
}

// syntax judges the mistakes.
func (r *Result) syntax() (fs []fact.Finding) {
	var wrong, odd []string
	for _, p := range r.Problems {
		if fatal(p.Kind) {
			wrong = append(wrong, p.String())
		} else {
			odd = append(odd, p.String())
		}
	}
	if len(wrong) > 0 {
		fs = append(fs, find(CodeSyntax, fact.Warning, strings.Join(wrong, "; ")))
	}
	if len(odd) > 0 {
		fs = append(fs, find(CodeStyle, fact.Info, strings.Join(odd, "; ")))
	}
	return fs
}

// strength judges the key.
func (r *Result) strength() (fs []fact.Finding) {
	bits := fmt.Sprintf("%d bits", r.Bits)
	switch {
	case r.weak():
		fs = append(fs, find(CodeKeyTooShort, fact.Warning, bits))
	case r.Type == RSA && r.Bits > 0 && r.Bits < goodBits:
		fs = append(fs, find(CodeKeyShort, fact.Warning, bits))
	case r.Type == RSA && r.Bits > maxBits:
		fs = append(fs, find(CodeKeyLong, fact.Warning, bits))
	}
	if r.Testing {
		fs = append(fs, find(CodeTesting, fact.Info, "it has t=y"))
	}
	return fs
}

func find(c fact.Code, s fact.Severity, detail string) fact.Finding {
	return fact.Finding{Check: CheckName, Code: c, Severity: s, Detail: detail}
}

// Docs explains every code of this package.
func Docs() []fact.Doc {
	const fails = "Signatures made with this selector fail. Mail that SPF does not carry fails DMARC."
	return []fact.Doc{
		doc(CodeMissing, "A selector that mail is signed with has no DKIM key in DNS.", fails,
			"Publish the key at SELECTOR._domainkey, or take the selector out of the module if nothing signs with it."),
		doc(CodeMultiple, "A DKIM selector has more than one key record.",
			"Each receiver picks one, and signatures fail with some receivers and not with others (RFC 6376 section 3.6.2.2).",
			"Remove all but one; for a change of keys use a second selector."),
		doc(CodeRevoked, "The DKIM key is revoked: its p tag is empty (RFC 6376 section 3.6.1).", fails,
			"Sign with another selector, or take this one out of the module."),
		doc(CodeSyntax, "The DKIM key record has a mistake.", fails,
			"Publish the record again as your mail software prints it. A key that ends early was most likely cut at 255 octets: split it into several strings of one record."),
		doc(CodeKeyTooShort, "The DKIM key is an RSA key shorter than 1,024 bits, and verifiers must not take it (RFC 8301 section 3.2).", fails,
			"Make a key of 2,048 bits, publish it under a new selector, and sign with that."),
		doc(CodeKeyShort, "The DKIM key is an RSA key shorter than 2,048 bits (RFC 8301 section 3.2).",
			"Signatures verify. Some receivers trust such mail less, and the key may be broken by somebody with means.",
			"Make a key of 2,048 bits, publish it under a new selector, and sign with that."),
		doc(CodeKeyLong, "The DKIM key is an RSA key longer than 4,096 bits.",
			"Verifiers need not know such keys (RFC 8301 section 3.2), and signatures fail with those that do not.",
			"Make a key of 2,048 bits."),
		doc(CodeTesting, "The DKIM key is in test mode (t=y).",
			"Receivers may treat the mail as if it were not signed (RFC 6376 section 3.6.1).",
			"Remove t=y when the tests are over."),
		doc(CodeStyle, "The DKIM key record has parts that verifiers ignore.",
			"Nothing.", "Look for a typing error, or remove them."),
		doc(CodeLookupFailed, "The DKIM key could not be looked up.",
			"Receivers that see the same cannot verify signatures; some ask for the mail to be sent again later.",
			"Check the name servers of the domain, and those of the alias if there is one."),
	}
}

func doc(c fact.Code, meaning, effect, mend string) fact.Doc {
	return fact.Doc{Check: CheckName, Code: c, Meaning: meaning, Effect: effect, Mend: mend}
}
