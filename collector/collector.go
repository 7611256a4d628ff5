// Package collector turns the result of a probe into Prometheus metrics.
//
// One table of families says everything: each row has a name, a help text, its
// labels, and a function that reads a [probe.Result] and emits values. Describe,
// Collect, [Gatherer], the metrics reference in README.md and the lint test all
// read that table, so adding a metric is adding a row.
//
// What the table promises to whoever writes alerts on it:
//
//   - Absent is not zero. A check that was not made, an address that was not
//     tested, a fact that was not learned has no series. It never has a 0.
//   - Label values come from closed lists of this program, from the host labels
//     that the probe made safe, and from canonical IP addresses. No text that a
//     remote server chose becomes a label, so a server can neither break the
//     exposition nor make a new series with each answer.
//   - Each series appears once, in an order that depends on nothing but the
//     result.
//   - There are at most 10,000 samples and about 1 MiB. Over that, what belongs
//     to single addresses is left out and mx_limit_exceeded{limit="samples"}
//     says so.
//
// The package does no judging: what is up, and what the verdict is, was decided
// before the result came here. It keeps nothing between two results; counters
// and histograms over many probes belong to the exporter's own metrics.
package collector

import (
	"github.com/prometheus/client_golang/prometheus"

	"mx_exporter/probe"
)

// New is the metrics of one result as a collector of constant gauges, for a
// registry made for this result alone. The result must not change as long as
// the collector is used.
//
// The collector is checked: it describes every family of the table, also those
// that this result has no series for, so a registry refuses a second one.
func New(r *probe.Result) prometheus.Collector { return collector{r} }

type collector struct{ result *probe.Result }

// Describe implements [prometheus.Collector].
func (collector) Describe(ch chan<- *prometheus.Desc) {
	for i := range table {
		ch <- table[i].desc
	}
}

// Collect implements [prometheus.Collector].
func (c collector) Collect(ch chan<- prometheus.Metric) {
	s := gather(c.result)
	for i := range s.samples {
		x := &s.samples[i]
		m, err := prometheus.NewConstMetric(x.family.desc, prometheus.GaugeValue, x.value, s.labels(i)...)
		if err != nil {
			m = prometheus.NewInvalidMetric(x.family.desc, err)
		}
		ch <- m
	}
}
