package config

import (
	"errors"
	"strings"
	"testing"
)

// FuzzParse holds the reader against anything: it never panics, an error is made
// of Errors alone, and what is read is shown in a form that reads as the same.
func FuzzParse(f *testing.F) {
	for _, pattern := range []string{"testdata/*.good.yml", "testdata/*.bad.yml"} {
		for _, b := range glance(f, pattern, 5) {
			f.Add(string(b))
		}
	}
	f.Fuzz(func(t *testing.T, in string) {
		if strings.Contains(in, "_file") {
			return // another file of this machine would decide the outcome
		}
		c, err := Parse([]byte(in), "")
		if err != nil {
			if c != nil {
				t.Error("a configuration beside an error")
			}
			errorsIn(t, err)
			var e *Error
			if !errors.As(err, &e) || strings.Contains(e.Error(), "\n") && e.Err == nil {
				t.Errorf("not one line: %v", err)
			}
			return
		}
		roundTrip(t, c)
	})
}
