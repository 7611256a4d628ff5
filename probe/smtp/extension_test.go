package smtp

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"mx_exporter/probe/reply"
)

func TestExtensions(t *testing.T) {
	for _, c := range []struct {
		name  string
		lines []string
		want  []Extension
	}{
		{"none", []string{"mx"}, nil},
		{"no lines", nil, nil},
		{"greeting is none", []string{"STARTTLS", "SIZE 5"}, []Extension{{"SIZE", "5"}}},
		{"case and spaces", []string{"mx", " starttls ", "Size\t10 "}, []Extension{{"STARTTLS", ""}, {"SIZE", "10"}}},
		{"first of several", []string{"mx", "AUTH PLAIN LOGIN", "AUTH=LOGIN"}, []Extension{{"AUTH", "PLAIN LOGIN"}}},
		{"old form", []string{"mx", "AUTH=LOGIN"}, []Extension{{"AUTH", "LOGIN"}}},
		{"old form that names more", []string{"mx", "AUTH=LOGIN plain", "SIZE 5", "AUTH CRAM-MD5 PLAIN"}, []Extension{{"AUTH", "LOGIN plain CRAM-MD5"}, {"SIZE", "5"}}},
		{"empty lines", []string{"mx", "", " ", "= 5", "DSN"}, []Extension{{"DSN", ""}}},
		{"unknown ones are kept for people", []string{"mx", "X-EXPS GSSAPI"}, []Extension{{"X-EXPS", "GSSAPI"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := extensions(reply.Reply{Code: 250, Lines: c.lines})
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// S13: only keywords of the registry may become labels.
func TestKnown(t *testing.T) {
	for _, k := range []string{"STARTTLS", "SIZE", "8BITMIME", "PIPELINING", "SMTPUTF8", "REQUIRETLS", "LIMITS", "AUTH"} {
		if !Known(k) {
			t.Errorf("%s is not known", k)
		}
	}
	for _, k := range []string{"", "starttls", "X-EXPS", "XCLIENT", "STARTTLS ", "SIZE 5"} {
		if Known(k) {
			t.Errorf("%q is known", k)
		}
	}
}

func TestMaxSize(t *testing.T) {
	for params, want := range map[string]struct {
		n  uint64
		ok bool
	}{
		"10240000":             {10240000, true},
		"0":                    {0, true},
		"":                     {0, false},
		"10M":                  {0, false},
		"-5":                   {0, false},
		"18446744073709551616": {1<<64 - 1, true},
	} {
		d := Dialogue{Extensions: []Extension{{"SIZE", params}}}
		if n, ok := d.MaxSize(); n != want.n || ok != want.ok {
			t.Errorf("SIZE %q: %d %v, want %d %v", params, n, ok, want.n, want.ok)
		}
	}
}
