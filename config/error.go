package config

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Error is one fault of a configuration. Its text is one line, has no line of
// the file in it and never the value of a secret:
//
//	mx.yml:12:17: modules.mx.smtp.starttls: "always" is not one of when_offered, required, never
type Error struct {
	File   string // as it was given to Load; empty when read from memory
	Line   int    // from 1; 0: the fault is of the whole file
	Column int    // from 1, in characters
	Path   string // modules.mx.expect[0].host; empty outside of any key
	Msg    string // what is wrong and what would be right
	Err    error  // the cause, where a caller may ask for it with errors.Is
}

// Error gives file, position, path and message.
func (e *Error) Error() string {
	var parts []string
	switch {
	case e.Line > 0 && e.File != "":
		parts = append(parts, fmt.Sprintf("%s:%d:%d", e.File, e.Line, e.Column))
	case e.Line > 0:
		parts = append(parts, fmt.Sprintf("%d:%d", e.Line, e.Column))
	case e.File != "":
		parts = append(parts, e.File)
	}
	if e.Path != "" {
		parts = append(parts, e.Path)
	}
	return strings.Join(append(parts, e.Msg), ": ")
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// joined orders faults by their place, leaves out what is said twice (an alias
// repeats the faults of its anchor) and joins at most [MaxErrors].
func joined(file string, es []*Error) error {
	es = inOrder(file, es)
	var all []error
	for i, e := range es {
		if i == MaxErrors {
			all = append(all, &Error{File: file, Msg: fmt.Sprintf("and %d more", len(es)-i)})
			break
		}
		all = append(all, e)
	}
	return errors.Join(all...)
}

func inOrder(file string, es []*Error) []*Error {
	for _, e := range es {
		e.File = file
	}
	slices.SortStableFunc(es, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.CompactFunc(es, func(a, b *Error) bool {
		return a.Line > 0 && a.Line == b.Line && a.Column == b.Column && a.Msg == b.Msg
	})
}

// shown is how much of a wrong value an error repeats, in bytes.
const shown = 64

func quote(s string) string { return strconv.Quote(cut(s)) }

func cut(s string) string {
	if len(s) <= shown {
		return s
	}
	i := shown
	for i > 0 && !utf8.RuneStart(s[i]) {
		i--
	}
	return s[:i] + "…"
}
