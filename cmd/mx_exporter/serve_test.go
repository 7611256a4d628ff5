package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// exporter is a program that serves, and what it logs.
type exporter struct {
	t    *testing.T
	url  string
	log  *bufio.Scanner
	stop context.CancelFunc
	code chan int
}

// serving starts the program on a free port of loopback.
func serving(t *testing.T, args ...string) *exporter {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	out, in := io.Pipe()
	p := seeing(io.Discard, in)
	e := &exporter{t: t, log: bufio.NewScanner(out), stop: stop, code: make(chan int, 1)}
	go func() {
		defer func() { _ = in.Close() }()
		e.code <- p.run(ctx, append(args, "--web.listen-address=127.0.0.1:0"))
	}()
	t.Cleanup(func() {
		stop()
		go func() { _, _ = io.Copy(io.Discard, out) }()
	})
	e.url = "http://" + e.logged(`msg="Listening on" address=(\S+)`)
	return e
}

// logged reads the log until a line matches, and gives the first group.
func (e *exporter) logged(pattern string) string {
	e.t.Helper()
	re := regexp.MustCompile(pattern)
	for e.log.Scan() {
		if m := re.FindStringSubmatch(e.log.Text()); m != nil {
			return m[len(m)-1]
		}
	}
	e.t.Fatalf("the log ended without %s", pattern)
	return ""
}

func (e *exporter) get(path string) (int, string) {
	e.t.Helper()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	r, err := client.Get(e.url + path)
	if err != nil {
		e.t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		e.t.Fatal(err)
	}
	return r.StatusCode, string(b)
}

// end stops the program and gives its exit code.
func (e *exporter) end() int {
	e.stop()
	for e.log.Scan() {
	}
	return <-e.code
}

func TestServeAnswersAndStopsInOrder(t *testing.T) {
	e := serving(t)
	if code, body := e.get("/probe?target=satisfactory.example"); code != 200 || !strings.Contains(body, `mx_verdict{verdict="satisfactory"} 1`) {
		t.Errorf("/probe: %d %s", code, body)
	}
	if code, body := e.get("/metrics"); code != 200 || !strings.Contains(body, "mx_exporter_log_lines_dropped_total 0") {
		t.Errorf("/metrics: %d", code)
	}
	if code := e.end(); code != exitOK {
		t.Errorf("exit code %d, want 0", code)
	}
}

func TestServeTakesItsFlags(t *testing.T) {
	e := serving(t, "serve", "--web.route-prefix=/mx", "--web.disable-details", "--log.format=logfmt", "--log.level=debug")
	if code, _ := e.get("/mx/-/ready"); code != 200 {
		t.Errorf("/mx/-/ready: %d", code)
	}
	if code, _ := e.get("/mx/probe?target=satisfactory.example&debug=true"); code != 404 {
		t.Errorf("debug: %d, want 404", code)
	}
	if code := e.end(); code != exitOK {
		t.Errorf("exit code %d, want 0", code)
	}
}

// C10
func TestHangupReloads(t *testing.T) {
	file := filepath.Join(t.TempDir(), "mx.yml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	hangup := func() {
		t.Helper()
		self, err := os.FindProcess(os.Getpid())
		if err != nil {
			t.Fatal(err)
		}
		if err := self.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
	}
	write("modules:\n  one:\n    prober: mx\n")
	e := serving(t, "--config.file="+file)

	write("modules:\n  two:\n    prober: mx\n")
	hangup()
	e.logged("(configuration reloaded)")
	if code, body := e.get("/probe?target=satisfactory.example&module=two"); code != 200 {
		t.Errorf("the new module: %d %s", code, body)
	}
	write("modules:\n  two:\n    probber: mx\n")
	hangup()
	e.logged("(was not reloaded)")
	if _, body := e.get("/metrics"); !strings.Contains(body, "mx_exporter_config_last_reload_successful 0") {
		t.Error("the failed reload is not in the metrics")
	}
	if code, _ := e.get("/probe?target=satisfactory.example&module=two"); code != 200 {
		t.Error("the old configuration is gone")
	}
	if code := e.end(); code != exitOK {
		t.Errorf("exit code %d, want 0", code)
	}
}

func TestAnAddressInUseIsAFault(t *testing.T) {
	e := serving(t)
	var errs strings.Builder
	if code := seeing(io.Discard, &errs).run(t.Context(), []string{"--web.listen-address=" + strings.TrimPrefix(e.url, "http://")}); code != exitFault || !strings.Contains(errs.String(), "address already in use") {
		t.Errorf("exit code %d: %s", code, &errs)
	}
	e.end()
}
