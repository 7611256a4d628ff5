package mailaddr

import "strings"

// MaxLink bounds a link behind its scheme, in bytes: what is longer is no address
// of anybody.
const MaxLink = 2 << 10

// Found is one address of a mailto: link.
type Found struct {
	Written string       // the address with percent-encoding resolved, as a mail program would show it
	Address Address      // where Fault is nil
	Fault   *SyntaxError // what is wrong with it; places are in Written
}

// IsMailto reports whether the target of a link is a mailto: link. As a browser
// does, it overlooks spaces around it, line ends and tabs in it, and the case
// of the scheme (WHATWG URL, section 4.4).
func IsMailto(href string) bool {
	_, ok := cutFold(clean(href), "mailto:")
	return ok
}

// Mailto gives the addresses of a mailto: link: those before the question mark,
// and those of header fields "to" (RFC 6068 section 2). Every other field is
// dropped unread, so that nothing which a page puts into a subject, a body or a
// blind copy goes any further. A link without any address gives one that is
// empty; one that is longer than [MaxLink] is one fault, and not looked into; what
// is no mailto: link gives none.
//
// Commas divide addresses before the percent-encoding is resolved, since an
// encoded comma belongs to a quoted local part.
func Mailto(href string) []Found {
	rest, ok := cutFold(clean(href), "mailto:")
	switch {
	case !ok:
		return nil
	case len(rest) > MaxLink:
		return []Found{{Written: rest, Fault: wrong(Long, MaxLink, "the link has %d octets, of which %d are read; write fewer addresses into one link", len(rest), MaxLink)}}
	}
	rest, _, _ = strings.Cut(rest, "#")
	to, fields, _ := strings.Cut(rest, "?")
	lists := []string{to}
	for _, field := range strings.Split(fields, "&") {
		name, value, _ := strings.Cut(field, "=")
		if plain, _, ok := unescape(name); ok && strings.EqualFold(plain, "to") {
			lists = append(lists, value)
		}
	}
	var all []Found
	for i, list := range lists {
		if list == "" && (i > 0 || len(lists) > 1) {
			continue
		}
		for _, raw := range strings.Split(list, ",") {
			all = append(all, found(raw))
		}
	}
	if len(all) == 0 {
		all = append(all, found(""))
	}
	return all
}

// found resolves the percent-encoding of one address and reads it. Spaces
// around it do no harm: mail programs drop them.
func found(raw string) Found {
	text, bad, ok := unescape(raw)
	if !ok {
		return Found{Written: raw, Fault: wrong(BadEncoding, bad, "a percent sign without two hexadecimal digits behind it; a percent sign itself is written %%25")}
	}
	f := Found{Written: strings.Trim(text, " ")}
	if strings.HasPrefix(raw, "//") { // a local part may begin so, but then RFC 6068 section 2 has it encoded
		f.Fault = wrong(Scheme, 0, "two slashes stand before the address, as in a web address; mailto: has none")
		return f
	}
	f.Address, f.Fault = parse(f.Written)
	return f
}

// clean does what a browser does with the text of a link before it looks at it.
func clean(href string) string {
	href = strings.TrimFunc(href, func(r rune) bool { return r <= ' ' })
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == '\t' {
			return -1
		}
		return r
	}, href)
}

// unescape resolves percent-encoding. A plus sign stays one (RFC 6068 section
// 5). Where it fails, bad is the place of the percent sign.
func unescape(s string) (text string, bad int, ok bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			b.WriteByte(s[i])
			continue
		}
		if i+2 >= len(s) {
			return "", i, false
		}
		high, low := hex(s[i+1]), hex(s[i+2])
		if high < 0 || low < 0 {
			return "", i, false
		}
		b.WriteByte(byte(high<<4 | low))
		i += 2
	}
	return b.String(), 0, true
}

func hex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
