package collector

import (
	"slices"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"mx_exporter/probe"
)

// Gatherer is the metrics of one result, ready for promhttp without a registry
// in between. It gives what a registry with [New] gives, byte for byte. A
// handler that makes one exposition per probe wants this one: the table keeps
// families and series apart and in order already, so that a registry has
// nothing left to do but to check it, at several times the cost.
func Gatherer(r *probe.Result) prometheus.Gatherer {
	return prometheus.GathererFunc(func() ([]*dto.MetricFamily, error) {
		return export(gather(r)), nil
	})
}

// export is the samples as metric families sorted by name.
func export(s *sink) []*dto.MetricFamily {
	var (
		metrics  = exportMetrics(s)
		gauge    = dto.MetricType_GAUGE
		families = make([]dto.MetricFamily, len(table))
		out      = make([]*dto.MetricFamily, 0, len(table))
	)
	for from := 0; from < len(s.samples); {
		f, to := s.samples[from].family, from
		for to < len(s.samples) && s.samples[to].family == f {
			to++
		}
		mf := &families[len(out)]
		mf.Name, mf.Help, mf.Type, mf.Metric = &f.name, &f.short, &gauge, metrics[from:to:to]
		out = append(out, mf)
		from = to
	}
	slices.SortFunc(out, func(a, b *dto.MetricFamily) int { return strings.Compare(a.GetName(), b.GetName()) })
	return out
}

// exportMetrics is one metric per sample, in their order. Metrics, gauges and
// label pairs lie in one slice of each kind rather than apart on the heap.
func exportMetrics(s *sink) []*dto.Metric {
	var (
		metrics = make([]dto.Metric, len(s.samples))
		gauges  = make([]dto.Gauge, len(s.samples))
		pairs   = make([]dto.LabelPair, len(s.values))
		out     = make([]*dto.Metric, len(s.samples))
		refs    = make([]*dto.LabelPair, len(s.values))
	)
	for i := range s.samples {
		x := &s.samples[i]
		n := len(x.family.names)
		for j := range n {
			p := &pairs[x.at+j]
			p.Name, p.Value = &x.family.names[j], &s.values[x.at+j]
			refs[x.at+j] = p
		}
		gauges[i].Value = &x.value
		metrics[i].Gauge = &gauges[i]
		metrics[i].Label = refs[x.at : x.at+n : x.at+n]
		out[i] = &metrics[i]
	}
	return out
}
