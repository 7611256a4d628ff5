package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// serving runs the command until the test is over and gives the address at which
// it listens, what it logged, and what reads a path.
func serving(t *testing.T, w world, file string) (log *buffer, ask func(path string) (int, string)) {
	t.Helper()
	log = &buffer{}
	ctx, stop := context.WithCancel(t.Context())
	code := make(chan int, 1)
	go func() {
		code <- newProgram(strings.NewReader(""), io.Discard, log, w).run(ctx, []string{"serve", "--config.file=" + file, "--web.listen-address=127.0.0.1:0", "--web.enable-lifecycle"})
	}()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	t.Cleanup(func() {
		stop()
		if n := <-code; n != exitOK {
			t.Errorf("ended with %d: %s", n, log)
		}
	})
	address := ""
	eventually(t, "a line about the address", func() bool {
		m := regexp.MustCompile(`msg="Listening on" address=(\S+)`).FindStringSubmatch(log.String())
		if m != nil {
			address = m[1]
		}
		return m != nil
	})
	return log, func(path string) (int, string) {
		method := http.MethodGet
		if strings.HasPrefix(path, "/-/reload") {
			method = http.MethodPost
		}
		req, err := http.NewRequestWithContext(t.Context(), method, "http://"+address+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		b, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, string(b)
	}
}

// eventually waits for what another goroutine does.
func eventually(t *testing.T, what string, f func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !f() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%s did not come", what)
		}
	}
}

// The whole of it: a site is crawled and a set expanded by a real resolver, both
// are served, a reload that is wrong changes nothing, and one that is right does.
func TestServeHandsOnWhatItFinds(t *testing.T) {
	site := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		if want := "mx_sd"; !strings.HasPrefix(r.UserAgent(), want) || !strings.HasSuffix(r.UserAgent(), " (+https://monitor.example.net/)") {
			t.Errorf("we are called %q", r.UserAgent())
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<a href="mailto:info@example.org"><a href="mailto:b@example.net">`)
	})
	w := labWorld(t, site, labZone+expandZone)
	file := filepath.Join(t.TempDir(), "mx_sd.yml")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const good = `
contact: https://monitor.example.net/
sites:
  shop: {url: "http://www.example.org/", allow_networks: [192.0.2.0/24], delay: 0s}
  gone: {url: "http://absent.example.org/"}
domains:
  all: {list: [null.test], sites: [shop]}
servers:
  all: {domains: [all]}
`
	write(good)
	log, ask := serving(t, w, file)
	eventually(t, "a document of servers", func() bool { code, _ := ask("/sd/servers/all"); return code == http.StatusOK })
	for path, want := range map[string][]string{
		"/sd/sites/shop":  {`"targets":["example.net"]`, `"targets":["example.org"]`, `"__meta_mx_own":"true"`},
		"/sd/domains/all": {`"targets":["null.test"]`, `"__meta_mx_server":"mx1.provider.test"`},
		"/sd/servers/all": {`"targets":["mx1.provider.test"],"labels":{"__meta_mx_domain":"example.net","__meta_mx_domains":"2"`, `"targets":["mx2.provider.test"]`},
		"/metrics":        {`mx_sd_refresh_successful{kind="site",name="gone"} 0`, "mx_sd_config_last_reload_successful 1", "mx_sd_log_lines_dropped_total 0"},
	} {
		code, body := ask(path)
		for _, s := range want {
			if code != http.StatusOK || !strings.Contains(body, s) {
				t.Errorf("%s: %d, no %s in %s", path, code, s, body)
			}
		}
	}
	write("sites: {shop: {}}\n")
	if code, body := ask("/-/reload"); code != http.StatusInternalServerError || !strings.Contains(body, "sites.shop: url is missing") {
		t.Errorf("%d %s", code, body)
	}
	if code, _ := ask("/sd/sites/shop"); code != http.StatusOK {
		t.Error("a wrong file took a site away")
	}
	write(strings.ReplaceAll(good, "servers:\n  all:", "servers:\n  other:"))
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if err := self.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the other name", func() bool { code, _ := ask("/sd/servers/other"); return code == http.StatusOK })
	if code, _ := ask("/sd/servers/all"); code != http.StatusNotFound {
		t.Errorf("the old name is still there: %d", code)
	}
	if s := log.String(); strings.Count(s, "msg=refreshed kind=site name=shop") != 1 || !strings.Contains(s, `msg="refresh failed; what was found before stays" kind=site name=gone`) {
		t.Errorf("log: %s", s)
	}
}

func TestAPortThatIsTakenIsAFault(t *testing.T) {
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	file := filepath.Join(t.TempDir(), "mx_sd.yml")
	if err := os.WriteFile(file, []byte("domains: {x: {list: [example.org]}}"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := labWorld(t, nil, expandZone).run(t, "", "serve", "--config.file="+file, "--web.listen-address="+l.Addr().String())
	if s.code != exitFault || !strings.Contains(s.errors, "mx_sd: ") {
		t.Errorf("%+v", s)
	}
}
