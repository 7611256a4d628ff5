// Package draw makes pictures of Grafana dashboards without Grafana: what each
// panel of a dashboard file shows, drawn from the answers to its own queries.
//
// A query that returns data may still show nothing: a legend that names every
// line alike, seconds that are read as a share, a colour for a value that never
// comes. Tests cannot judge that and people can, so the tests draw, and people
// look. Grafana is not a Debian package and is more than this takes: kinds of
// panels, units, thresholds, value mappings, legends and the columns of tables
// are followed as far as the shipped dashboards use them. A picture shows what a
// panel says, not how Grafana makes it look.
package draw
