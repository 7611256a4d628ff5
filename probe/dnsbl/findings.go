package dnsbl

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"mx_exporter/probe/fact"
)

// CheckName is the name of this check in findings.
const CheckName fact.Check = "dnsbl"

// The codes of findings.
const (
	CodeListed       fact.Code = "dnsbl-listed"
	CodeDomainListed fact.Code = "dnsbl-domain-listed"
	CodeListBroken   fact.Code = "dnsbl-list-broken"
	CodeUnknown      fact.Code = "dnsbl-unknown"
	CodeOmitted      fact.Code = "dnsbl-senders-not-asked"
)

// Findings says what is worth knowing: one finding for each listed subject, with
// all the lists that have it, one for all lists that fail their self-test, one for
// all that could not be asked, and one for senders that nobody was asked about. It
// is pure.
//
// A listed sender is a warning: its mail is refused. A listed address that only
// receives is not: mail to the domain comes in as before.
func (r *Result) Findings() []fact.Finding {
	fs := r.listings()
	if f, ok := r.broken(); ok {
		fs = append(fs, f)
	}
	if f, ok := r.unknown(); ok {
		fs = append(fs, f)
	}
	if r.Omitted != nil {
		fs = append(fs, fact.Finding{Check: CheckName, Code: CodeOmitted, Severity: fact.Info, Detail: r.Omitted.String()})
	}
	return fs
}

// String says what was left out.
func (o *Omitted) String() string {
	if o.Addresses == 0 {
		return o.Why
	}
	s := fmt.Sprintf("%d addresses of the SPF record are beyond the limit", o.Addresses)
	if o.Why != "" {
		s += "; " + o.Why
	}
	return s
}

func (r *Result) listings() []fact.Finding {
	var fs []fact.Finding
	said := map[fact.Finding][]string{} // by finding without detail
	for _, a := range r.Answers {
		if a.Verdict != Listed {
			continue
		}
		f := finding(a.Subject)
		if said[f] == nil {
			fs = append(fs, f)
		}
		said[f] = append(said[f], a.listing())
	}
	for i, f := range fs {
		lists := slices.Compact(said[f])
		if f.Code == CodeDomainListed {
			fs[i].Detail = "listed: " + strings.Join(lists, "; ")
			continue
		}
		fs[i].Detail = f.Address + " is on " + strings.Join(lists, ", ")
	}
	return fs
}

// finding is that of a listed subject, without detail.
func finding(s Subject) fact.Finding {
	if s.Domain != "" {
		return fact.Finding{Check: CheckName, Code: CodeDomainListed, Severity: fact.Warning, Host: s.Host}
	}
	f := fact.Finding{Check: CheckName, Code: CodeListed, Severity: fact.Info, Host: s.Host, Address: s.key()}
	if s.Role == Sender {
		f.Severity = fact.Warning
	}
	return f
}

// listing names the list and what it says; of a domain, the domain too.
func (a Answer) listing() string {
	var meanings []string
	for _, h := range a.Hits {
		if h.Code != Other {
			meanings = append(meanings, h.Meaning)
		}
	}
	for _, code := range a.Unnamed {
		meanings = append(meanings, "code "+code)
	}
	s := a.List + " (" + strings.Join(meanings, ", ") + ")"
	if a.Subject.Domain != "" {
		s = a.Subject.key() + " on " + s
	}
	return s
}

func (r *Result) broken() (fact.Finding, bool) {
	var lists []string
	for _, h := range r.Lists {
		if h.State == Broken {
			lists = append(lists, fmt.Sprintf("%s (%s: %s)", h.List, h.Family, h.Fault))
		}
	}
	return fact.Finding{Check: CheckName, Code: CodeListBroken, Severity: fact.Info, Detail: strings.Join(lists, ", ")}, len(lists) > 0
}

// unknown tells of the lists without an answer whose self-test does not tell it.
func (r *Result) unknown() (fact.Finding, bool) {
	type cause struct {
		list   string
		reason Reason
	}
	var causes []cause
	for _, a := range r.Answers {
		if a.Verdict == Unknown && !r.isBroken(a) {
			causes = append(causes, cause{a.List, a.Reason})
		}
	}
	slices.SortFunc(causes, func(a, b cause) int { return cmp.Or(cmp.Compare(a.list, b.list), cmp.Compare(a.reason, b.reason)) })
	var lists []string
	for _, c := range slices.Compact(causes) {
		lists = append(lists, c.list+" ("+string(c.reason)+")")
	}
	return fact.Finding{Check: CheckName, Code: CodeUnknown, Severity: fact.Info, Detail: strings.Join(lists, ", ")}, len(lists) > 0
}

func (r *Result) isBroken(a Answer) bool {
	return slices.ContainsFunc(r.Lists, func(h Health) bool {
		return h.List == a.List && h.Family == a.Subject.family() && h.State == Broken
	})
}

// Docs gives the catalogue rows of this check's findings.
func Docs() []fact.Doc {
	return []fact.Doc{
		doc(
			CodeListed, "An address is on a block list.",
			"Servers that use the list refuse mail from that address, or put it in junk. Mail to the domain is not affected.",
			"Find out what the list has seen (a mailbox with a stolen password, an open relay, an infected machine behind the same address), end it, and then ask the list for removal; the report names the page. If the address sends no mail, ignore it. Senders are worth watching: name them in dnsbl.senders.",
		),
		doc(
			CodeDomainListed, "The domain, or the name of one of its mail servers, is on a block list.",
			"Servers that use the list refuse mail that comes from the domain or links to it, whatever address sends it.",
			"Look for pages or accounts of the domain that others use (a broken web site, an open redirect, a newsletter that nobody asked for), mend that, and then ask the list for removal; the report names the page.",
		),
		doc(
			CodeListBroken, "A block list fails its self-test: it lists what it must not, lacks its test entries, or refuses our resolver.",
			"Nothing happens to mail. What the list says is not used.",
			"Where it refuses: set dnsbl.servers to a resolver of your own, since lists refuse public ones, or register or get a key as the list's terms say. Where it lists everything or nothing: it is dead; remove it from the configuration.",
		),
		doc(
			CodeUnknown, "A block list gave no usable answer this time.",
			"Nothing happens to mail. Whether the address is listed is not known.",
			"Nothing, if it passes. Where it stays, look at the reason: timeout and servfail mean that the list or the resolver is down, refused and quota that it does not want us, budget that more is asked than the list's pace allows.",
		),
		doc(
			CodeOmitted, "Not every address that sends the domain's mail was asked about.",
			"Nothing happens to mail. Whether the addresses that were left out are on a list is not known: their series are absent, which is not the same as not listed.",
			"Where the SPF record could not be read, mend that, or add spf to the module's checks. Where it names more addresses than are asked about, which is 40, write down those that matter in dnsbl.senders.",
		),
	}
}

func doc(code fact.Code, meaning, effect, mend string) fact.Doc {
	return fact.Doc{Check: CheckName, Code: code, Meaning: meaning, Effect: effect, Mend: mend}
}
