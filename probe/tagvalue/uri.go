package tagvalue

import (
	"fmt"
	"net/url"
	"strings"

	"mx_exporter/probe/txt"
)

// The kinds of mistake in a list of places for reports.
const (
	NoURI     Kind = "no_uri"     // nothing stands between two commas, or in the whole list
	NoScheme  Kind = "no_scheme"  // no "mailto:" or other scheme in front
	BadScheme Kind = "bad_scheme" // a scheme that nobody delivers reports to
	BadURI    Kind = "bad_uri"    // not an address or a URL
	BadSize   Kind = "bad_size"   // what follows "!" is no size
)

// maxURIs is how many places of one list are looked at.
const maxURIs = 16

// URI is one place that reports are to be sent to: the value of rua and ruf in
// DMARC and TLS-RPT (RFC 7489 section 6.4, RFC 9989 section 4.7, RFC 8460
// section 3).
type URI struct {
	Text   string `json:"uri"`              // as written, without the size; foreign text
	Scheme string `json:"scheme"`           // in lower case
	Domain string `json:"domain"`           // of the mail address, or the host; in lower case, without the final dot
	Size   string `json:"size,omitempty"`   // the largest report wanted, after "!"; RFC 9989 has it ignored
	Column int    `json:"column,omitempty"` // of its first octet in the record, counted from 1
}

// URIs reads the list that is the value of a tag: at most 16 places, those that
// can be used, and every mistake. Allowed is the schemes that are wanted.
func URIs(t Tag, allowed ...string) ([]URI, []Problem) {
	var uris []URI
	var problems []Problem
	at := t.ValueColumn
	parts := strings.Split(t.Value, ",")
	for i, part := range parts {
		if i == maxURIs {
			problems = append(problems, Problem{
				Kind: TooMany, Column: at, Tag: t.Name,
				Text: fmt.Sprintf("%s has more than %d addresses; the rest is not read", t.Name, maxURIs),
			})
			break
		}
		u, p := uri(strings.Trim(part, space), allowed)
		col := at + len(part) - len(strings.TrimLeft(part, space))
		at += len(part) + 1
		if p.Kind != "" {
			p.Column, p.Tag = col, t.Name
			problems = append(problems, p)
		}
		if u.Domain != "" {
			u.Column = col
			uris = append(uris, u)
		}
	}
	return uris, problems
}

// uri reads one place. It gives one without a domain where it is of no use.
func uri(s string, allowed []string) (URI, Problem) {
	if s == "" {
		return URI{}, Problem{Kind: NoURI, Text: "no address stands here"}
	}
	if strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) >= 0 {
		return URI{}, Problem{Kind: BadURI, Text: fmt.Sprintf("%s has an octet that an address cannot have; commas stand between addresses", txt.Quote(s))}
	}
	body, size, sized := strings.Cut(s, "!")
	u := URI{Text: body, Size: size}
	scheme, rest, ok := strings.Cut(body, ":")
	u.Scheme = strings.ToLower(scheme)
	switch {
	case !ok && strings.Contains(body, "@"):
		return URI{}, Problem{Kind: NoScheme, Text: fmt.Sprintf(`%s lacks "mailto:" in front`, txt.Quote(body))}
	case !ok:
		return URI{}, Problem{Kind: NoScheme, Text: fmt.Sprintf(`%s is no address; one is written as "mailto:reports@example.org"`, txt.Quote(body))}
	case u.Scheme == "mailto":
		u.Domain = mailDomain(rest)
	case u.Scheme == "https" || u.Scheme == "http":
		u.Domain = host(body)
	}
	if !contains(allowed, u.Scheme) {
		return URI{}, Problem{Kind: BadScheme, Text: fmt.Sprintf("%s has a scheme that reports are not sent by; want %s", txt.Quote(body), strings.Join(allowed, " or "))}
	}
	if u.Domain == "" {
		return URI{}, Problem{Kind: BadURI, Text: fmt.Sprintf("%s is not an address that reports can be sent to", txt.Quote(body))}
	}
	if sized && !isSize(size) {
		u.Size = ""
		return u, Problem{Kind: BadSize, Text: fmt.Sprintf(`%s is no size; one is written as "!10m"`, txt.Quote("!"+size))}
	}
	return u, Problem{}
}

// mailDomain gives the domain of what follows "mailto:" (RFC 6068), and "" where
// that is not one address.
func mailDomain(s string) string {
	s, _, _ = strings.Cut(s, "?")
	s, err := url.PathUnescape(s)
	at := strings.LastIndexByte(s, '@')
	if err != nil || at <= 0 || strings.ContainsAny(s[:at], " \t,@<>") {
		return ""
	}
	return domain(s[at+1:])
}

// host gives the host of a URL, and "" without one.
func host(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return ""
	}
	return domain(u.Hostname())
}

// domain gives a domain in lower case, and "" for what cannot be one.
func domain(s string) string {
	s = strings.ToLower(strings.TrimSuffix(s, "."))
	if len(s) > 253 || !strings.Contains(s, ".") {
		return ""
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return ""
		}
	}
	if last := s[strings.LastIndexByte(s, '.')+1:]; strings.Trim(last, "0123456789") == "" {
		return "" // an address, or a part of one
	}
	return s
}

// isSize reads "10m": digits, and perhaps k, m, g or t (RFC 7489 section 6.4).
func isSize(s string) bool {
	if s != "" && strings.IndexByte("kmgt", s[len(s)-1]|0x20) >= 0 {
		s = s[:len(s)-1]
	}
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}
