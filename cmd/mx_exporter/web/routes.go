package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// paths says where the routes stand: prefix on this server, external as a
// browser sees them. Neither ends in a slash.
type paths struct{ prefix, external string }

func newPaths(external, prefix string) (paths, error) {
	u, err := url.Parse(external)
	if err != nil {
		return paths{}, fmt.Errorf("external URL %q cannot be read; want one such as https://mail.example.org/mx/", external)
	}
	if external != "" && (u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		return paths{}, fmt.Errorf("external URL %q is no http or https URL with a host; want one such as https://mail.example.org/mx/", external)
	}
	p := paths{prefix: "/" + strings.Trim(prefix, "/"), external: "/" + strings.Trim(u.Path, "/")}
	if prefix == "" {
		p.prefix = p.external
	}
	if external == "" {
		p.external = p.prefix
	}
	if strings.ContainsAny(p.prefix, "{} \t\r\n?#") {
		return paths{}, fmt.Errorf("route prefix %q has a character that no path here can have; want one such as /mx", prefix)
	}
	p.prefix, p.external = strings.TrimSuffix(p.prefix, "/"), strings.TrimSuffix(p.external, "/")
	return p, nil
}

// routes builds the tree of handlers.
func (h *Handler) routes() (http.Handler, error) {
	landing, err := h.newLanding()
	if err != nil {
		return nil, err
	}
	mux, at := http.NewServeMux(), h.paths.prefix
	look := func(pattern string, f http.HandlerFunc) {
		mux.HandleFunc(at+pattern, h.only(f, http.MethodGet, http.MethodHead))
	}
	look("/{$}", landing.ServeHTTP)
	look("/style.css", landing.style)
	look("/probe", h.sameSite(h.handleProbe))
	look("/report", landing.handleReport)
	look("/report/{id}", landing.handlePast)
	mux.HandleFunc(at+"/explain", h.only(h.sameSite(landing.handleExplain), http.MethodGet, http.MethodHead, http.MethodPost))
	look("/metrics", promhttp.HandlerFor(h.metrics.registry, promhttp.HandlerOpts{EnableOpenMetrics: true}).ServeHTTP)
	look("/config", h.handleConfig)
	look("/-/healthy", h.handleHealthy)
	look("/-/ready", h.handleReady)
	mux.HandleFunc(at+"/-/reload", h.only(h.sameSite(h.handleReload), http.MethodPost))
	if at != "" {
		mux.Handle("/{$}", http.RedirectHandler(h.paths.external+"/", http.StatusFound))
	}
	return h.guard(mux), nil
}

// policy lets a page use nothing but its own style sheet and its own form.
const policy = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// writeTime is how long a reader may take over a page.
const writeTime = 30 * time.Second

// guard is around every route: the headers, a bound on slow readers, and the
// last stop of a panic.
func (h *Handler) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", policy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("X-Frame-Options", "DENY")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		if h.conns.crowded() {
			header.Set("Connection", "close")
		}
		extend(w, writeTime)
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(v) // how a handler says that it gives up the connection
			}
			h.Panicked(v, debug.Stack())
			h.refuse(w, &refusal{http.StatusInternalServerError, panicked, "the request failed by a fault in the exporter, which its log describes"})
		}()
		next.ServeHTTP(w, r)
	})
}

// extend gives the reader of an answer d from now.
func extend(w http.ResponseWriter, d time.Duration) {
	// A writer without deadlines, as in a test, needs none.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(d))
}

// only lets the methods through that are named.
func (h *Handler) only(next http.HandlerFunc, methods ...string) http.HandlerFunc {
	allow := strings.Join(methods, ", ")
	return func(w http.ResponseWriter, r *http.Request) {
		for _, m := range methods {
			if r.Method == m {
				next(w, r)
				return
			}
		}
		w.Header().Set("Allow", allow)
		h.refuse(w, &refusal{http.StatusMethodNotAllowed, badMethod, "method " + echo(r.Method) + " is not for this path; want " + allow})
	}
}

// sameSite refuses what a page of another site makes an operator's browser ask
// for, where the answer costs something. Browsers send the header; Prometheus
// and curl do not (Fetch Metadata, W3C).
func (h *Handler) sameSite(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Sec-Fetch-Site") == "cross-site" {
			h.refuse(w, &refusal{http.StatusForbidden, crossSite, "a page of another site asked for this; open it from here instead"})
			return
		}
		next(w, r)
	}
}

func (h *Handler) handleHealthy(w http.ResponseWriter, _ *http.Request) {
	h.plain(w, http.StatusOK, "healthy\n")
}

func (h *Handler) handleReady(w http.ResponseWriter, _ *http.Request) {
	if h.stopping.Load() {
		h.refuse(w, busy(stopping, "shutting down"))
		return
	}
	h.plain(w, http.StatusOK, "ready\n")
}
