package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mx_exporter/examples/maillab/labtest"
	"mx_exporter/probe"
)

// tripOffice is a domain whose mail can be read.
const tripOffice = `title: Office
shows: An office.
domain: one.test
verdict: satisfactory

-- zone --
@     MX 10 mx1
mx1   A     192.0.2.25
imap  A     192.0.2.26

-- server mx1 --
listen: 192.0.2.25:25
takes: on
deliver: info box=imap/probe
deliver: junk box=imap/probe folder=Junk
deliver: gone lose

-- imap imap --
listen: 192.0.2.26:993
implicit-tls: on
account: probe hunter2canary
`

// tripWorld is a configuration of round trips, and a program in the lab.
func tripWorld(t *testing.T) (file string, run func(args ...string) (code int, stdout, stderr string)) {
	t.Helper()
	lab := labtest.StartWith(t, tripOffice)
	dir := t.TempDir()
	ca, err := lab.CAFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	var trips strings.Builder
	for _, to := range []string{"info", "junk", "gone", "nobody"} {
		fmt.Fprintf(&trips, `  %s:
    interval: 1m
    window: 10s
    instance: %s
    dns: {servers: [%q]}
    allow_networks: [192.0.2.0/24]
    send: {via: mx, from: gone@one.test, to: %s@one.test, tls_config: {ca_file: %q}}
    fetch: {protocol: imap, server: imap.one.test, username: probe, password: hunter2canary, poll: 1s, tls_config: {ca_file: %q}}
`, to, to, lab.DNSAddr(), to, ca, ca)
	}
	file = filepath.Join(dir, "config.yml")
	if err := os.WriteFile(file, []byte("round_trips:\n"+trips.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return file, func(args ...string) (int, string, string) {
		var stdout, stderr bytes.Buffer
		env := &probe.Env{Dial: lab.Net.DialContext, Hostname: "monitor.lab.test", Roots: lab.Roots()}
		code := newProgram(strings.NewReader(""), &stdout, &stderr, env).run(t.Context(), args)
		return code, stdout.String(), stderr.String()
	}
}

func TestRoundTripCommandTellsEachStepAndExitsAsItWent(t *testing.T) {
	file, run := tripWorld(t)
	for _, tt := range []struct {
		args           []string
		code           int
		stdout, stderr string
	}{
		{[]string{"info"}, 0, "info: arrived\n  The message was in the inbox after ", "talking to mx1.one.test [192.0.2.25]\n"},
		{[]string{"junk"}, 1, "junk: arrived\n  The message was in the junk folder after ", "found in the folder for junk"},
		{[]string{"nobody"}, 2, "nobody: refused\n", "not sent to mx1.one.test"},
		{[]string{"gone"}, 2, "gone: lost\n", "the window is over: lost"},
		{[]string{"missing"}, 3, "", "it has gone, info, junk, nobody"},
		{nil, 3, "", "required argument 'name'"},
	} {
		code, stdout, stderr := run(append([]string{"roundtrip", "--config.file=" + file}, tt.args...)...)
		if code != tt.code || !strings.HasPrefix(stdout, tt.stdout) || !strings.Contains(stderr, tt.stderr) {
			t.Errorf("%v: code %d, want %d with %q and %q:\n%s\n%s", tt.args, code, tt.code, tt.stdout, tt.stderr, stdout, stderr)
		}
		if strings.Contains(stdout+stderr, "canary") {
			t.Errorf("%v shows the password", tt.args)
		}
	}
	code, stdout, _ := run("roundtrip", "--config.file="+file, "-o", "json", "info")
	var r struct{ Outcome, Roundtrip string }
	if err := json.Unmarshal([]byte(stdout), &r); err != nil || code != 0 || r.Outcome != "arrived" || r.Roundtrip != "info" || strings.Contains(stdout, "canary") {
		t.Errorf("code %d, %v:\n%s", code, err, stdout)
	}
	if _, _, stderr := run("roundtrip", "info"); !strings.Contains(stderr, "has no round_trips") {
		t.Errorf("without a file: %s", stderr)
	}
}

func TestStateDirectoryHasToBeOne(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for directory, want := range map[string]string{"": "", t.TempDir(): "", file: "is no directory", file + "/x": "want a directory that exists"} {
		err := wrongState(directory)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", directory, err, want)
		}
	}
}
