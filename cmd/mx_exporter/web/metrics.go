package web

import (
	"runtime/debug"
	"strconv"
	"time"

	"github.com/go-kit/log/level"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	versioncollector "github.com/prometheus/client_golang/prometheus/collectors/version"

	"mx_exporter/config"
	"mx_exporter/probe/fact"
)

// outcome is how a run ended, a label of mx_exporter_probes_total: a verdict, or
// one of the words below where there is none.
type outcome string

// The outcomes that are no verdicts.
const (
	outcomeOverload   outcome = "overload"    // descriptors or turns ran out here
	outcomeCancelled  outcome = "cancelled"   // nobody waited any more
	outcomeNotStarted outcome = "not_started" // refused before the first question
	outcomeStuck      outcome = "stuck"       // did not end with its time
	outcomePanic      outcome = "panic"
)

func outcomeOf(v fact.Verdict) outcome { return outcome(v) }

func outcomes() []outcome {
	var all []outcome
	for _, v := range fact.Verdicts() {
		all = append(all, outcomeOf(v))
	}
	return append(all, outcomeOverload, outcomeCancelled, outcomeNotStarted, outcomeStuck, outcomePanic)
}

// metrics are the exporter's own. No label of theirs has a value that somebody
// outside can choose.
type metrics struct {
	registry         *prometheus.Registry
	probes           *prometheus.CounterVec
	duration         *prometheus.HistogramVec
	queue            prometheus.Histogram
	shared, reused   prometheus.Counter
	rejected         *prometheus.CounterVec
	unknownModule    prometheus.Counter
	badTimeoutHeader prometheus.Counter
	panics           prometheus.Counter
	limits           *prometheus.CounterVec
}

func counter(name, help string) prometheus.Counter {
	return prometheus.NewCounter(prometheus.CounterOpts{Name: "mx_exporter_" + name, Help: help})
}

func reading(name, help string, f func() float64) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "mx_exporter_" + name, Help: help}, f)
}

func newMetrics(h *Handler) (*metrics, error) {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		probes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "mx_exporter_probes_total", Help: "Probes that ran, by module and how they ended: a verdict, or why there is none.",
		}, []string{"module", "outcome"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "mx_exporter_probe_duration_seconds", Help: "Time from a probe's request to its result, with the wait for a slot.",
			Buckets: []float64{.05, .1, .25, .5, 1, 2.5, 5, 10, 20, 30, 60, 120},
		}, []string{"module"}),
		queue: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "mx_exporter_probe_queue_duration_seconds", Help: "Time that a probe waited for a slot.",
			Buckets: []float64{.001, .01, .1, .5, 1, 2.5, 5, 10, 30},
		}),
		shared: counter("probes_shared_total", "Requests that were given the result of a run already under way."),
		reused: counter("probes_reused_total", "Requests that were given an earlier result, as the module's reuse allows."),
		rejected: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "mx_exporter_requests_rejected_total", Help: "Requests that were not answered as asked, by status code and reason.",
		}, []string{"code", "reason"}),
		unknownModule:    counter("module_unknown_total", "Requests for a module that the configuration does not have."),
		badTimeoutHeader: counter("timeout_header_invalid_total", "Scrape timeout headers that are no number of seconds between 0 and 3600, and were ignored."),
		panics:           counter("panics_total", "Faults in this program that were contained."),
		limits: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "mx_exporter_limits_reached_total", Help: "Probes in which a limit cut something off: of servers and addresses, or of what a server may say.",
		}, []string{"limit"}),
	}
	for _, l := range limits() {
		m.limits.WithLabelValues(l)
	}
	for _, r := range refusals() {
		m.rejected.WithLabelValues(strconv.Itoa(r.code), string(r.reason))
	}
	m.know(h.store.Snapshot())
	return m, m.register(h)
}

// register puts every family into the registry; two of one name are an error.
func (m *metrics) register(h *Handler) error {
	all := []prometheus.Collector{
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		versioncollector.NewCollector("mx_exporter"),
		m.probes, m.duration, m.queue, m.shared, m.reused, m.rejected, m.unknownModule, m.badTimeoutHeader,
		m.panics, m.limits,
		reading("probe_slots", "Probes that may run at once.", func() float64 { return float64(cap(h.slots.slots)) }),
		reading("probes_in_flight", "Probes that run now.", func() float64 { return float64(h.slots.running()) }),
		reading("probes_waiting", "Probes that wait for a slot now.", func() float64 { return float64(h.slots.waiting.Load()) }),
		reading("connections", "HTTP connections open now.", func() float64 { return float64(h.conns.open()) }),
		reading("connections_limit", "HTTP connections that may be open at once.", func() float64 { return float64(h.conns.limit) }),
		reading("config_last_reload_successful", "Whether the last attempt to read the configuration succeeded.", func() float64 {
			if h.store.Status().Err != nil {
				return 0
			}
			return 1
		}),
		reading("config_last_reload_success_timestamp_seconds", "Unix time of the last successful reading of the configuration.", func() float64 {
			return float64(h.store.Status().LoadedAt.UnixNano()) / 1e9
		}),
		reading("config_hash", "Hash of the configuration file in use, to compare exporters; 0 without a file.", func() float64 {
			return float64(h.store.Status().Hash)
		}),
	}
	for _, c := range append(all, h.options.Collectors...) {
		if err := m.registry.Register(c); err != nil {
			return err
		}
	}
	return nil
}

// know makes the series of each module of a configuration, so that rate() sees
// the first probe of each outcome.
func (m *metrics) know(c *config.Config) {
	for name := range c.Modules {
		m.duration.WithLabelValues(name)
		for _, o := range outcomes() {
			m.probes.WithLabelValues(name, string(o))
		}
	}
}

// Panicked counts a panic that was contained, and writes its stack to the log
// once a minute. It has the shape of [probe.Env]'s OnPanic.
func (h *Handler) Panicked(recovered any, stack []byte) {
	h.metrics.panics.Inc()
	if stack == nil {
		stack = debug.Stack()
	}
	if suppressed, ok := h.quiet.speak("panic", time.Now()); ok {
		level.Error(h.logger).Log("msg", "panic contained", "panic", recovered, "suppressed", suppressed, "stack", string(stack))
	}
}
