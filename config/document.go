package config

import (
	"errors"
	"path/filepath"
	"reflect"
)

// Document is another kind of file than the exporter's own, read as strictly: a
// key that is not in it is an error with line and column, and so is one that
// stands twice, a value of the wrong type or out of its bounds, a second
// document, an alias that leads in a circle. It is for the program beside the
// exporter, which has a file of its own.
type Document struct {
	keys schema
}

// Rule is what holds for one key.
type Rule struct {
	Meaning string            // one sentence, for the reference
	Unset   string            // what the empty default stands for
	Most    int               // entries of a list or a mapping; 0: the usual bound of a list
	Bounds  string            // what Check allows, in words
	Check   func(v any) error // nil: all that the type allows; called with each entry of a list
}

// Defaulter is an entry of a mapping that begins with defaults of its own.
type Defaulter interface{ SetDefaults() }

// NewDocument makes a kind of file of its keys: sites.<name>.url, say, or
// domains.<name>.list for each entry of a list.
func NewDocument(rules map[string]Rule) Document {
	t := make(map[string]key, len(rules))
	for path, r := range rules {
		t[path] = key{meaning: r.Meaning, unset: r.Unset, most: r.Most, rule: rule{bounds: r.Bounds, check: r.Check}}
	}
	return Document{schema{t}}
}

// Load reads a file into a struct whose fields have yaml tags, and lets check
// look at the whole where all parts are right. The error is an [Error] or several
// joined, in the order of the file. dir is where relative paths of files begin.
func (d Document) Load(path string, to any, check func(dir string, fail Fail)) error {
	b, err := source(path)
	if err != nil {
		return &Error{File: path, Msg: message(err), Err: err}
	}
	return d.parse(b, filepath.Dir(path), path, to, check)
}

// Parse is Load for a file in memory.
func (d Document) Parse(b []byte, dir string, to any, check func(dir string, fail Fail)) error {
	return d.parse(b, dir, "", to, check)
}

// Fail reports a fault of the value at a path such as sites.shop.url.
type Fail func(path, format string, args ...any)

func (d Document) parse(b []byte, dir, file string, to any, check func(dir string, fail Fail)) error {
	root, fault := syntax(b)
	if fault != nil {
		return joined(file, []*Error{fault})
	}
	if root == nil {
		return &Error{File: file, Msg: "the file is empty", Err: errors.New("empty")}
	}
	dec := newDecoder(root, d.keys)
	dec.value(root, reflect.ValueOf(to).Elem(), place{line: 1, column: 1})
	if len(dec.problems) == 0 && check != nil {
		check(dir, func(path, format string, args ...any) {
			p, ok := dec.places[path]
			if !ok {
				p = place{path: path}
			}
			dec.fail(p, format, args...)
		})
	}
	if len(dec.problems) > 0 {
		return joined(file, dec.problems)
	}
	return nil
}

// Reference lists the keys of this kind of file as [Reference] does those of the
// exporter's; defaults is what a file begins with.
func (d Document) Reference(defaults any) []Key {
	r := &reference{tables: d.keys}
	v := reflect.ValueOf(defaults)
	r.section(v.Type(), v, "")
	return r.keys
}

// Segment gives a name as a part of a path that [Fail] takes.
func Segment(name string) string { return segment(name) }

// Number bounds a whole number.
func Number(least, most int) (bounds string, check func(v any) error) {
	r := number(least, most)
	return r.bounds, r.check
}

// UpTo bounds a length of time that may be none.
func UpTo(most Duration) (bounds string, check func(v any) error) {
	r := upTo(most)
	return r.bounds, r.check
}
