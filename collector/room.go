package collector

import (
	"slices"
	"strings"

	dto "github.com/prometheus/client_model/go"

	"mx_exporter/probe"
)

// room is where one exposition is put together: samples, and the metric families
// made of them. Metrics, gauges and label pairs lie in one slice of each kind
// rather than apart on the heap.
type room struct {
	sink
	families []dto.MetricFamily
	metrics  []dto.Metric
	gauges   []dto.Gauge
	pairs    []dto.LabelPair

	familyRefs []*dto.MetricFamily
	metricRefs []*dto.Metric
	pairRefs   []*dto.LabelPair
}

// fill is the metrics of a result as families sorted by name, in place of what
// the room held before.
func (r *room) fill(result *probe.Result) []*dto.MetricFamily {
	r.gather(result)
	r.fillMetrics()
	gauge := dto.MetricType_GAUGE
	r.families = sized(r.families, len(table))
	out := r.familyRefs[:0]
	for from := 0; from < len(r.samples); {
		f, to := r.samples[from].family, from
		for to < len(r.samples) && r.samples[to].family == f {
			to++
		}
		mf := &r.families[len(out)]
		mf.Name, mf.Help, mf.Type, mf.Metric = &f.name, &f.short, &gauge, r.metricRefs[from:to:to]
		out = append(out, mf)
		from = to
	}
	slices.SortFunc(out, func(a, b *dto.MetricFamily) int { return strings.Compare(a.GetName(), b.GetName()) })
	r.familyRefs = out
	return out
}

// fillMetrics makes one metric of each sample, in their order.
func (r *room) fillMetrics() {
	r.metrics, r.gauges, r.metricRefs = sized(r.metrics, len(r.samples)), sized(r.gauges, len(r.samples)), sized(r.metricRefs, len(r.samples))
	r.pairs, r.pairRefs = sized(r.pairs, len(r.values)), sized(r.pairRefs, len(r.values))
	for i := range r.samples {
		x := &r.samples[i]
		n := len(x.family.names)
		for j := range n {
			p := &r.pairs[x.at+j]
			p.Name, p.Value = &x.family.names[j], &r.values[x.at+j]
			r.pairRefs[x.at+j] = p
		}
		r.gauges[i].Value = &x.value
		r.metrics[i].Gauge = &r.gauges[i]
		r.metrics[i].Label = r.pairRefs[x.at : x.at+n : x.at+n]
		r.metricRefs[i] = &r.metrics[i]
	}
}

// sized gives a slice of n elements, in the same place where it has room for
// them. They hold what they held.
func sized[T any](s []T, n int) []T {
	if n > cap(s) {
		return make([]T, n)
	}
	return s[:n]
}
