//go:build linux

package server

import (
	"net"
	"os"
	"path/filepath"
	"testing"
)

// OpenSMTPD is how the one OpenSMTPD daemon of a machine shall be (its queue and
// its socket have fixed places). It takes mail for postmaster at each listener's
// domain and for nobody else; or, before another server, everything.
type OpenSMTPD struct {
	Next      string // address of the server that gets all mail, at port 25; empty: nothing is delivered
	Listeners []OpenSMTPDListener
	Authority *Authority
}

// OpenSMTPDListener is one address of the daemon.
type OpenSMTPDListener struct {
	Host   string // its own name there
	Domain string // for which it takes mail
	Listen string // address:port
	TLS    bool   // offers STARTTLS
}

// StartOpenSMTPD starts an unpacked OpenSMTPD and returns when it listens.
func StartOpenSMTPD(t testing.TB, o OpenSMTPD) *Process {
	t.Helper()
	// Compiled into the program; the package's own script makes it where the
	// package is installed.
	if err := os.MkdirAll("/var/lib/opensmtpd/empty", 0o755); err != nil { // the mode that the program demands
		t.Fatal(err)
	}
	dir := Folder(t, "opensmtpd")
	type listener struct {
		OpenSMTPDListener
		Certificate
		Address, Port string
	}
	var listeners []listener
	for _, l := range o.Listeners {
		address, port, err := net.SplitHostPort(l.Listen)
		if err != nil {
			t.Fatal(err)
		}
		listeners = append(listeners, listener{l, o.Authority.Issue(t, dir, "root", l.Host), address, port})
	}
	configuration := write(t, dir, "smtpd.conf", struct {
		Next      string
		Listeners []listener
	}{o.Next, listeners})
	p := Start(t, dir, "opensmtpd", filepath.Join(Unpacked, "opensmtpd/usr/sbin/smtpd"), "-d", "-f", configuration)
	for _, l := range o.Listeners {
		p.Listens(t, l.Listen)
	}
	return p
}
