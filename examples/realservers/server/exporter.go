//go:build linux

package server

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// Exporter is the program under test, running as users run it.
type Exporter struct {
	*Process
	Address       string // host:port of its HTTP side
	Program       string // path of the program
	Configuration string // path of its configuration
}

// StartExporter builds the exporter, starts it with a configuration and returns
// when it is ready.
func StartExporter(t testing.TB, configuration []byte) *Exporter {
	t.Helper()
	dir := Folder(t, "exporter")
	e := &Exporter{
		Address:       At("127.0.0.1", Port(t)),
		Program:       filepath.Join(dir, "mx_exporter"),
		Configuration: filepath.Join(dir, "mx_exporter.yml"),
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-o", e.Program, "mx_exporter/cmd/mx_exporter")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	if err := os.WriteFile(e.Configuration, configuration, 0o600); err != nil {
		t.Fatal(err)
	}
	e.Process = Start(t, dir, "exporter", e.Program,
		"--config.file="+e.Configuration, "--web.listen-address="+e.Address)
	e.Ready(t, "says that it is ready", func() bool {
		code, _, err := fetch(t.Context(), "http://"+e.Address+"/-/ready")
		return err == nil && code == http.StatusOK
	})
	return e
}

// Probe asks /probe about a target and returns the series of the answer. A module
// that is bound to a server takes the empty target.
func (e *Exporter) Probe(t testing.TB, module, target string) Exposition {
	t.Helper()
	query := url.Values{"module": {module}}
	if target != "" {
		query.Set("target", target)
	}
	code, body, err := fetch(t.Context(), "http://"+e.Address+"/probe?"+query.Encode())
	if err != nil {
		t.Fatal(err)
	}
	if code != http.StatusOK {
		t.Fatalf("/probe of %s: HTTP %d: %s", target, code, body)
	}
	return ParseExposition(t, string(body))
}

// fetch gets a page within a minute, which is longer than any probe may take.
func fetch(ctx context.Context, address string) (code int, body []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, nil, err
	}
	response, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	body, err = io.ReadAll(io.LimitReader(response.Body, 1<<22))
	return response.StatusCode, body, err
}
