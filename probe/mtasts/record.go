package mtasts

import (
	"fmt"
	"strings"

	"mx_exporter/probe/tagvalue"
	"mx_exporter/probe/txt"
)

// version begins each record; others are discarded (RFC 8461 section 3.1).
const version = "v=STSv1;"

// Record is the TXT record that announces a policy (RFC 8461 section 3.1).
type Record struct {
	ID         string  `json:"id"` // changes whenever the policy does; 1 to 32 letters and digits
	Extensions []Field `json:"extensions,omitempty"`
}

// Field is a name with its value, of which this package knows no meaning.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// String is the record in its plainest form. Reading it gives the same record.
func (r Record) String() string {
	var b strings.Builder
	b.WriteString(version + " id=" + r.ID + ";")
	for _, f := range r.Extensions {
		b.WriteString(" " + f.Name + "=" + f.Value + ";")
	}
	return b.String()
}

// ParseRecord reads a record. It gives no record where there is any mistake,
// since senders then act as if there were no policy. Fields may stand in any order,
// and one that nobody knows is ignored. Of a second id section 3.1 says nothing;
// senders do with it as section 3.2 has it of the policy, and go by the first.
func ParseRecord(s string) (*Record, []tagvalue.Problem) {
	if !strings.HasPrefix(s, version) {
		return nil, []tagvalue.Problem{{Kind: BadVersion, Column: 1, Tag: "v", Text: `it does not begin with exactly "v=STSv1;"`}}
	}
	list, problems := tagvalue.Parse(s)
	p := recordParser{}
	for _, x := range problems {
		// Names and repetitions are judged below: an extension may have a name
		// with "-" and ".", and any field may stand twice.
		if x.Kind != tagvalue.BadName && x.Kind != tagvalue.Duplicate {
			p.problems = append(p.problems, x)
		}
	}
	for _, t := range list[1:] {
		p.tag(t)
	}
	if p.r.ID == "" && len(p.problems) == 0 {
		p.add(NoID, p.near.Column, "id", "it has no id, "+p.instead())
	}
	if len(p.problems) > 0 {
		return nil, p.problems
	}
	return &p.r, nil
}

// The mistakes that a record can have beside those of every list.
const (
	BadVersion tagvalue.Kind = "bad_version"
	NoID       tagvalue.Kind = "no_id"
	BadID      tagvalue.Kind = "bad_id"
	BadField   tagvalue.Kind = "bad_field"
	Spaced     tagvalue.Kind = "spaced"
)

type recordParser struct {
	r        Record
	had      bool         // an id was there
	near     tagvalue.Tag // that may have been meant for the id
	problems []tagvalue.Problem
}

// instead says what stands in place of the id, or what one looks like.
func (p *recordParser) instead() string {
	if p.near.Name == "" {
		return `such as "id=20260101T000000"`
	}
	return fmt.Sprintf(`and "id" was probably meant by %s`, txt.Quote(p.near.Name))
}

func (p *recordParser) add(k tagvalue.Kind, column int, tag, text string) {
	p.problems = append(p.problems, tagvalue.Problem{Kind: k, Column: column, Tag: tag, Text: text})
}

func (p *recordParser) tag(t tagvalue.Tag) {
	switch {
	case t.Spaced:
		p.add(Spaced, t.Column, t.Name, `no blank may stand beside "="`)
	case t.Name == "id" && !p.had:
		p.had = true
		if !isID(t.Value) {
			p.add(BadID, t.ValueColumn, t.Name, fmt.Sprintf("the id %s is not 1 to 32 letters and digits", txt.Quote(t.Value)))
		}
		p.r.ID = t.Value
	case !isFieldName(t.Name):
		p.add(BadField, t.Column, t.Name, fmt.Sprintf("%s is not the name of a field", txt.Quote(t.Name)))
	case t.Value == "" || strings.ContainsFunc(t.Value, notExtension):
		p.add(BadField, t.ValueColumn, t.Name, fmt.Sprintf("the value of %s is empty or has a blank or \"=\" in it", txt.Quote(t.Name)))
	default:
		if _, near := tagvalue.Nearest(t.Name, "id"); near && p.near.Name == "" {
			p.near = t
		}
		p.r.Extensions = append(p.r.Extensions, Field{t.Name, t.Value})
	}
}

// notExtension reports a character that sts-ext-value does not have.
func notExtension(r rune) bool { return r <= ' ' || r > '~' || r == '=' || r == ';' }

// isID holds the rule of sts-id, isFieldName that of sts-ext-name (RFC 8461
// section 3.1); a policy's extensions have the same names.
func isID(s string) bool {
	return s != "" && len(s) <= 32 && !strings.ContainsFunc(s, func(r rune) bool { return !alphanumeric(r) })
}

func isFieldName(s string) bool {
	return s != "" && len(s) <= 32 && alphanumeric(rune(s[0])) &&
		!strings.ContainsFunc(s, func(r rune) bool { return !alphanumeric(r) && !strings.ContainsRune("_-.", r) })
}

func alphanumeric(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'
}
