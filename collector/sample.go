package collector

import (
	"cmp"
	"slices"

	"mx_exporter/probe"
)

// Limits of one exposition. Text that a result of ordinary size makes is a few
// kilobytes; these stop a domain with hundreds of addresses from filling a
// Prometheus server.
const (
	maxSamples = 10_000
	maxBytes   = 1 << 20
)

// sample is one value of one family.
type sample struct {
	family *family
	value  float64
	at     int // its first label value in sink.values
}

// sink takes the samples of one result. Its slices grow by doubling and are
// shared by all samples, so that an exposition costs a few allocations and not
// a few per sample.
type sink struct {
	samples []sample
	values  []string // label values of all samples, each in the order of family.names
	bytes   int      // about what the samples take as text
	over    bool     // a sample did not fit

	current *family // the family that is being emitted
	summary bool    // leave out what belongs to single addresses
}

// gather is the samples of a result: by family in the table's order, sorted by
// label values, each series once, within the limits.
func gather(r *probe.Result) *sink {
	s := &sink{}
	s.gather(r)
	return s
}

// gather replaces what the sink holds by the samples of a result.
func (s *sink) gather(r *probe.Result) {
	v := newView(r)
	s.walk(v, false)
	if s.over {
		v.trimmed = true
		s.walk(v, true)
	}
}

func (s *sink) walk(v *view, summary bool) {
	n := 64 + 48*len(v.addresses)
	if v.DNSBL != nil {
		n += len(v.DNSBL.Answers) + 4*len(v.DNSBL.Lists)
	}
	*s = sink{summary: summary, samples: slices.Grow(s.samples[:0], n), values: slices.Grow(s.values[:0], 4*n)}
	for i := range table {
		first := len(s.samples)
		s.current = &table[i]
		s.current.emit(v, s)
		s.tidy(first)
	}
}

// add takes one value with its label values in the order of family.labels.
func (s *sink) add(value float64, labels ...string) {
	f := s.current
	size := len(f.name) + 24
	at := len(s.values)
	for i, from := range f.order {
		if s.summary && f.names[i] == "address" && labels[from] != "" {
			s.values = s.values[:at]
			return
		}
		s.values = append(s.values, labels[from])
		size += len(f.names[i]) + len(labels[from]) + 4
	}
	if len(s.samples) == maxSamples || s.bytes+size > maxBytes {
		s.over = true
		s.values = s.values[:at]
		return
	}
	s.bytes += size
	s.samples = append(s.samples, sample{family: s.current, value: value, at: at})
}

// labels is the label values of sample i in the order of family.names.
func (s *sink) labels(i int) []string {
	x := s.samples[i]
	return s.values[x.at : x.at+len(x.family.names)]
}

// tidy sorts the samples of one family, which begin at first, and keeps the
// first of those with the same labels: two MX records may name one host, and a
// series that appears twice makes the whole scrape fail.
func (s *sink) tidy(first int) {
	n := len(s.current.names)
	labels := func(x sample) []string { return s.values[x.at : x.at+n] }
	own := s.samples[first:]
	slices.SortFunc(own, func(a, b sample) int {
		return cmp.Or(slices.Compare(labels(a), labels(b)), cmp.Compare(a.at, b.at))
	})
	own = slices.CompactFunc(own, func(a, b sample) bool { return slices.Equal(labels(a), labels(b)) })
	s.samples = s.samples[:first+len(own)]
}
