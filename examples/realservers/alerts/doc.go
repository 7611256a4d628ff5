// Package alerts tests what ships for Prometheus, Alertmanager and Grafana with
// the real programs: promtool runs the tests of every rule, amtool reads the
// configuration of Alertmanager, and Prometheus and Alertmanager watch the mail
// lab by the shipped files until a dead backup has been told to somebody, and
// until it is well again. Every query of the dashboards is asked of that
// Prometheus. It has no code but its tests, which need the build tag real and
// what install.sh brings.
package alerts
