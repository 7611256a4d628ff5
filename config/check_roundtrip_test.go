package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A mail program may be put there later, and a file be checked on another machine.
func TestProgramThatCannotBeRunIsWarnedOf(t *testing.T) {
	for _, tt := range []struct{ name, program, want string }{
		{"gone", "/nonexistent/sendmail", `3:37: round_trips.office.send.command[0]: "/nonexistent/sendmail" is not there: name a program of this machine`},
		{"no program", "/dev/null", `3:37: round_trips.office.send.command[0]: "/dev/null" cannot be run: it is no executable file`},
		{"a shell", "/bin/sh", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := catalogue.Parse([]byte(`round_trips:
  office:
    send: {via: sendmail, command: [`+tt.program+`, -i], to: a@example.org, from: b@example.org}
    fetch: {server: imap.example.org, username: probe, password: canary-1}
`), "testdata")
			if err != nil {
				t.Fatal(err)
			}
			var got, want []string
			for _, w := range c.Warnings {
				got = append(got, w.Error())
			}
			if tt.want != "" {
				want = append(want, tt.want)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
		})
	}
}
