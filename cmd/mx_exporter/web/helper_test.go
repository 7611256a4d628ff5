package web

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/fact"
)

// fixedStore is a Store whose reload does what a test says.
type fixedStore struct {
	now    atomic.Pointer[config.Config]
	status atomic.Pointer[config.Status]
	reload func() (*config.Config, error)
}

func (s *fixedStore) Snapshot() *config.Config { return s.now.Load() }

func (s *fixedStore) Status() config.Status {
	if st := s.status.Load(); st != nil {
		return *st
	}
	return config.Status{LoadedAt: time.Unix(1_700_000_000, 0), Hash: 42}
}

func (s *fixedStore) Reload() error {
	c, err := (*config.Config)(nil), errors.New("line 3, column 5: unknown key")
	if s.reload != nil {
		c, err = s.reload()
	}
	if err == nil {
		s.now.Store(c)
	}
	s.status.Store(&config.Status{LoadedAt: time.Unix(1_700_000_000, 0), Err: err})
	return err
}

// modules is a configuration of one module, mx, changed as a test needs it.
func modules(change ...func(*config.Module)) *config.Config {
	m := config.Module{Name: "mx", Prober: config.ProberMX, Timeout: config.Duration(30 * time.Second)}
	for _, f := range change {
		f(&m)
	}
	return &config.Config{Modules: map[string]config.Module{"mx": m, "smtp": {Name: "smtp", Prober: config.ProberSMTP, Timeout: m.Timeout}}}
}

// newHandler builds a handler around a prober.
func newHandler(t testing.TB, p ProberFunc, change ...func(*Options)) *Handler {
	t.Helper()
	s := &fixedStore{}
	s.now.Store(modules())
	o := Options{Prober: p, Config: s, TimeoutOffset: DefaultTimeoutOffset}
	for _, f := range change {
		f(&o)
	}
	h, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// withStore makes the handler read its configuration from s.
func withStore(s *fixedStore) func(*Options) { return func(o *Options) { o.Config = s } }

// withModule changes the module mx.
func withModule(f func(*config.Module)) func(*Options) {
	return func(o *Options) {
		s := &fixedStore{}
		s.now.Store(modules(f))
		o.Config = s
	}
}

// well is a prober that finds everything as expected, at once.
func well(_ context.Context, t probe.Target, m config.Module) (*probe.Result, error) {
	return resultOf(t, m, fact.Satisfactory), nil
}

func resultOf(t probe.Target, m config.Module, v fact.Verdict) *probe.Result {
	return &probe.Result{
		Target: t, Module: m.Name, Prober: m.Prober, Verdict: v, Success: v == fact.Satisfactory,
		Started: time.Now(), Duration: fact.Elapsed(time.Second), Timeout: fact.Elapsed(time.Duration(m.Timeout)), Why: "because",
	}
}

// lasting is a prober that takes d, or until its context is over.
func lasting(d time.Duration) ProberFunc {
	return func(ctx context.Context, t probe.Target, m config.Module) (*probe.Result, error) {
		select {
		case <-time.After(d):
			return well(ctx, t, m)
		case <-ctx.Done():
			return resultOf(t, m, fact.Unknown), nil
		}
	}
}

// ask sends one request through the handler; headers are name, value pairs.
func ask(h http.Handler, method, path string, headers ...string) *httptest.ResponseRecorder {
	return askWith(context.Background(), h, method, path, headers...)
}

func askWith(ctx context.Context, h http.Handler, method, path string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(ctx, method, path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// want fails unless the answer has the code and its body holds the text.
func want(t testing.TB, w *httptest.ResponseRecorder, code int, text string) {
	t.Helper()
	if w.Code != code || !strings.Contains(w.Body.String(), text) {
		t.Errorf("got %d %.600q, want %d with %q in it", w.Code, w.Body.String(), code, text)
	}
}

// wantMetric fails unless /metrics shows a line.
func wantMetric(t testing.TB, h *Handler, line string) {
	t.Helper()
	body := ask(h, "GET", "/metrics").Body.String()
	for l := range strings.Lines(body) {
		if strings.TrimSpace(l) == line {
			return
		}
	}
	name, _, _ := strings.Cut(line, "{")
	name, _, _ = strings.Cut(name, " ")
	var near []string
	for l := range strings.Lines(body) {
		if strings.HasPrefix(l, name) && !strings.HasSuffix(strings.TrimSpace(l), " 0") {
			near = append(near, l)
		}
	}
	t.Errorf("/metrics has no line %q; it has\n%s", line, strings.Join(near, ""))
}

// lines is a log writer that keeps what was written.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// pipes is a listener without a network: the time that passes on it is a test's.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), closed: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (*pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }

func (p *pipes) dial() (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.conns <- there:
		return here, nil
	case <-p.closed:
		here.Close()
		return nil, net.ErrClosed
	}
}
