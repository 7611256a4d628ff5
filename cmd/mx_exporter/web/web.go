// Package web is the exporter's HTTP side: it takes a request apart, decides
// whether there is room for a probe, lets two requests for the same thing share
// one run, and shows the result as metrics, as JSON or as text.
//
// What it protects: the machine that it runs on (probes are admitted against a
// number of slots, connections against a number of descriptors, every answer is
// built before it is written, every reader has a deadline), the servers that
// are probed (one run at a time for a target and module), and the people who
// look at the pages (nothing from outside is shown unescaped, and the content
// security policy allows no script at all).
//
// What it decides: the status code. 400 is the asker's mistake, 503 is our own
// lack and says nothing about the target, 200 carries a verdict.
//
// It leaves TLS and authentication to Prometheus's exporter-toolkit, which the
// caller of [Handler.Serve] puts around it.
package web

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/go-kit/log"
	"github.com/prometheus/client_golang/prometheus"

	"mx_exporter/collector"
	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/roundtrip"
)

// Prober runs one probe. Its error says that the probe could not even start;
// whatever was learned after that is in the result. It ends soon after ctx does.
type Prober interface {
	Probe(ctx context.Context, target probe.Target, module config.Module) (*probe.Result, error)
}

// ProberFunc makes a function a [Prober].
type ProberFunc func(ctx context.Context, target probe.Target, module config.Module) (*probe.Result, error)

// Probe calls f.
func (f ProberFunc) Probe(ctx context.Context, target probe.Target, module config.Module) (*probe.Result, error) {
	return f(ctx, target, module)
}

// Store holds the configuration. [config.Store] is one. A snapshot is never
// changed; Reload swaps a whole one in, or keeps the old one and says why.
type Store interface {
	Snapshot() *config.Config
	Status() config.Status
	Reload() error
}

// Default values of [Options].
const (
	DefaultSlots         = 200
	DefaultHistory       = 100
	DefaultTimeoutOffset = 500 * time.Millisecond
	DefaultConnections   = 8192
	DefaultModule        = "mx"
)

// Options shape a [Handler]. Prober and Config are needed, everything else has
// a default.
type Options struct {
	Prober Prober
	Config Store
	Logger log.Logger // nil: silent

	Slots         int           // probes at once; 0: DefaultSlots
	Waiting       int           // probes that may wait for a slot; 0: as Connections allow, an eighth kept free for other requests
	Connections   int           // HTTP connections open at once; 0: DefaultConnections
	TimeoutOffset time.Duration // taken off Prometheus's scrape timeout for the way back; 0: nothing is

	History        int    // past probes kept, and as many failed ones; 0: DefaultHistory
	DisableDetails bool   // no debug, JSON, history or configuration page
	Lifecycle      bool   // POST /-/reload works
	ExternalURL    string // as users reach the exporter, such as https://mail.example.org/mx/; empty: as asked
	RoutePrefix    string // path that every route stands under; empty: the path of ExternalURL

	// State says how the exporter itself is doing, for the first page; nil: it
	// is not shown. It is asked for each page.
	State func() []StateLine

	// RoundTrips says how each round trip stands; nil: there are none. It is asked
	// for each page.
	RoundTrips func() []roundtrip.Status

	// Collectors are further families for /metrics, such as the counters of
	// the DNS client and of the log.
	Collectors []prometheus.Collector
}

// Handler answers every request to the exporter. Make one with [New].
type Handler struct {
	prober  Prober
	store   Store
	logger  log.Logger
	options Options

	metrics *metrics
	slots   *admission
	flights *flights
	kept    *keeper
	history *History
	quiet   *quiet
	paths   paths
	conns   *conns
	press   press

	expositions *collector.Expositions

	handler  http.Handler
	stopping atomic.Bool
}

// New builds a handler. An error names the option that is wrong.
func New(o Options) (*Handler, error) {
	if o.Prober == nil || o.Config == nil {
		return nil, errors.New("web: Prober and Config are needed")
	}
	o = o.withDefaults()
	p, err := newPaths(o.ExternalURL, o.RoutePrefix)
	if err != nil {
		return nil, err
	}
	h := &Handler{
		prober: o.Prober, store: o.Config, logger: o.Logger, options: o,
		slots:   newAdmission(o.Slots, o.Waiting),
		flights: newFlights(),
		kept:    newKeeper(),
		history: NewHistory(o.History),
		quiet:   newQuiet(),
		paths:   p,
		conns:   newConns(o.Connections),
		press:   newPress(),

		expositions: collector.NewExpositions(runtime.GOMAXPROCS(0)),
	}
	if h.metrics, err = newMetrics(h); err != nil {
		return nil, err
	}
	if h.handler, err = h.routes(); err != nil {
		return nil, err
	}
	h.warn()
	return h, nil
}

// ServeHTTP answers one request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.handler.ServeHTTP(w, r) }

// History is what was probed lately.
func (h *Handler) History() *History { return h.history }

func (o Options) withDefaults() Options {
	if o.Logger == nil {
		o.Logger = log.NewNopLogger()
	}
	if o.Slots <= 0 {
		o.Slots = DefaultSlots
	}
	if o.Connections <= 0 {
		o.Connections = DefaultConnections
	}
	if o.Waiting <= 0 {
		o.Waiting = max(o.Connections-o.Connections/8-o.Slots, 1)
	}
	if o.History <= 0 {
		o.History = DefaultHistory
	}
	return o
}
