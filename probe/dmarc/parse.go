package dmarc

import (
	"fmt"
	"slices"
	"strings"

	"mx_exporter/probe/tagvalue"
	"mx_exporter/probe/txt"
)

var (
	known   = []string{"v", "p", "sp", "np", "psd", "t", "adkim", "aspf", "fo", "rua", "ruf"}
	removed = []string{"pct", "rf", "ri"}
)

// Is reports whether receivers take a TXT record for one of DMARC: its first tag
// is v with the value DMARC1 in capital letters (RFC 9989 section 4.8).
func Is(text string) bool {
	first, _, _ := strings.Cut(text, ";")
	name, value, ok := strings.Cut(first, "=")
	return ok && strings.TrimRight(name, " \t") == "v" && strings.Trim(value, " \t") == "DMARC1"
}

// Parse reads a record and gives what can be read and every mistake.
func Parse(text string) (*Record, []tagvalue.Problem) {
	p := parser{r: &Record{PSD: "u", Failures: "0"}}
	if !Is(text) {
		p.problem(BadVersion, 1, "v", "it does not begin with \"v=DMARC1;\"")
		return p.r, p.problems
	}
	tags, problems := tagvalue.Parse(text)
	p.tags, p.problems = tags, problems
	p.r.void = slices.ContainsFunc(problems, func(q tagvalue.Problem) bool { return q.Kind == tagvalue.Duplicate })
	if i := strings.IndexByte(text, '\\'); i >= 0 {
		p.problem(Unescaped, i+1, "", "a backslash stands here; in most zone editors \";\" is written without one")
	}
	seen := map[string]bool{"v": true}
	for i, t := range tags[1:] {
		if seen[t.Name] {
			continue // told as a duplicate
		}
		seen[t.Name] = true
		p.tag(t)
		if t.Name == "p" && i > 0 {
			p.problem(LatePolicy, t.Column, "p", "\"p\" does not follow \"v=DMARC1\", and receivers of RFC 7489 may drop the record")
		}
	}
	if !seen["p"] {
		p.problem(NoPolicy, 0, "p", "it has no \"p\"; receivers take that for p=none, and those of RFC 7489 drop the record")
	}
	if p.r.void {
		return &Record{PSD: "u", Failures: "0", void: true}, p.problems
	}
	return p.r, p.problems
}

type parser struct {
	r        *Record
	tags     tagvalue.List
	problems []tagvalue.Problem
}

func (p *parser) problem(k tagvalue.Kind, column int, tag, format string, args ...any) {
	p.problems = append(p.problems, tagvalue.Problem{Kind: k, Column: column, Tag: tag, Text: fmt.Sprintf(format, args...)})
}

// tag reads one tag.
func (p *parser) tag(t tagvalue.Tag) {
	r := p.r
	switch t.Name {
	case "p":
		p.policy(t, &r.Policy)
	case "sp":
		p.policy(t, &r.Subdomains)
	case "np":
		p.policy(t, &r.NonExistent)
	case "psd":
		if v := p.choice(t, "u", "y", "n"); v != "" {
			r.PSD = v
		}
	case "t":
		r.Testing = p.choice(t, "n", "y") == "y"
	case "adkim":
		r.StrictDKIM = p.choice(t, "r", "s") == "s"
	case "aspf":
		r.StrictSPF = p.choice(t, "r", "s") == "s"
	case "fo":
		p.failures(t)
	case "rua":
		r.Aggregate = p.places(t)
	case "ruf":
		r.Failure = p.places(t)
	default:
		p.unknown(t)
	}
}

// policy reads the value of p, sp and np.
func (p *parser) policy(t tagvalue.Tag, to *Policy) {
	v := Policy(strings.ToLower(t.Value))
	if slices.Contains(Policies(), v) {
		*to = v
		return
	}
	p.r.damaged = true
	p.problem(BadPolicy, t.ValueColumn, t.Name, "%s is no policy; want none, quarantine or reject%s", txt.Quote(t.Value), hint(t.Value))
}

// choice reads a value that is one of a few words; "" stands for any other.
func (p *parser) choice(t tagvalue.Tag, words ...string) string {
	v := strings.ToLower(t.Value)
	if slices.Contains(words, v) {
		return v
	}
	p.problem(BadValue, t.ValueColumn, t.Name, "%s is nothing that %s can be; want %s%s", txt.Quote(t.Value), t.Name, strings.Join(words, " or "), hint(t.Value))
	return ""
}

