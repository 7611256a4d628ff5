package collector

import (
	"maps"
	"slices"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"mx_exporter/probe/roundtrip"
)

const (
	deliveryName = "mx_roundtrip_delivery_duration_seconds"
	deliveryHelp = "Time from sending until the message was seen, of all messages that were; as classic and as native histogram."
)

var deliveryDesc = prometheus.NewDesc(deliveryName, firstClause(deliveryHelp), []string{"roundtrip"}, nil)

// delivery is a histogram in both forms. The library's constant histograms have
// one or the other.
type delivery struct {
	trip string
	h    roundtrip.Histogram
}

func newDelivery(trip string, h roundtrip.Histogram) prometheus.Metric { return delivery{trip, h} }

// Desc implements [prometheus.Metric].
func (delivery) Desc() *prometheus.Desc { return deliveryDesc }

// Write implements [prometheus.Metric].
func (d delivery) Write(m *dto.Metric) error {
	name := "roundtrip"
	m.Label = []*dto.LabelPair{{Name: &name, Value: &d.trip}}
	schema, zero := roundtrip.Schema, roundtrip.ZeroThreshold
	m.Histogram = &dto.Histogram{
		SampleCount: &d.h.Count, SampleSum: &d.h.Sum,
		Schema: &schema, ZeroThreshold: &zero, ZeroCount: &d.h.Zero,
	}
	sum := uint64(0)
	for i, bound := range roundtrip.BucketBounds() {
		if i < len(d.h.Buckets) {
			sum += d.h.Buckets[i]
		}
		up := sum
		m.Histogram.Bucket = append(m.Histogram.Bucket, &dto.Bucket{UpperBound: &bound, CumulativeCount: &up})
	}
	m.Histogram.PositiveSpan, m.Histogram.PositiveDelta = spans(d.h.Native)
	return nil
}

// spans encodes buckets as the format has them: runs of neighbours, each with its
// distance from the one before, and counts as differences.
func spans(buckets map[int]uint64) (ss []*dto.BucketSpan, deltas []int64) {
	last, count := 0, int64(0)
	for i, at := range slices.Sorted(maps.Keys(buckets)) {
		if gap := int32(at - last); i == 0 || gap > 1 {
			offset := gap - 1
			if i == 0 {
				offset = int32(at)
			}
			length := uint32(0)
			ss = append(ss, &dto.BucketSpan{Offset: &offset, Length: &length})
		}
		*ss[len(ss)-1].Length++
		n := int64(buckets[at])
		deltas = append(deltas, n-count)
		last, count = at, n
	}
	if len(ss) == 0 {
		// A span without buckets tells a native histogram without observations from
		// a classic one, as the library does.
		offset, length := int32(0), uint32(0)
		ss = append(ss, &dto.BucketSpan{Offset: &offset, Length: &length})
	}
	return ss, deltas
}
