package crawl

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"

	"mx_exporter/probe/dial"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// web is a world of websites in memory: what is dialled ends in a pipe, and
// nothing else can be reached.
type web struct {
	t     *testing.T
	hosts map[string]http.Handler // by name
	addrs map[string][]netip.Addr // what a name resolves to; a public address unless it is here

	mu     sync.Mutex
	dialed []string
	asked  []string // host and URL of each request
	pipes  listener
}

func newWeb(t *testing.T) *web {
	t.Helper()
	w := &web{t: t, hosts: map[string]http.Handler{}, addrs: map[string][]netip.Addr{}, pipes: listener{make(chan net.Conn), make(chan struct{})}}
	s := &http.Server{Handler: w}
	var served sync.WaitGroup
	served.Go(func() {
		if err := s.Serve(w.pipes); !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		_ = s.Close()
		served.Wait()
	})
	return w
}

// listener hands out the server's ends of pipes.
type listener struct {
	conns chan net.Conn
	done  chan struct{}
}

func (l listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l listener) Close() error {
	close(l.done)
	return nil
}

func (listener) Addr() net.Addr { return &net.TCPAddr{} }

// ServeHTTP is every server of the world.
func (w *web) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	w.mu.Lock()
	w.asked = append(w.asked, r.Host+r.URL.RequestURI())
	w.mu.Unlock()
	if r.Header.Get("Cookie") != "" || r.Header.Get("Authorization") != "" || r.Method != http.MethodGet {
		w.t.Errorf("W7: %s %s with cookie %q and authorization %q", r.Method, r.URL, r.Header.Get("Cookie"), r.Header.Get("Authorization"))
	}
	if h := w.hosts[host]; h != nil {
		h.ServeHTTP(rw, r)
		return
	}
	http.NotFound(rw, r)
}

func (w *web) lookup(_ context.Context, host string) ([]netip.Addr, error) {
	if a, ok := w.addrs[host]; ok {
		if len(a) == 0 {
			return nil, errors.New("no such name")
		}
		return a, nil
	}
	return []netip.Addr{netip.MustParseAddr("8.8.8.8")}, nil
}

func (w *web) dial(ctx context.Context, _, address string) (net.Conn, error) {
	w.mu.Lock()
	w.dialed = append(w.dialed, address)
	w.mu.Unlock()
	client, server := net.Pipe()
	select {
	case w.pipes.conns <- server:
		return client, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (w *web) options() Options {
	return Options{Lookup: w.lookup, Dialer: dial.Dialer{Dial: w.dial}}
}

// crawl crawls a site of this world.
func (w *web) crawl(start string, o Options) *Result {
	w.t.Helper()
	u, err := ParseStart(start)
	if err != nil {
		w.t.Fatal(err)
	}
	return Run(w.t.Context(), u, o)
}

// pages are a site of fixed pages by path; each is HTML.
type pages map[string]string

func (p pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, ok := p[r.URL.RequestURI()]
	switch {
	case !ok:
		http.NotFound(w, r)
	case strings.HasPrefix(body, "→"):
		w.Header().Set("Location", strings.TrimPrefix(body, "→"))
		w.Header().Set("Set-Cookie", "id=1")
		w.WriteHeader(http.StatusFound)
	default:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Set-Cookie", "id=1; Path=/")
		fmt.Fprint(w, body)
	}
}

// inWorld runs a test in a world of websites, in which waiting costs nothing.
func inWorld(t *testing.T, f func(t *testing.T, w *web)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { f(t, newWeb(t)) })
}

// outcomes are the pages of a result, a line each: what became of each.
func outcomes(r *Result) []string {
	var all []string
	for _, p := range r.Pages {
		u, err := url.Parse(p.URL)
		if err != nil {
			all = append(all, err.Error())
			continue
		}
		all = append(all, strings.TrimSpace(u.RequestURI()+" "+string(p.Reason)))
	}
	return all
}

func addresses(r *Result) []string {
	var all []string
	for _, a := range r.Addresses {
		all = append(all, a.Address)
	}
	return all
}

func wantList(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}
