package tlsrpt

import (
	"fmt"
	"slices"
	"strings"

	"mx_exporter/probe/tagvalue"
	"mx_exporter/probe/txt"
)

const version = "v=TLSRPTv1"

// The kinds of mistake beside those of [tagvalue].
const (
	BadVersion tagvalue.Kind = "bad_version" // it does not begin with "v=TLSRPTv1;"
	Spaced     tagvalue.Kind = "spaced"      // white space beside "=", which RFC 8460 does not allow
	NoRUA      tagvalue.Kind = "no_rua"      // it names no place for reports
	UnknownTag tagvalue.Kind = "unknown_tag" // allowed, and ignored by everybody
	Sized      tagvalue.Kind = "sized"       // "!" in an address: a size is known to DMARC alone
)

// Record is a TLS-RPT record, as far as it can be read.
type Record struct {
	Reports []tagvalue.URI // where reports go: mail addresses and https URLs
}

// String writes the record in its plainest form.
func (r *Record) String() string {
	uris := make([]string, len(r.Reports))
	for i, u := range r.Reports {
		uris[i] = u.Text
	}
	return version + "; rua=" + strings.Join(uris, ",")
}

// Is reports whether senders take a TXT record for one of TLS-RPT (RFC 8460
// section 3).
func Is(text string) bool { return strings.HasPrefix(text, version+";") }

// Parse reads a record and gives what can be read and every mistake.
func Parse(text string) (*Record, []tagvalue.Problem) {
	r := &Record{}
	if !Is(text) {
		return r, []tagvalue.Problem{{Kind: BadVersion, Column: 1, Text: `it does not begin with "` + version + `;"`}}
	}
	tags, problems := tagvalue.Parse(text)
	problems = slices.DeleteFunc(problems, func(p tagvalue.Problem) bool { return p.Kind == tagvalue.BadName && extension(p.Tag) })
	found := false
	for i, t := range tags[1:] {
		if t.Spaced {
			problems = append(problems, tagvalue.Problem{Kind: Spaced, Column: t.Column, Tag: t.Name, Text: `white space stands beside "="`})
		}
		if t.Name != "rua" {
			problems = append(problems, unknown(t))
			continue
		}
		if _, first := tags[1 : i+1].Find("rua"); first {
			continue // told as a duplicate
		}
		found = true
		uris, ps := tagvalue.URIs(t, "mailto", "https")
		problems = append(problems, ps...)
		for _, u := range uris {
			if strings.Contains(t.Value, "!") && u.Size != "" {
				problems = append(problems, tagvalue.Problem{Kind: Sized, Column: u.Column, Tag: t.Name, Text: `"!" has to be written as "%21" here`})
				continue
			}
			r.Reports = append(r.Reports, u)
		}
	}
	if !found {
		problems = append(problems, tagvalue.Problem{Kind: NoRUA, Text: `it has no "rua" and so names no place for reports`})
	}
	return r, problems
}

// extension reports a name that a field may have of which RFC 8460 knows nothing:
// tlsrpt-ext-name of section 3, which is wider than that of other lists.
func extension(name string) bool {
	return len(name) <= 32 && !strings.ContainsRune("_-.", rune(name[0])) &&
		strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789_-.") == ""
}

// unknown judges a tag that RFC 8460 does not define.
func unknown(t tagvalue.Tag) tagvalue.Problem {
	p := tagvalue.Problem{Kind: UnknownTag, Column: t.Column, Tag: t.Name, Text: txt.Quote(t.Name) + " is a tag that nobody knows"}
	if near, ok := tagvalue.Nearest(t.Name, "rua"); ok {
		p.Text += fmt.Sprintf("; %q was probably meant", near)
	}
	return p
}
