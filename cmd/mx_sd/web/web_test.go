package web

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-kit/log"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.uber.org/goleak"

	"mx_exporter/cmd/mx_sd/discovery"
	"mx_exporter/cmd/mx_sd/servers"
	"mx_exporter/config/sd"
	"mx_exporter/probe/crawl"
	"mx_exporter/probe/mailaddr"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// finder finds one domain on a site; of the site "slow" never anything.
type finder struct{}

func (finder) Crawl(ctx context.Context, s sd.Site) (*crawl.Result, error) {
	if strings.Contains(s.URL, "slow") {
		<-ctx.Done()
	}
	if strings.Contains(s.URL, "broken") {
		return nil, errors.New("broken")
	}
	return &crawl.Result{
		Domains: []crawl.Domain{{Name: "example.org", Own: true, Addresses: 2, Pages: 3}},
		Addresses: []crawl.Address{
			{Address: "trap@example.org", Domain: "example.org"},
			{Address: "info@example.org", Domain: "example.org"},
			{Address: "broken-address", Fault: &mailaddr.SyntaxError{Reason: mailaddr.NoAt}},
		},
		Pages: []crawl.Page{{Kind: crawl.HTML}, {Kind: crawl.PDF, Reason: crawl.PDFKilled}, {Reason: crawl.Robots}, {Reason: crawl.Duplicate}},
		Bytes: 1000, Limited: []crawl.Limit{crawl.LimitDepth},
	}, nil
}

func (finder) Expand(_ context.Context, domains []string) (*servers.Result, error) {
	r := &servers.Result{}
	for _, d := range domains {
		r.Domains = append(r.Domains, servers.Domain{Name: d})
	}
	return r, nil
}

func (finder) List(string) ([]string, error) { return nil, nil }

const file = `
sites:
  a: {url: 'http://a.test', expect_addresses: [info@EXAMPLE.org, sales@example.org]}
  slow: {url: 'http://slow.test'}
  broken: {url: 'http://broken.test'}
domains: {x: {list: [example.org]}}
servers: {s: {domains: [x]}}
`

// serving runs a test against a handler whose discovery has had its time.
func serving(t *testing.T, o Options, f func(t *testing.T, h *Handler)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c, err := sd.Parse([]byte(file), "")
		if err != nil {
			t.Fatal(err)
		}
		o.Discovery, o.Logger = discovery.New(finder{}, func(discovery.State) {}), log.NewNopLogger()
		o.Discovery.Load(c)
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { o.Discovery.Run(ctx) })
		synctest.Wait()
		h, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		f(t, h)
		cancel()
		wg.Wait()
	})
}

