package mailbox

import (
	"bytes"
	"strings"
)

// match looks for the query's field in a header, and gives its value when it is
// there once and is as the query says.
func (q Query) match(header []byte) (value string, ok bool) {
	values := fields(header, q.Header)
	if len(values) != 1 || q.Value == "" {
		return "", false
	}
	value = values[0]
	if q.Prefix {
		return value, strings.HasPrefix(value, q.Value)
	}
	return value, value == q.Value
}

// maxValue is where a folded value ends, whatever follows.
const maxValue = 4096

// fields gives the values of all fields of a name, unfolded (RFC 5322 section
// 2.2.3), up to the empty line that ends a header. Two are enough to know that
// there is more than one.
func fields(header []byte, name string) (values []string) {
	in := false
	for line := range bytes.Lines(header) {
		text := strings.TrimRight(string(line), "\r\n")
		switch {
		case text == "":
			return values
		case text[0] == ' ' || text[0] == '\t':
			if in && len(values[len(values)-1]) < maxValue {
				values[len(values)-1] = strings.TrimSpace(values[len(values)-1] + text)
			}
			continue
		}
		field, value, ok := strings.Cut(text, ":")
		if in = ok && strings.EqualFold(strings.TrimRight(field, " \t"), name); !in {
			continue
		}
		if len(values) == 2 {
			return values
		}
		values = append(values, strings.TrimSpace(value))
	}
	return values
}
