package web

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-kit/log"

	"mx_exporter/config"
	"mx_exporter/probe"
)

// H9
func TestOnlyReadingMethodsAreTaken(t *testing.T) {
	h := newHandler(t, well)
	for _, path := range []string{"/", "/probe?target=example.org", "/metrics", "/config", "/-/healthy", "/-/ready", "/style.css", "/report", "/report/x"} {
		for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND"} {
			w := ask(h, method, path)
			want(t, w, 405, "want GET, HEAD")
			if w.Header().Get("Allow") != "GET, HEAD" {
				t.Errorf("%s %s: Allow is %q", method, path, w.Header().Get("Allow"))
			}
		}
		if w := ask(h, "HEAD", path); w.Code == 405 {
			t.Errorf("HEAD %s is refused", path)
		}
	}
	want(t, ask(h, "PUT", "/explain"), 405, "want GET, HEAD, POST")
}

// H9
func TestTheServerHasEveryBound(t *testing.T) {
	s := newHandler(t, well).Server()
	if s.ReadHeaderTimeout != headerTime || s.ReadTimeout != readTime || s.IdleTimeout != idleTime || s.MaxHeaderBytes != 16<<10 {
		t.Errorf("the server's bounds are %v %v %v %d", s.ReadHeaderTimeout, s.ReadTimeout, s.IdleTimeout, s.MaxHeaderBytes)
	}
}

// H9
func TestHugeHeadersAndAddressesAreRefused(t *testing.T) {
	s := httptest.NewUnstartedServer(nil)
	s.Config = newHandler(t, well).Server()
	s.Start()
	defer s.Close()
	for name, request := range map[string]string{
		"headers": "GET /probe?target=example.org HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("X-Junk: "+strings.Repeat("a", 1000)+"\r\n", 30) + "\r\n",
		"address": "GET /probe?target=" + strings.Repeat("a", 1<<20) + " HTTP/1.1\r\nHost: x\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			c, err := net.Dial("tcp", s.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			go func() { _, _ = io.WriteString(c, request) }() // cut off by the answer
			answer, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			if answer.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
				t.Errorf("answered %d, want 431", answer.StatusCode)
			}
		})
	}
}

// H13, H14
func TestEveryAnswerCarriesTheProtectingHeaders(t *testing.T) {
	h := newHandler(t, well)
	for _, path := range []string{"/", "/probe?target=example.org", "/probe?target=example.org&debug=true", "/probe", "/metrics", "/config", "/nosuch"} {
		header := ask(h, "GET", path).Header()
		for name, value := range map[string]string{
			"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY",
		} {
			if header.Get(name) != value {
				t.Errorf("%s: %s is %q, want %q", path, name, header.Get(name), value)
			}
		}
	}
	for _, part := range []string{"default-src 'none'", "frame-ancestors 'none'", "form-action 'self'"} {
		if !strings.Contains(policy, part) {
			t.Errorf("the policy lacks %s", part)
		}
	}
}

// H14
func TestAnotherSitesPageCannotStartAProbe(t *testing.T) {
	h := newHandler(t, func(context.Context, probe.Target, config.Module) (*probe.Result, error) {
		t.Error("a probe ran")
		return nil, nil
	}, func(o *Options) { o.Lifecycle = true })
	want(t, ask(h, "GET", "/probe?target=example.org", "Sec-Fetch-Site", "cross-site"), 403, "another site")
	want(t, ask(h, "GET", "/report?target=example.org", "Sec-Fetch-Site", "cross-site"), 200, `value="example.org"`)
	want(t, ask(h, "POST", "/-/reload", "Sec-Fetch-Site", "cross-site"), 403, "another site")
	want(t, ask(h, "GET", "/", "Sec-Fetch-Site", "cross-site"), 200, "<form")
	for _, own := range []string{"same-origin", "none", ""} {
		want(t, ask(newHandler(t, well), "GET", "/probe?target=example.org", "Sec-Fetch-Site", own), 200, "probe_success 1")
	}
}

// H14
func TestReloadIsOffUnlessAskedForAndNeverByGET(t *testing.T) {
	want(t, ask(newHandler(t, well), "POST", "/-/reload"), 403, "--web.enable-lifecycle")
	want(t, ask(newHandler(t, well, func(o *Options) { o.Lifecycle = true }), "GET", "/-/reload"), 405, "want POST")
}

// H15
func TestAPanicIsAnAnswerACountAndOneStackAMinute(t *testing.T) {
	var out lines
	h := newHandler(t, func(context.Context, probe.Target, config.Module) (*probe.Result, error) { panic("boom") },
		func(o *Options) { o.Logger = log.NewLogfmtLogger(&out) })
	for range 3 {
		want(t, ask(h, "GET", "/probe?target=example.org"), 500, "fault in the exporter")
	}
	wantMetric(t, h, "mx_exporter_panics_total 3")
	wantMetric(t, h, `mx_exporter_probes_total{module="mx",outcome="panic"} 3`)
	wantMetric(t, h, `mx_exporter_requests_rejected_total{code="500",reason="panic"} 3`)
	if n := strings.Count(out.String(), "stack="); n != 1 {
		t.Errorf("%d stacks in the log, want 1", n)
	}
	if h.slots.running() != 0 {
		t.Error("the slot was not given back")
	}
}

// H15
func TestAPanicInAPageIsContained(t *testing.T) {
	h := newHandler(t, well)
	w := httptest.NewRecorder()
	h.guard(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("boom") })).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	want(t, w, 500, "fault in the exporter")
	wantMetric(t, h, "mx_exporter_panics_total 1")
}

func TestRoutesStandUnderThePrefix(t *testing.T) {
	for _, c := range []struct{ external, prefix, at, link string }{
		{"", "", "", "/report"},
		{"https://mail.example.org/mx/", "", "/mx", "/mx/report"},
		{"", "mx/", "/mx", "/mx/report"},
		{"https://mail.example.org/mail/mx", "/", "", "/mail/mx/report"},
	} {
		t.Run(c.external+" "+c.prefix, func(t *testing.T) {
			h := newHandler(t, well, func(o *Options) { o.ExternalURL, o.RoutePrefix = c.external, c.prefix })
			want(t, ask(h, "GET", c.at+"/probe?target=example.org"), 200, "probe_success 1")
			want(t, ask(h, "GET", c.at+"/report?target=example.org"), 200, fmt.Sprintf("href=\"%s?module=mx&amp;target=example.org", c.link))
			want(t, ask(h, "GET", c.at+"/-/healthy"), 200, "healthy")
			want(t, ask(h, "GET", c.at+"/"), 200, fmt.Sprintf("action=%q", c.link))
			if c.at != "" {
				want(t, ask(h, "GET", "/"), 302, c.at+"/")
				want(t, ask(h, "GET", "/probe"), 404, "")
			}
		})
	}
}

func TestBadPathsAreRefusedAtTheStart(t *testing.T) {
	s := &fixedStore{}
	s.now.Store(modules())
	for _, o := range []Options{
		{ExternalURL: "mail.example.org"}, {ExternalURL: "ftp://mail.example.org/"}, {ExternalURL: "http://[::1"}, {RoutePrefix: "/a{b}"},
	} {
		o.Prober, o.Config = ProberFunc(well), s
		if _, err := New(o); err == nil || !strings.Contains(err.Error(), "want one such as") {
			t.Errorf("%q %q: %v, want an error that says what would be right", o.ExternalURL, o.RoutePrefix, err)
		}
	}
}