func ask(h http.Handler, method, path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(context.Background(), method, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestTargetsAreServed(t *testing.T) {
	serving(t, Options{}, func(t *testing.T, h *Handler) {
		for path, want := range map[string]int{
			"/sd/sites/a": 200, "/sd/domains/x": 200, "/sd/servers/s": 200, "/": 200, "/style.css": 200, "/-/healthy": 200, "/-/ready": 200, "/metrics": 200,
			"/sd/sites/slow": 503, "/sd/sites/broken": 503, "/sd/sites/b": 404, "/sd/domains/a": 404, "/sd/sites/": 404, "/sd": 404,
		} {
			w := ask(h, http.MethodGet, path)
			if w.Code != want || want == 503 && w.Header().Get("Retry-After") == "" || w.Header().Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%s: %d %v, want %d", path, w.Code, w.Header(), want)
			}
			if strings.HasPrefix(path, "/sd/") && want == 200 && (w.Header().Get("Content-Type") != "application/json; charset=utf-8" || w.Body.String()[0] != '[') {
				t.Errorf("%s: %v %s", path, w.Header(), w.Body)
			}
			if w := ask(h, http.MethodPost, path); w.Code == 200 {
				t.Errorf("POST %s is taken", path)
			}
		}
	})
}

func TestAnswersAreValidatedAndPacked(t *testing.T) {
	serving(t, Options{}, func(t *testing.T, h *Handler) {
		plain := ask(h, http.MethodGet, "/sd/sites/a")
		packed := ask(h, http.MethodGet, "/sd/sites/a", "Accept-Encoding", "br, gzip;q=0.5")
		z, err := gzip.NewReader(packed.Body)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(z)
		if err != nil || string(body) != plain.Body.String() || packed.Header().Get("Content-Encoding") != "gzip" {
			t.Errorf("%v, %s", err, body)
		}
		tag := plain.Header().Get("ETag")
		if tag == "" || tag == packed.Header().Get("ETag") {
			t.Errorf("tags %q and %q", tag, packed.Header().Get("ETag"))
		}
		for header, want := range map[string]int{tag: 304, "W/" + tag: 304, `"x", ` + tag: 304, "*": 304, `"x"`: 200, packed.Header().Get("ETag"): 200} {
			if w := ask(h, http.MethodGet, "/sd/sites/a", "If-None-Match", header); w.Code != want || want == 304 && w.Body.Len() > 0 {
				t.Errorf("If-None-Match %s: %d, want %d", header, w.Code, want)
			}
		}
		for header, want := range map[string]bool{"gzip;q=0": false, "gzip; q=0.000": false, "identity": false, "GZIP": true, "gzip;q=1.0": true} {
			if got := takesGzip(header); got != want {
				t.Errorf("Accept-Encoding %s: %v", header, got)
			}
		}
		if w := ask(h, http.MethodHead, "/sd/sites/a"); w.Code != 200 {
			t.Errorf("HEAD: %d", w.Code)
		}
	})
}

// W6: what was found is counted and compared, and is no label.
func TestMetricsTellHowOldAndHowMany(t *testing.T) {
	serving(t, Options{}, func(t *testing.T, h *Handler) {
		time.Sleep(30 * time.Minute)
		text := ask(h, http.MethodGet, "/metrics").Body.String()
		for _, want := range []string{
			`mx_sd_result_age_seconds{kind="site",name="a"} 1800`, `mx_sd_refresh_interval_seconds{kind="domains",name="x"} 3600`,
			`mx_sd_refresh_successful{kind="site",name="a"} 1`, `mx_sd_refresh_successful{kind="site",name="broken"} 0`,
			`mx_sd_refresh_failures_total{kind="site",name="broken"} 1`, `mx_sd_refreshes_total{kind="site",name="slow"} 0`,
			`mx_crawl_addresses{site="a",state="valid"} 2`, `mx_crawl_addresses{site="a",state="broken"} 1`,
			`mx_crawl_addresses_missing{site="a"} 1`, `mx_crawl_addresses_unexpected{site="a"} 1`,
			`mx_crawl_pages{site="a"} 1`, `mx_crawl_pages_unread{site="a"} 2`, `mx_pdf_parse_errors{site="a"} 1`,
			`mx_crawl_truncated{site="a"} 1`, `mx_crawl_limit_reached{limit="depth",site="a"} 1`,
			`mx_sd_domains{set="x"} 1`, `mx_sd_servers{set="x"} 0`,
		} {
			if !strings.Contains(text, want+"\n") {
				t.Errorf("no %s", want)
			}
		}
		for _, found := range []string{"example.org", "trap@", "broken-address", `mx_sd_result_age_seconds{kind="site",name="slow"}`} {
			if strings.Contains(text, found) {
				t.Errorf("%s is in the metrics", found)
			}
		}
		if problems, err := testutil.CollectAndLint(newMetrics(h.o.Discovery)); err != nil || len(problems) > 0 {
			t.Errorf("%v, %v", problems, err)
		}
	})
}

func TestReloadIsOffUnlessAskedFor(t *testing.T) {
	serving(t, Options{}, func(t *testing.T, h *Handler) {
		if w := ask(h, http.MethodPost, "/-/reload"); w.Code != http.StatusForbidden {
			t.Errorf("%d", w.Code)
		}
	})
	var fault error
	serving(t, Options{Lifecycle: true, Reload: func() error { return fault }}, func(t *testing.T, h *Handler) {
		if w := ask(h, http.MethodPost, "/-/reload"); w.Code != http.StatusOK {
			t.Errorf("%d", w.Code)
		}
		if w := ask(h, http.MethodPost, "/-/reload", "Sec-Fetch-Site", "cross-site"); w.Code != http.StatusForbidden {
			t.Errorf("H14: a page of another site reloads: %d", w.Code)
		}
		fault = errors.New("mx_sd.yml:3:1: wrong")
		if w := ask(h, http.MethodPost, "/-/reload"); w.Code != http.StatusInternalServerError || !strings.Contains(w.Body.String(), "3:1") {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		if w := ask(h, http.MethodGet, "/-/reload"); w.Code != http.StatusMethodNotAllowed {
			t.Errorf("GET: %d", w.Code)
		}
	})
}

func TestServeEndsWithItsContext(t *testing.T) {
	serving(t, Options{}, func(t *testing.T, h *Handler) {
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() {
			done <- h.Serve(ctx, func(s *http.Server) error { return s.Serve(pending{make(chan struct{})}) })
		}()
		synctest.Wait()
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		want := errors.New("no port")
		if err := h.Serve(t.Context(), func(*http.Server) error { return want }); !errors.Is(err, want) {
			t.Error(err)
		}
	})
}

// pending is a listener that nobody calls.
type pending struct{ closed chan struct{} }

func (p pending) Accept() (net.Conn, error) {
	<-p.closed
	return nil, net.ErrClosed
}

func (p pending) Close() error {
	close(p.closed)
	return nil
}

func (pending) Addr() net.Addr { return &net.TCPAddr{} }
