// Package realservers holds the tests that put the exporter before real mail
// servers, a real resolver and a real Prometheus, all from Debian, all on
// loopback addresses.
//
// A mail lab of our own making can only be as strict, as slow and as odd as we
// thought of making it. Here nothing on the other side is ours: Postfix, Exim
// and OpenSMTPD decide what a reply looks like, Unbound before NSD what an
// answer looks like, and Prometheus whether what we expose can be scraped and
// asked.
//
// The tests carry the build tag "real", because they need root and the packages
// that install.sh installs; see README.md. The package beside this one, server,
// starts and stops the programs.
package realservers
