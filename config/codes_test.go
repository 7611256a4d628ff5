package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCodesAreReadInAllFormsAndOrdered(t *testing.T) {
	var got []string
	for _, c := range codes(map[string]string{
		"127.0.1.0/24": "a", "127.0.0.10-127.0.0.11": "b", "127.0.0.2": "c", "127.0.0.4/30": "d", "127.0.0.9-127.0.0.9": "e",
		"127.0.0.0&128": "f", "127.0.0.0&8": "g", "127.0.2.0&1": "h",
	}) {
		got = append(got, c.String())
	}
	want := []string{
		"127.0.0.0&8", "127.0.0.0&128", "127.0.0.2", "127.0.0.4-127.0.0.7", "127.0.0.9", "127.0.0.10-127.0.0.11",
		"127.0.1.0-127.0.1.255", "127.0.2.0&1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Rows B3 to B5: no table can make a listing of an answer that is an error.
func TestErrorsOfListsAreNoCodes(t *testing.T) {
	for s, want := range map[string]string{
		"127.0.0.1":                       "holds 127.0.0.1",
		"127.0.0.0/24":                    "holds 127.0.0.1",
		"127.255.255.254":                 "holds 127.255.255.254",
		"127.255.255.0/24":                "holds 127.255.255.0",
		"127.255.0.0/16":                  "holds 127.255.255.0",
		"127.255.255.200-127.255.255.255": "holds 127.255.255.200",
		"127.0.0.0/8":                     "holds 127.0.0.1",
		"128.0.0.1":                       "not inside of 127.0.0.0/8",
		"126.0.0.0-127.0.0.0":             "not inside of 127.0.0.0/8",
		"127.0.0.0&1":                     "holds 127.0.0.1",
		"127.255.255.0&4":                 "holds 127.255.255.4",
		"192.0.2.1":                       "not inside of 127.0.0.0/8",
	} {
		if err := checkCode(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", s, err, want)
		}
	}
	for _, s := range []string{"127.0.0.0", "127.0.0.2", "127.255.254.255", "127.0.0.2-127.255.254.255"} {
		if err := checkCode(s); err != nil {
			t.Errorf("%s: %v", s, err)
		}
	}
}

// FuzzCode holds the reader of codes against anything: what it takes is inside
// of 127.0.0.0/8 and reads as the same in the form that is shown.
func FuzzCode(f *testing.F) {
	for _, s := range []string{"127.0.0.2", "127.0.0.4-127.0.0.7", "127.0.1.0/24", "127.0.0.0&8", "127.0.0.0&1", "127.0.0.1&2", "127.0.0.2-", "::1", "127.0.0.0/8", "::ffff:127.0.0.2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := parseCode(s)
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("not one line: %v", err)
			}
			return
		}
		if again, err := parseCode(c.String()); err != nil || again != c {
			t.Errorf("%q is shown as %q, which reads as %v (%v)", s, c, again, err)
		}
		if !answers.Contains(c.first) || !answers.Contains(c.last) || c.last.Less(c.first) {
			t.Errorf("%q reads as %v", s, c)
		}
	})
}