// failures reads fo: a list in which 0 and 1 exclude each other and nothing
// stands twice (RFC 9989 sections 4.7 and 4.8). RFC 7489 allowed any list, which
// is still seen and understood.
func (p *parser) failures(t tagvalue.Tag) {
	var kept []string
	for w := range strings.SplitSeq(t.Value, ":") {
		w = strings.ToLower(strings.Trim(w, " \t"))
		if len(w) != 1 || !strings.Contains("01ds", w) {
			p.problem(BadValue, t.ValueColumn, "fo", "%s is nothing that fo can be; want 0, 1, d, s, or a list with colons%s", txt.Quote(t.Value), hint(t.Value))
			return
		}
		if !slices.Contains(kept, w) {
			kept = append(kept, w)
		}
	}
	p.r.Failures = strings.Join(kept, ":")
}

// places reads rua and ruf.
func (p *parser) places(t tagvalue.Tag) []tagvalue.URI {
	list, problems := tagvalue.URIs(t, "mailto", "https", "http")
	p.problems = append(p.problems, problems...)
	for _, u := range list {
		if u.Size != "" {
			p.problem(OldSize, u.Column, t.Name, "the size %s has been ignored since RFC 9989", txt.Quote("!"+u.Size))
		}
	}
	return list
}

// unknown judges a tag that RFC 9989 does not define. Receivers ignore it, which
// is a trap where it is a typing error: where the tag that it resembles is not there,
// and the value is one of that tag's.
func (p *parser) unknown(t tagvalue.Tag) {
	if slices.Contains(removed, t.Name) {
		p.problem(RemovedTag, t.Column, t.Name, "%s has been ignored since RFC 9989%s", t.Name, old(t))
		return
	}
	meant := map[string]string{
		"policy": "p", "pol": "p", "subdomain": "sp", "ruas": "rua", "raf": "ruf", "test": "t", "dkim": "adkim", "spf": "aspf",
	}[strings.ToLower(t.Name)]
	if near, ok := tagvalue.Nearest(t.Name, known...); meant == "" && ok {
		meant = near
	}
	if _, there := p.tags.Find(meant); there || !takes(meant, t.Value) {
		p.problem(UnknownTag, t.Column, t.Name, "%s is a tag that nobody knows", txt.Quote(t.Name))
		return
	}
	p.problem(MistakenTag, t.Column, t.Name, "%s is ignored by everybody; %q was probably meant", txt.Quote(t.Name), meant)
}

// takes reports whether a tag can have a value; "" is no tag.
func takes(tag, value string) bool {
	value = strings.ToLower(value)
	switch tag {
	case "p", "sp", "np":
		return slices.Contains(Policies(), Policy(value))
	case "psd":
		return slices.Contains([]string{"u", "y", "n"}, value)
	case "t":
		return slices.Contains([]string{"y", "n"}, value)
	case "adkim", "aspf":
		return slices.Contains([]string{"r", "s"}, value)
	case "fo":
		return value != "" && strings.Trim(value, "01ds: \t") == ""
	case "rua", "ruf":
		return strings.HasPrefix(value, "mailto:") || strings.HasPrefix(value, "http")
	}
	return false
}

// old says what receivers of RFC 7489 make of a removed tag.
func old(t tagvalue.Tag) string {
	if t.Name == "pct" && t.Value != "100" {
		return "; older receivers still apply the policy to part of the mail only"
	}
	return ""
}

// hint guesses at the typing error in a value.
func hint(v string) string {
	switch {
	case strings.HasSuffix(v, ","), strings.HasSuffix(v, ":"), strings.HasSuffix(v, "."):
		return `; the last character was probably to be ";", or nothing`
	case strings.Contains(v, "="):
		return `; a ";" is probably missing`
	case strings.HasPrefix(v, "mailto:"):
		return `; this is an address`
	}
	if near, ok := tagvalue.Nearest(v, string(None), string(Quarantine), string(Reject)); ok {
		return fmt.Sprintf("; %q was probably meant", near)
	}
	return ""
}
