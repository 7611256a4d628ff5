package dnsbl_test

import (
	"strings"
	"testing"

	"mx_exporter/probe/dnsbl"
)

func TestParseCode(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{
		"127.0.0.2":               "127.0.0.2",
		"127.0.0.10-127.0.0.11":   "127.0.0.10-127.0.0.11",
		"127.0.0.2-127.0.0.2":     "127.0.0.2",
		"127.0.1.0/24":            "127.0.1.0-127.0.1.255",
		"127.0.0.2/32":            "127.0.0.2",
		"127.0.0.0&8":             "127.0.0.0&8",
		"127.0.0.0&128":           "127.0.0.0&128",
		"":                        "",
		"x":                       "",
		"128.0.0.2":               "",
		"127.0.0.2-128.0.0.1":     "",
		"127.0.0.9-127.0.0.2":     "",
		"127.0.0.2/24":            "",
		"0.0.0.0/0":               "",
		"::ffff:127.0.0.2":        "",
		"127.0.0.0&3":             "",
		"127.0.0.0&0":             "",
		"127.0.0.0&256":           "",
		"127.0.0.1&8":             "",
		"127.0.0.2-127.0.0.3-127": "",
	} {
		c, err := dnsbl.ParseCode(key, "spam")
		if (err == nil) != (want != "") || (err == nil && c.String() != want) {
			t.Errorf("%q: got %v, %v, want %q", key, c, err, want)
		}
	}
	for _, meaning := range []string{"", "two words", "a\"b", "ä", strings.Repeat("x", 33)} {
		if _, err := dnsbl.ParseCode("127.0.0.2", meaning); err == nil {
			t.Errorf("meaning %q was taken", meaning)
		}
	}
	if _, err := dnsbl.ParseCodes(map[string]string{"127.0.0.2": "a", "127.0.0.300": "b"}); err == nil || !strings.Contains(err.Error(), "127.0.0.300") {
		t.Errorf("%v", err)
	}
}

// The narrow code counts, whatever the order in which they were written.
func TestNarrowCodesComeFirst(t *testing.T) {
	t.Parallel()
	cs := table(t, "127.0.0.0/8", "any", "127.0.1.0/24", "domain", "127.0.1.2", "spam", "127.0.1.4-127.0.1.6", "bad")
	var got []string
	for _, c := range cs {
		got = append(got, c.Meaning)
	}
	if strings.Join(got, " ") != "spam bad domain any" {
		t.Errorf("%v", got)
	}
}

func FuzzParseCode(f *testing.F) {
	for _, s := range []string{"127.0.0.2", "127.0.0.10-127.0.0.11", "127.0.1.0/24", "127.0.0.0&8", "127.255.255.255", "&", "-", "127.0.0.0/8"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, key string) {
		c, err := dnsbl.ParseCode(key, "spam")
		if err != nil {
			if c != (dnsbl.Code{}) {
				t.Errorf("%q: %v with an error", key, c)
			}
			return
		}
		if again, err := dnsbl.ParseCode(c.String(), "spam"); err != nil || again != c {
			t.Errorf("%q: %q gives %v, %v", key, c, again, err)
		}
	})
}
