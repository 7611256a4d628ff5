package cert

import (
	"crypto/x509/pkix"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Lengths in bytes at which text from a certificate is cut.
const (
	maxName      = 255 // a DNS name, RFC 1035 section 2.3.4
	maxAttribute = 128
	maxDetail    = 256
)

// maxAttributes bounds the attributes of one name that are looked at. Names in
// use have three to six.
const maxAttributes = 16

// attributeName gives the short name of RFC 4514 section 3, or the
// number where there is none.
func attributeName(oid string) string {
	switch oid {
	case "2.5.4.3":
		return "CN"
	case "2.5.4.6":
		return "C"
	case "2.5.4.7":
		return "L"
	case "2.5.4.8":
		return "ST"
	case "2.5.4.10":
		return "O"
	case "2.5.4.11":
		return "OU"
	}
	return oid
}

// distinguished writes a name for people, most particular attribute first as in
// RFC 4514. It does not use [pkix.Name.String], whose cost is quadratic in the
// number of attributes, and that number is the server's choice.
func distinguished(n pkix.Name) string {
	var b strings.Builder
	from := max(0, len(n.Names)-maxAttributes)
	for i := len(n.Names) - 1; i >= from; i-- {
		text, ok := n.Names[i].Value.(string)
		if !ok {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		b.WriteString(attributeName(n.Names[i].Type.String()))
		b.WriteByte('=')
		b.WriteString(clean(text, maxAttribute))
	}
	return b.String()
}

// clean makes foreign text fit for JSON, pages and terminals: invalid UTF-8 and
// everything that does not print (control bytes, but also the marks that turn
// the direction of text) become U+FFFD, and the result has at most limit bytes.
func clean(s string, limit int) string {
	var b strings.Builder
	for _, r := range s {
		if !unicode.IsPrint(r) {
			r = utf8.RuneError
		}
		if b.Len()+utf8.RuneLen(r) > limit {
			break
		}
		b.WriteRune(r)
	}
	return b.String()
}
