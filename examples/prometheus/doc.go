// Package prometheus holds what ships for Prometheus: the scrape configuration,
// the rules and their tests, and the runbooks. It has no code; its tests hold the
// files to what the exporter shows, so that no rule waits for a metric that does
// not exist.
//
// What the files do in a real Prometheus is tested in examples/realservers/alerts.
package prometheus
