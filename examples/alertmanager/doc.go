// Package alertmanager holds what ships for Alertmanager: grouping, what holds
// back what, and maintenance windows. It has no code; its tests hold the file to
// the alerts that there are, since a name that is written wrongly inhibits nothing
// and says nothing.
//
// What the file does in a real Alertmanager is tested in
// examples/realservers/alerts.
package alertmanager
