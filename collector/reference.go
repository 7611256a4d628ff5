package collector

import "slices"

// Metric is one family as the metrics reference shows it.
type Metric struct {
	Name   string
	Type   string // "gauge"
	Labels []string
	Help   string // one sentence; the exposition has it up to the first semicolon
	Query  string // PromQL that shows what the family is for; may be empty
}

// Reference is every family that a probe may show, in the order of the metrics
// reference.
func Reference() []Metric {
	ms := make([]Metric, 0, len(table))
	for i := range table {
		f := &table[i]
		ms = append(ms, Metric{Name: f.name, Type: "gauge", Labels: slices.Clone(f.labels), Help: f.help, Query: f.query})
	}
	return ms
}
