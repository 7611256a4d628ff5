// Package discovery tests mx_sd against a real web server, a real resolver and a
// real Prometheus: the lab site served by nginx gives the same table as in the
// process, and the domains that mx_sd serve finds there are probed by an exporter
// before the mail lab and have a verdict each. The tests have the build tag real.
package discovery
