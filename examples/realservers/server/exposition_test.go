//go:build linux

package server

import "testing"

func TestExpositionIsReadLineByLine(t *testing.T) {
	e := ParseExposition(t, `# HELP mx_smtp_up Whether it does.
# TYPE mx_smtp_up gauge
mx_smtp_up{address="127.0.0.1",host="mx.test"} 1
mx_smtp_up{address="::1",host="mx.test"} 0
mx_odd{text="a \"b\", c=\"d\" }"} 1.5e+03
probe_success 1
`)
	if len(e) != 4 {
		t.Fatalf("read %d series:\n%s", len(e), e)
	}
	if got := e.Where("mx_smtp_up", map[string]string{"host": "mx.test"}); len(got) != 2 {
		t.Errorf("two addresses are up or down, found\n%s", got)
	}
	if got := e.Where("mx_smtp_up", map[string]string{"address": "::1"}); len(got) != 1 || got[0].Value != 0 {
		t.Errorf("::1 is down, found\n%s", got)
	}
	if got := e.Where("mx_odd", nil); len(got) != 1 || got[0].Value != 1500 || len(got[0].Labels) != 1 {
		t.Errorf("quotes end no label, found\n%s", got)
	}
	if got, want := e.Where("probe_success", nil).String(), "probe_success{} 1\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
