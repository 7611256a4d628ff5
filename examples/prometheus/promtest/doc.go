// Package promtest reads the queries and rules that ship with the exporter, for
// their tests: which metrics a PromQL expression asks for and by which labels,
// and which metrics and labels there are. It knows as much of PromQL as that
// takes and evaluates nothing; Prometheus's own tools do that in
// examples/realservers/alerts.
package promtest
