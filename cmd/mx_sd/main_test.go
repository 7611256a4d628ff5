package main

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"mx_exporter/probe/crawl/pdf"
	"mx_exporter/probe/crawl/pdf/pdftest"
	"mx_exporter/probe/dnsq/dnsqtest"
)

// TestMain is the program itself where it is started to read a PDF.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == pdf.Command {
		os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	goleak.VerifyTestMain(m)
}

// labWorld is a world in which every website is one handler and every resolver
// knows one zone. Nothing beyond it can be reached.
func labWorld(t *testing.T, site http.Handler, zone string) world {
	t.Helper()
	w := world{program: pdftest.Program(t)}
	if site != nil {
		s := httptest.NewServer(site)
		t.Cleanup(s.Close)
		w.dial = to(s.Listener.Addr().String())
	}
	w.dns = to(dnsqtest.New(t, zone).Serve(t).Addr)
	return w
}

func to(address string) func(ctx context.Context, network, _ string) (net.Conn, error) {
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, network, address)
	}
}

// said is what a command left behind.
type said struct {
	code        int
	out, errors string
}

func (w world) run(t *testing.T, stdin string, args ...string) said {
	t.Helper()
	var out, errs buffer
	code := newProgram(strings.NewReader(stdin), &out, &errs, w).run(t.Context(), args)
	return said{code, out.String(), errs.String()}
}

// buffer may be read while it is written.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func TestHelpAndVersionEndTheProgram(t *testing.T) {
	for _, args := range [][]string{{"--help"}, {"crawl", "--help"}, {"--version"}} {
		if s := (world{}).run(t, "", args...); s.code != exitOK || s.out+s.errors == "" || strings.Count(s.out, "usage:") > 1 || strings.Contains(s.out, pdf.Command) {
			t.Errorf("%q: %+v", args, s)
		}
	}
}

func TestWrongUseIsOneSentence(t *testing.T) {
	for _, tt := range []struct {
		args string
		code int
		want string
	}{
		{"crawl", exitUsage, "required argument 'url' not provided"},
		{"crawl ftp://www.example.org", exitUsage, "this URL cannot be crawled (bad_scheme)"},
		{"crawl https://u:geheim@www.example.org", exitUsage, "the URL has a user name in it"},
		{"crawl --pages=0 www.example.org", exitUsage, "--pages is 0; want 1 to 500"},
		{"crawl --depth=9 www.example.org", exitUsage, "--depth is 9; want 1 to 5"},
		{"crawl --time=1h www.example.org", exitUsage, "--time is 1h0m0s; want more than 0s, at most 10m0s"},
		{"crawl --delay=-1s www.example.org", exitUsage, "--delay is -1s; want 0s to 1m0s"},
		{"crawl --pages=many www.example.org", exitUsage, `--pages "many" is no whole number; want one such as 20`},
		{"crawl --delay=1 www.example.org", exitUsage, `--delay "1" is no length of time; want one such as 30s`},
		{"crawl --domain=a/b www.example.org", exitUsage, `--domain "a/b" is no domain; want one such as example.org`},
		{"crawl --domain=info@example.org www.example.org", exitUsage, `is no domain`},
		{"crawl --allow-networks=10.0.0.1 www.example.org", exitUsage, `"10.0.0.1" is no network; want one such as 10.0.0.0/8`},
		{"crawl --contact=me www.example.org", exitUsage, "--contact is no URL"},
		{"crawl --dns.server=dns.example.org www.example.org", exitUsage, "want an IP address"},
		{"crawl -o xml www.example.org", exitUsage, "enum value must be one of text,json,csv"},
		{"expand /nonexistent", exitFault, "/nonexistent"},
		{"serve", exitUsage, "required flag(s) '--config.file' not provided"},
		{"serve --config.file=/nonexistent", exitFault, "/nonexistent"},
		{"config check /nonexistent", exitFault, "/nonexistent"},
		{"find", exitUsage, `expected command but got "find"`},
	} {
		s := (world{}).run(t, "", strings.Fields(tt.args)...)
		if s.code != tt.code || !strings.Contains(s.errors, tt.want) || strings.Count(s.errors, "\n") != 1 || strings.Contains(s.errors, "geheim") {
			t.Errorf("%s: code %d, %q; want %d, %q", tt.args, s.code, s.errors, tt.code, tt.want)
		}
	}
}
