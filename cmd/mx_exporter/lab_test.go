package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/netip"
	"strings"
	"testing"

	"mx_exporter/examples/maillab/labtest"
	"mx_exporter/probe"
)

// One look from the command line to a real conversation and back: the verdict
// that a scenario owes is what people read, what programs read, and the exit
// code.
func TestCheckAgainstTheMailLab(t *testing.T) {
	lab := labtest.Start(t)
	file, err := lab.WriteConfig(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	check := func(stdout io.Writer, args ...string) int {
		env := &probe.Env{Dial: lab.Net.DialContext, Routed: func(netip.Addr) bool { return true }, Hostname: "monitor.lab.test"}
		var errs bytes.Buffer
		code := newProgram(strings.NewReader(""), stdout, &errs, env).run(t.Context(), append([]string{"check", "--config.file=" + file}, args...))
		if errs.Len() > 0 {
			t.Errorf("%q: %s", args, &errs)
		}
		return code
	}
	for domain, want := range map[string]struct {
		code    int
		verdict string
		word    string
	}{
		"good.test":           {0, "satisfactory", "MX OK - "},
		"backup-refuses.test": {1, "impaired", "MX WARNING - "},
		"all-down.test":       {2, "compromised", "MX CRITICAL - "},
	} {
		t.Run(domain, func(t *testing.T) {
			var text, doc, line bytes.Buffer
			if code := check(&text, domain); code != want.code || !strings.HasPrefix(text.String(), domain+": "+want.verdict+"\n") {
				t.Errorf("exit code %d, want %d:\n%s", code, want.code, &text)
			}
			var r probe.Result
			if code := check(&doc, "-o", "json", domain); code != want.code || json.Unmarshal(doc.Bytes(), &r) != nil || string(r.Verdict) != want.verdict {
				t.Errorf("exit code %d, verdict %s", code, r.Verdict)
			}
			if code := check(&line, "-o", "nagios", domain); code != want.code || !strings.HasPrefix(line.String(), want.word+domain) {
				t.Errorf("exit code %d: %s", code, &line)
			}
		})
	}
}
