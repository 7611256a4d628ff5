package config

import (
	"errors"
	"fmt"
	"reflect"
)

// key is what a table says of one key: what it means, and what holds for its
// value or, of a list or a mapping, for each of its entries.
type key struct {
	meaning string               // one sentence
	unset   string               // what the empty default stands for, where it is empty
	most    int                  // entries of a list, MaxEntries when 0; of a mapping, any number when 0
	names   func(s string) error // what holds for the names of a mapping; nil: checkName
	rule    rule
}

// rule bounds a value. The zero rule allows all that the type allows.
type rule struct {
	bounds string // for the reference
	check  func(v any) error
}

// number bounds a whole number.
func number(least, most int) rule {
	return rule{
		bounds: fmt.Sprintf("%d to %d", least, most),
		check: func(v any) error {
			if n := v.(int); n < least || n > most {
				return fmt.Errorf("%d is out of bounds: %d to %d", n, least, most)
			}
			return nil
		},
	}
}

// within bounds a length of time that has to pass.
func within(most Duration) rule {
	bounds := fmt.Sprintf("more than 0s, at most %s", most)
	return rule{
		bounds: bounds,
		check: func(v any) error {
			if d := v.(Duration); d <= 0 || d > most {
				return fmt.Errorf("%s is out of bounds: %s", d, bounds)
			}
			return nil
		},
	}
}

// between bounds a length of time from both sides.
func between(least, most Duration) rule {
	bounds := fmt.Sprintf("%s to %s", least, most)
	return rule{
		bounds: bounds,
		check: func(v any) error {
			if d := v.(Duration); d < least || d > most {
				return fmt.Errorf("%s is out of bounds: %s", d, bounds)
			}
			return nil
		},
	}
}

// upTo bounds a length of time that may be none.
func upTo(most Duration) rule {
	bounds := fmt.Sprintf("0s to %s", most)
	return rule{
		bounds: bounds,
		check: func(v any) error {
			if d := v.(Duration); d < 0 || d > most {
				return fmt.Errorf("%s is out of bounds: %s", d, bounds)
			}
			return nil
		},
	}
}

// text bounds a text by its syntax; the empty text is left to unset.
func text(bounds string, check func(s string) error) rule {
	return rule{
		bounds: bounds,
		check: func(v any) error {
			if s := textOf(v); s != "" {
				return check(s)
			}
			return nil
		},
	}
}

// entry bounds a text in a list, where an empty one means nothing.
func entry(bounds string, check func(s string) error) rule {
	return rule{
		bounds: bounds,
		check: func(v any) error {
			s := textOf(v)
			if s == "" {
				return errors.New("empty: write a value, or leave the entry out")
			}
			return check(s)
		},
	}
}

// textOf gives the text of a string of any type.
func textOf(v any) string { return reflect.ValueOf(v).String() }
