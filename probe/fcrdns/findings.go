package fcrdns

import (
	"fmt"
	"slices"
	"strings"

	"mx_exporter/probe/fact"
)

// CheckName is the name of this check in findings.
const CheckName fact.Check = "fcrdns"

// The codes of findings.
const (
	CodeMissing       fact.Code = "ptr-missing"
	CodeNotConfirmed  fact.Code = "ptr-not-confirmed"
	CodeGeneric       fact.Code = "ptr-generic"
	CodeBannerDiffers fact.Code = "banner-differs-from-ptr"
)

// Seen is what a server at the address calls itself.
type Seen struct {
	Host   string // label of the host that has the address, for the findings; the MX host's name
	Banner string // name in the greeting (RFC 5321 section 4.2); empty: none
	EHLO   string // name in the reply to EHLO (RFC 5321 section 4.1.1.1); empty: none
}

// Findings says what is worth knowing about the names. It is pure.
func (r *Result) Findings(s Seen) []fact.Finding {
	switch r.Status {
	case fact.None:
		return []fact.Finding{r.finding(CodeMissing, s, "no PTR record")}
	case fact.Fail:
		return []fact.Finding{r.finding(CodeNotConfirmed, s, r.unconfirmed())}
	case fact.Pass:
	default:
		return nil
	}
	var fs []fact.Finding
	if r.Generic {
		fs = append(fs, r.finding(CodeGeneric, s, "named "+r.list()))
	}
	if name := s.called(); name != "" && !r.Has(name) {
		fs = append(fs, r.finding(CodeBannerDiffers, s, r.differs(name, s)))
	}
	return fs
}

// Has reports whether a name is one of the address's own.
func (r *Result) Has(name string) bool {
	name = plain(name)
	return slices.ContainsFunc(r.Names, func(n Name) bool { return n.Name == name })
}

// called is the name that the server gives itself: in its greeting, else in its
// reply to EHLO. What is not a name with a dot, such as an address literal, is
// none.
func (s Seen) called() string {
	for _, name := range []string{s.Banner, s.EHLO} {
		if name = plain(name); strings.Contains(name, ".") && hostLike(name) {
			return name
		}
	}
	return ""
}

func plain(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }

func hostLike(name string) bool {
	return len(name) <= 253 && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-_.") == "" && strings.Trim(name, "0123456789.") != ""
}

func (r *Result) differs(name string, s Seen) string {
	d := fmt.Sprintf("calls itself %s, is named %s", name, r.list())
	if plain(s.Host) == name {
		d += "; the MX record agrees with the former"
	}
	return d
}

// shown is how many names a detail holds.
const shown = 3

func (r *Result) unconfirmed() string {
	return "named " + r.each(func(n Name) string {
		if n.Failure != nil {
			return n.Name + " (" + string(n.Failure.Reason) + ")"
		}
		return n.Name + " (has other addresses)"
	})
}

func (r *Result) list() string { return r.each(func(n Name) string { return n.Name }) }

func (r *Result) each(text func(Name) string) string {
	var all []string
	for _, n := range r.Names[:min(len(r.Names), shown)] {
		all = append(all, text(n))
	}
	s := strings.Join(all, ", ")
	if more := r.Total - len(all); more > 0 {
		s += fmt.Sprintf(" and %d more", more)
	}
	return s
}

func (r *Result) finding(c fact.Code, s Seen, detail string) fact.Finding {
	return fact.Finding{Check: CheckName, Code: c, Severity: fact.Info, Host: s.Host, Address: r.Address.String(), Detail: detail}
}

// Docs gives the catalogue rows of this check's findings.
func Docs() []fact.Doc {
	return []fact.Doc{
		doc(CodeMissing, "An address of a mail server has no name (PTR record).",
			"Nothing happens to mail to the domain. If the address also sends, many receivers refuse its mail.",
			"Have whoever gave out the address, usually the provider, publish a PTR record with the server's name."),
		doc(CodeNotConfirmed, "The name of an address (PTR record) does not have that address.",
			"Nothing happens to mail to the domain. If the address also sends, many receivers refuse its mail or trust it less.",
			"Give the name an A or AAAA record with the address, or have the PTR record name the server's right name."),
		doc(CodeGeneric, "The name of an address looks like those that a provider makes for all of its addresses.",
			"Nothing happens to mail to the domain. If the address also sends, receivers take it for a home connection and trust it less.",
			"Have the provider publish a PTR record with a name of your own, such as mail.example.org."),
		doc(CodeBannerDiffers, "The server calls itself by another name than its address has.",
			"Nothing happens to mail to the domain. If the server also sends under that name, some filters count it against it.",
			"Set the server's own name (in Postfix: myhostname) to the name in the PTR record, or the other way round. For a large cluster this is normal."),
	}
}

func doc(code fact.Code, meaning, effect, mend string) fact.Doc {
	return fact.Doc{Check: CheckName, Code: code, Meaning: meaning, Effect: effect, Mend: mend}
}
