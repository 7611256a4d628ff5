package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mx_exporter/examples/maillab"
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

// tripLab is a configuration of round trips in a lab.
func tripLab(t *testing.T, instance func(to string) string) (file string, lab *maillab.Lab) {
	t.Helper()
	lab = labtest.StartWith(t, tripOffice)
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
`, to, instance(to), lab.DNSAddr(), to, ca, ca)
	}
	file = filepath.Join(dir, "config.yml")
	if err := os.WriteFile(file, []byte("round_trips:\n"+trips.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return file, lab
}

func inLab(lab *maillab.Lab, stdout, stderr io.Writer) *program {
	env := &probe.Env{Dial: lab.Net.DialContext, Hostname: "monitor.lab.test", Roots: lab.Roots()}
	return newProgram(strings.NewReader(""), stdout, stderr, env)
}

func TestRoundTripCommandTellsEachStepAndExitsAsItWent(t *testing.T) {
	file, lab := tripLab(t, func(to string) string { return to })
	run := func(args ...string) (code int, stdout, stderr string) {
		var out, errs bytes.Buffer
		code = inLab(lab, &out, &errs).run(t.Context(), args)
		return code, out.String(), errs.String()
	}
	for _, tt := range []struct {
		args           []string
		code           int
		stdout, stderr string
	}{
		{[]string{"info"}, 0, "info: arrived\n  The message was in the inbox after ", "talking to mx1.one.test [192.0.2.25]\n"},
		{[]string{"junk"}, 1, "junk: arrived\n  The message was in the junk folder after ", "found in the folder for junk"},
		{[]string{"nobody"}, 2, "nobody: refused\n", "not sent to mx1.one.test"},
		{[]string{"gone"}, 2, "gone: lost\n", "the window ended before the message was seen: lost"},
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

// The exporter itself: a round trip runs beside the probes, its metrics and its
// page are there, a reload keeps its counters, and it ends in order.
func TestServeRunsRoundTrips(t *testing.T) {
	// With this instance the first message leaves within some milliseconds of the
	// start; see the spread in package roundtrip.
	file, lab := tripLab(t, func(to string) string {
		if to == "info" {
			return "i4058"
		}
		return to
	})
	ctx, stop := context.WithCancel(t.Context())
	out, in := io.Pipe()
	e := &exporter{t: t, log: bufio.NewScanner(out), stop: stop, code: make(chan int, 1)}
	go func() {
		defer func() { _ = in.Close() }()
		e.code <- inLab(lab, io.Discard, in).run(ctx, []string{
			"--config.file=" + file, "--web.listen-address=127.0.0.1:0", "--web.enable-lifecycle", "--state.directory=" + t.TempDir(),
		})
	}()
	e.url = "http://" + e.logged(`msg="Listening on" address=(\S+)`)
	go func() { // the log of what follows
		for e.log.Scan() {
			if strings.Contains(e.log.Text(), "canary") {
				t.Errorf("the password is in the log: %s", e.log.Text())
			}
		}
	}()
	arrived := func() string {
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for range 300 {
			if _, text := e.get("/metrics"); strings.Contains(text, `mx_roundtrip_success{roundtrip="info"} 1`) {
				return text
			}
			<-tick.C
		}
		t.Fatal("no message made the round")
		return ""
	}
	for _, want := range []string{
		`mx_roundtrip_runs_total{roundtrip="info"} 1`, `mx_roundtrip_folder_info{folder="inbox",roundtrip="info"} 1`,
		`mx_roundtrip_delivery_duration_seconds_count{roundtrip="info"} 1`, `mx_roundtrip_running{roundtrip="gone"} 1`,
	} {
		if text := arrived(); !strings.Contains(text, want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
	if code, page := e.get("/report?roundtrip=info"); code != http.StatusOK || !strings.Contains(page, "The message was in the inbox") || strings.Contains(page, "canary") {
		t.Errorf("page %d:\n%s", code, page)
	}
	if _, page := e.get("/"); !strings.Contains(page, "/report?roundtrip=info") {
		t.Error("the first page does not show the round trip")
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, bytes.ReplaceAll(text, []byte("window: 10s"), []byte("window: 11s")), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := http.Post(e.url+"/-/reload", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if text := arrived(); r.StatusCode != http.StatusOK || !strings.Contains(text, `mx_roundtrip_window_seconds{roundtrip="info"} 11`) || !strings.Contains(text, `mx_roundtrip_runs_total{roundtrip="info"} 1`) {
		t.Errorf("after the reload, %d:\n%s", r.StatusCode, text)
	}
	began := time.Now()
	stop()
	if code := <-e.code; code != exitOK || time.Since(began) > 10*time.Second {
		t.Errorf("ended with %d after %v", code, time.Since(began))
	}
}
