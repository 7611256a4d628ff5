package dmarc

import (
	"strings"

	"mx_exporter/probe/tagvalue"
)

// Policy is what receivers shall do with mail that fails.
type Policy string

// The policies (RFC 9989 section 4.7).
const (
	None       Policy = "none"       // nothing; only reports are asked for
	Quarantine Policy = "quarantine" // treat it as suspicious
	Reject     Policy = "reject"     // refuse it
)

// Policies lists every Policy, mildest first.
func Policies() []Policy { return []Policy{None, Quarantine, Reject} }

// The kinds of mistake beside those of [tagvalue].
const (
	BadVersion  tagvalue.Kind = "bad_version"  // it does not begin with "v=DMARC1"
	BadPolicy   tagvalue.Kind = "bad_policy"   // p, sp or np with another value than a policy: the record counts as p=none at best
	NoPolicy    tagvalue.Kind = "no_policy"    // there is no p, which stands for p=none if there is an address for reports
	BadValue    tagvalue.Kind = "bad_value"    // another tag with a value that it cannot have; its default counts
	MistakenTag tagvalue.Kind = "mistaken_tag" // unknown, and close to a known one
	UnknownTag  tagvalue.Kind = "unknown_tag"  // ignored by everybody
	RemovedTag  tagvalue.Kind = "removed_tag"  // pct, rf, ri: of RFC 7489, ignored since RFC 9989
	OldSize     tagvalue.Kind = "old_size"     // "!10m" behind an address: likewise
	LatePolicy  tagvalue.Kind = "late_policy"  // p does not follow v, as RFC 7489 wants
	Unescaped   tagvalue.Kind = "unescaped"    // a backslash that a zone editor left behind
)

// harmless reports a problem that changes nothing for receivers of RFC 9989.
func harmless(k tagvalue.Kind) bool {
	switch k {
	case UnknownTag, RemovedTag, OldSize, LatePolicy, NoPolicy, tagvalue.EmptyPart:
		return true
	}
	return false
}

// Record is a DMARC record, as far as it can be read. One with a tag that stands
// twice is empty: RFC 9989 section 4.7 takes its syntax from RFC 6376, where that
// makes the whole list invalid.
type Record struct {
	Policy      Policy // p; "" where there is none, or none that can be read
	Subdomains  Policy // sp; "" without one
	NonExistent Policy // np; "" without one
	PSD         string // psd: "y", "n" or "u"
	Testing     bool   // t=y
	StrictDKIM  bool   // adkim=s
	StrictSPF   bool   // aspf=s
	Failures    string // fo, "0" without one
	Aggregate   []tagvalue.URI
	Failure     []tagvalue.URI

	damaged bool // p, sp or np cannot be read
	void    bool // a tag stands twice, and so nothing in the record counts (RFC 6376 section 3.2)
}

// Applied gives the policy that receivers take from the record, and false where
// they act as if there were none: without a p that can be read, or with an sp or
// np that cannot, p=none counts if there is an address for reports, and else
// nothing (RFC 9989 section 4.10.1).
func (r *Record) Applied() (p, sub, np Policy, ok bool) {
	if r.Policy == "" || r.damaged {
		return None, None, None, len(r.Aggregate) > 0
	}
	p, sub, np = r.Policy, r.Subdomains, r.NonExistent
	if sub == "" {
		sub = p
	}
	if np == "" {
		np = sub
	}
	return p, sub, np, true
}

// String writes the record in its plainest form. Reading that gives the same
// record.
func (r *Record) String() string {
	list := tagvalue.List{{Name: "v", Value: "DMARC1"}}
	add := func(name, value, usual string) {
		if value != "" && value != usual {
			list = append(list, tagvalue.Tag{Name: name, Value: value})
		}
	}
	add("p", string(r.Policy), "")
	add("sp", string(r.Subdomains), "")
	add("np", string(r.NonExistent), "")
	add("psd", r.PSD, "u")
	add("t", letter(r.Testing, "y"), "")
	add("adkim", letter(r.StrictDKIM, "s"), "")
	add("aspf", letter(r.StrictSPF, "s"), "")
	add("fo", r.Failures, "0")
	add("rua", uris(r.Aggregate), "")
	add("ruf", uris(r.Failure), "")
	return list.String()
}

func letter(set bool, s string) string {
	if set {
		return s
	}
	return ""
}

func uris(list []tagvalue.URI) string {
	parts := make([]string, len(list))
	for i, u := range list {
		parts[i] = u.Text
		if u.Size != "" {
			parts[i] += "!" + u.Size
		}
	}
	return strings.Join(parts, ",")
}
