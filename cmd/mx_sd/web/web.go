// Package web serves what mx_sd found as Prometheus's HTTP service discovery, and
// tells how old it is.
//
// An answer is made from what the background found; no request starts a crawl or
// a look-up. Until a first result is there the answer is 503, on which Prometheus
// keeps the targets that it has.
package web

import (
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	versioncollector "github.com/prometheus/client_golang/prometheus/collectors/version"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"mx_exporter/cmd/mx_sd/discovery"
)

// The bounds of an HTTP connection, as the exporter's (H9).
const (
	headerTime     = 5 * time.Second
	readTime       = 10 * time.Second
	writeTime      = 30 * time.Second
	idleTime       = time.Minute
	maxHeaderBytes = 16 << 10
	grace          = 10 * time.Second
	retryAfter     = "30" // seconds, until a first result can be there
	plainText      = "text/plain; charset=utf-8"
)

// Options are what a handler serves and how.
type Options struct {
	Discovery  *discovery.Discovery
	Reload     func() error // loads the configuration anew
	Lifecycle  bool         // POST /-/reload is taken
	Logger     log.Logger
	Collectors []prometheus.Collector // beside ours
}

// Handler serves everything.
type Handler struct {
	o   Options
	mux *http.ServeMux
}

// New makes a handler.
func New(o Options) (*Handler, error) {
	registry := prometheus.NewRegistry()
	all := append([]prometheus.Collector{
		newMetrics(o.Discovery), collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		versioncollector.NewCollector("mx_sd"),
	}, o.Collectors...)
	for _, c := range all {
		if err := registry.Register(c); err != nil {
			return nil, err
		}
	}
	h := &Handler{o: o, mux: http.NewServeMux()}
	h.mux.HandleFunc("GET /sd/sites/{name}", h.serve(o.Discovery.SiteTargets))
	h.mux.HandleFunc("GET /sd/domains/{name}", h.serve(o.Discovery.DomainTargets))
	h.mux.HandleFunc("GET /sd/servers/{name}", h.serve(o.Discovery.ServerTargets))
	h.mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	h.mux.HandleFunc("GET /-/healthy", say("mx_sd is healthy\n"))
	h.mux.HandleFunc("GET /-/ready", say("mx_sd is ready\n"))
	h.mux.HandleFunc("POST /-/reload", h.reload)
	page, err := newLanding(o.Discovery)
	if err != nil {
		return nil, err
	}
	h.mux.Handle("GET /{$}", page)
	h.mux.HandleFunc("GET /style.css", page.style)
	return h, nil
}

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.mux.ServeHTTP(w, r)
}

// Serve gives listen a server to run, until ctx is over or listen fails.
func (h *Handler) Serve(ctx context.Context, listen func(*http.Server) error) error {
	s := &http.Server{
		Handler: h, ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime,
		IdleTimeout: idleTime, MaxHeaderBytes: maxHeaderBytes,
	}
	ended := make(chan error, 1)
	go func() { ended <- listen(s) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	down, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err := s.Shutdown(down); err != nil {
		_ = s.Close()
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func say(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", plainText)
		fmt.Fprint(w, text)
	}
}

// serve answers with the targets under a name.
func (h *Handler) serve(targets func(name string) discovery.Answer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a := targets(r.PathValue("name"))
		switch {
		case !a.Known:
			http.Error(w, "the configuration has nothing of this name", http.StatusNotFound)
			return
		case !a.Ready:
			w.Header().Set("Retry-After", retryAfter)
			http.Error(w, "there is no result yet; the first page, /, says how the last try ended", http.StatusServiceUnavailable)
			return
		}
		body, err := a.JSON()
		if err != nil {
			level.Error(h.o.Logger).Log("msg", "the targets could not be written", "err", err)
			http.Error(w, "the targets could not be written", http.StatusInternalServerError)
			return
		}
		h.document(w, r, body)
	}
}

// document writes JSON with a strong validator (RFC 9110 section 8.8.3), packed
// where the client takes that.
func (h *Handler) document(w http.ResponseWriter, r *http.Request, body []byte) {
	sum := sha256.Sum256(body)
	packed := takesGzip(r.Header.Get("Accept-Encoding"))
	tag := `"` + hex.EncodeToString(sum[:16]) + `"`
	if packed {
		tag = tag[:len(tag)-1] + `-gzip"` // another representation has another tag
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("ETag", tag)
	w.Header().Set("Vary", "Accept-Encoding")
	if matches(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if !packed {
		_, _ = w.Write(body)
		return
	}
	w.Header().Set("Content-Encoding", "gzip")
	z := gzip.NewWriter(w)
	_, _ = z.Write(body)
	_ = z.Close()
}

// matches is the comparison of If-None-Match (RFC 9110 section 13.1.2).
func matches(header, tag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		if p := strings.TrimSpace(part); p == "*" || strings.TrimPrefix(p, "W/") == tag {
			return true
		}
	}
	return false
}

// takesGzip reads Accept-Encoding as far as it is about gzip.
func takesGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, parameter, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			q := strings.ReplaceAll(parameter, " ", "")
			return strings.Trim(q, "q=0.") != "" || q == ""
		}
	}
	return false
}

func (h *Handler) reload(w http.ResponseWriter, r *http.Request) {
	if !h.o.Lifecycle {
		http.Error(w, "reloading by HTTP is off; --web.enable-lifecycle turns it on", http.StatusForbidden)
		return
	}
	if r.Header.Get("Sec-Fetch-Site") == "cross-site" { // only browsers send it (Fetch Metadata, W3C)
		http.Error(w, "a page of another site asked for this", http.StatusForbidden)
		return
	}
	if err := h.o.Reload(); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	say("reloaded\n")(w, nil)
}
