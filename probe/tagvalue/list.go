package tagvalue

import "strings"

// Tag is one "name=value" of a list.
type Tag struct {
	Name        string // as written; names are case-sensitive (RFC 6376 section 3.2)
	Value       string // without the white space around it; white space inside is kept
	Column      int    // of the name's first octet, counted from 1
	ValueColumn int    // of the value's first octet, or where it would be
	Spaced      bool   // white space stands before or after "=", which MTA-STS and TLS-RPT do not allow
}

// List is the tags of a record, in its order.
type List []Tag

// Find gives the first tag of that name.
func (l List) Find(name string) (Tag, bool) {
	for _, t := range l {
		if t.Name == name {
			return t, true
		}
	}
	return Tag{}, false
}

// Value is the value of the first tag of that name, and "" without one.
func (l List) Value(name string) string {
	t, _ := l.Find(name)
	return t.Value
}

// String writes the list in its plainest form: "a=b; c=d". Reading that gives
// the same names and values.
func (l List) String() string {
	parts := make([]string, len(l))
	for i, t := range l {
		parts[i] = t.Name + "=" + t.Value
	}
	return strings.Join(parts, "; ")
}
