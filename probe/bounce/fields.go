package bounce

import (
	"mime"
	"net/mail"
	"strings"
	"time"
)

// field is one field of a header or of a report, unfolded.
type field struct {
	name  string // lower case
	value string
}

// fields is a block of fields in their order.
type fields []field

// first is the value of the first field of one of the names, "" when there is none.
func (fs fields) first(names ...string) string {
	for _, n := range names {
		for _, f := range fs {
			if f.name == n && f.value != "" {
				return f.value
			}
		}
	}
	return ""
}

// has reports a field of this name, with or without a value.
func (fs fields) has(name string) bool {
	for _, f := range fs {
		if f.name == name {
			return true
		}
	}
	return false
}

// date is the time that the first of the named fields gives, or the zero time.
func (fs fields) date(names ...string) time.Time {
	s := fs.first(names...)
	if len(s) > maxValue {
		return time.Time{}
	}
	t, err := mail.ParseDate(s)
	if err != nil {
		return time.Time{}
	}
	return t
}

// cutFields reads fields from the front of s up to an empty line, and returns
// what follows it. It is forgiving, because reports are written by many hands:
// names in any case, blanks before the colon, lines that are no field (which are
// left out), any kind of line end. At most maxFields are kept.
func cutFields(s string) (fs fields, rest string) {
	var pieces []string // of the value of the last field
	flush := func() {
		if len(fs) > 0 && len(pieces) > 0 {
			fs[len(fs)-1].value = strings.TrimSpace(strings.Join(pieces, " "))
		}
		pieces = nil
	}
	defer flush()
	rest = s
	for rest != "" {
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		line = strings.TrimSuffix(line, "\r")
		if line == "" {
			return fs, rest
		}
		if line[0] == ' ' || line[0] == '\t' {
			if line = strings.TrimSpace(line); line != "" {
				pieces = append(pieces, line)
			}
			continue
		}
		flush()
		if name, value, ok := cutField(line); ok && len(fs) < maxFields {
			fs, pieces = append(fs, field{name: name}), []string{strings.TrimSpace(value)}
		}
	}
	return fs, ""
}

// cutField splits a line at its colon when what stands before is a name (RFC 5322
// section 2.2: printable ASCII).
func cutField(line string) (name, value string, ok bool) {
	name, value, ok = strings.Cut(line, ":")
	name = strings.TrimRight(name, " \t")
	if !ok || name == "" || len(name) > 76 {
		return "", "", false
	}
	for i := range len(name) {
		if name[i] <= ' ' || name[i] >= 0x7f {
			return "", "", false
		}
	}
	return strings.ToLower(name), value, true
}

// words decodes the encoded words of a header value (RFC 2047), cut first, since
// there may be a million of them.
func words(s string) string {
	s = cut(s, maxValue)
	if d, err := new(mime.WordDecoder).DecodeHeader(s); err == nil {
		s = d
	}
	return clean(s)
}
