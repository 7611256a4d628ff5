//go:build linux

package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"mx_exporter/config"
)

// process is the program as a process of its own.
type process struct {
	t      *testing.T
	cmd    *exec.Cmd
	url    string
	file   string
	client http.Client
	logged chan string // what it wrote, when it has ended
	over   bool
}

// processWith starts the program with a limit of open files and an environment,
// and a configuration in which every module talks to a field.
func processWith(t *testing.T, f *field, files int, env []string, keys string) *process {
	t.Helper()
	p := &process{t: t, file: filepath.Join(t.TempDir(), "mx.yml"), logged: make(chan string, 1)}
	p.client.Transport = &http.Transport{DisableKeepAlives: true}
	p.write(f.configuration(keys))
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	script := fmt.Sprintf(`ulimit -n %d && exec "$0" "$@"`, files)
	p.cmd = exec.CommandContext(context.WithoutCancel(t.Context()), "/bin/sh", "-c", script, self,
		"--config.file="+p.file, "--web.listen-address=127.0.0.1:0", "--web.enable-lifecycle")
	p.cmd.Env = append(env, asProgram+"=1")
	out, in := io.Pipe()
	p.cmd.Stderr, p.cmd.Stdout = in, in
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	address := make(chan string, 1)
	go p.read(out, address)
	go func() { _ = p.cmd.Wait(); _ = in.Close() }()
	t.Cleanup(func() {
		if !p.over {
			_ = p.cmd.Process.Kill()
			<-p.logged
		}
	})
	where, ok := <-address
	if !ok {
		p.over = true
		t.Fatalf("it did not listen:\n%s", <-p.logged)
	}
	p.url = "http://" + where
	return p
}

// read takes in the log and finds the address in it.
func (p *process) read(out io.Reader, address chan<- string) {
	var text strings.Builder
	listening := regexp.MustCompile(`msg="Listening on" address=(\S+)`)
	for s := bufio.NewScanner(out); s.Scan(); {
		text.WriteString(s.Text() + "\n")
		if m := listening.FindStringSubmatch(s.Text()); m != nil {
			address <- m[1]
		}
	}
	close(address)
	p.logged <- text.String()
}

// configuration has the modules for mail from strangers point at the field and its
// resolver, so that nothing else is asked.
func (f *field) configuration(keys string) string {
	text := "modules:\n"
	for _, name := range []config.Prober{config.ProberMX, config.ProberSMTP} {
		text += fmt.Sprintf("  %s:\n    prober: %s\n    dns: {servers: [%q]}\n    allow_networks: [127.0.0.0/8]\n    checks: []\n"+
			"    smtp: {port: %d, ehlo_name: monitor.test, mail_from: probe@monitor.test}\n%s", name, name, f.dns, f.port, keys)
	}
	return text
}

// write puts another configuration in place, whole at each moment.
func (p *process) write(text string) {
	p.t.Helper()
	if err := os.WriteFile(p.file+".new", []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
	if err := os.Rename(p.file+".new", p.file); err != nil {
		p.t.Fatal(err)
	}
}

// ask sends a request; an error is what a scraper would see of a lost answer.
func (p *process) ask(method, path string) (code int, body string, err error) {
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.url+path, nil)
	if err != nil {
		return 0, "", err
	}
	res, err := p.client.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	return res.StatusCode, string(b), err
}

func (p *process) probe(target string) (code int, body string, err error) {
	return p.ask(http.MethodGet, "/probe?target="+url.QueryEscape(target))
}

// metric reads one of the program's own.
func (p *process) metric(name string) int {
	p.t.Helper()
	code, body, err := p.ask(http.MethodGet, "/metrics")
	if err != nil || code != http.StatusOK {
		p.t.Fatalf("/metrics: %d, %v", code, err)
	}
	for line := range strings.Lines(body) {
		if rest, ok := strings.CutPrefix(line, name+" "); ok {
			v, err := strconv.ParseFloat(strings.TrimSpace(rest), 64)
			if err != nil {
				p.t.Fatal(err)
			}
			return int(v)
		}
	}
	p.t.Fatalf("there is no %s", name)
	return 0
}

// means are what a leak would show in.
type means struct{ goroutines, descriptors int }

func (p *process) means() means {
	return means{p.metric("go_goroutines"), p.metric("process_open_fds")}
}

// slack is what may stand longer than a second on purpose: sockets to the
// resolver, with a goroutine each, and a connection that is just being closed.
const slack = 10

// returnsTo fails unless goroutines and descriptors are back within a second.
func (p *process) returnsTo(before means) {
	p.t.Helper()
	var now means
	for began := time.Now(); time.Since(began) < time.Second; {
		now = p.means()
		if now.goroutines <= before.goroutines+slack && now.descriptors <= before.descriptors+slack {
			return
		}
	}
	p.t.Errorf("a second later there are %+v, and there were %+v", now, before)
}

// end sends the signal that ends the program. It fails the test unless the
// program ends in time and in order.
func (p *process) end(within time.Duration) {
	p.t.Helper()
	p.over = true
	var log string
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatal(err)
	}
	select {
	case log = <-p.logged:
	case <-time.After(within):
		_ = p.cmd.Process.Kill()
		p.t.Errorf("it was still there %v after the signal:\n%s", within, <-p.logged)
		return
	}
	if code := p.cmd.ProcessState.ExitCode(); code != exitOK || strings.Contains(log, "DATA RACE") || strings.Contains(log, "panic") {
		p.t.Errorf("exit code %d:\n%s", code, log)
	}
}
