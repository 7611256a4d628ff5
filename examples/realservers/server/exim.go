//go:build linux

package server

import (
	"net"
	"path/filepath"
	"testing"
)

// eximUser is compiled into Debian's Exim.
const eximUser = "Debian-exim"

// Exim is how one Exim daemon shall be. It takes mail for postmaster@Domain and
// for nobody else; or, before another server, everything for Domain.
type Exim struct {
	Host      string // its own name
	Domain    string // for which it takes mail
	Listen    string // address:port
	Authority *Authority
	Next      string // address of the server that gets all mail, at port 25; empty: nothing is delivered
}

// StartExim starts an unpacked Exim and returns when it listens.
func StartExim(t testing.TB, o Exim) *Process {
	t.Helper()
	address, port, err := net.SplitHostPort(o.Listen)
	if err != nil {
		t.Fatal(err)
	}
	dir := Folder(t, "exim")
	program := filepath.Join(Unpacked, "exim4-daemon-light/usr/sbin/exim4")
	configuration := write(t, dir, "exim.conf", struct {
		Exim
		Certificate
		Address, Port, Spool, Program, User string
	}{o, o.Authority.Issue(t, dir, eximUser, o.Host), address, port, owned(t, dir, "spool", eximUser), program, eximUser})
	p := Start(t, dir, "exim", program, "-C", configuration, "-bdf")
	p.Listens(t, o.Listen)
	return p
}
