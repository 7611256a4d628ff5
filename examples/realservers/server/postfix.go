//go:build linux

package server

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Where Debian's package postfix puts its programs.
const (
	postfixCommands = "/usr/sbin"
	postfixDaemons  = "/usr/lib/postfix/sbin"
)

// Postfix is how one instance of Postfix shall be. It takes mail for
// postmaster@Domain and for nobody else.
type Postfix struct {
	Host       string   // its own name
	Domain     string   // for which it takes mail
	Listen     []string // address:port
	Authority  *Authority
	Shows      *Certificate // nil: a new one of the authority's
	Postscreen bool         // postscreen(8) stands at the door instead of smtpd(8)
	Settings   []string     // further lines of main.cf, which come last and so decide
}

// StartPostfix starts an instance with folders of its own, which shares only
// the programs with others, and returns when it listens.
func StartPostfix(t testing.TB, o Postfix) *Process {
	t.Helper()
	dir := Folder(t, "postfix")
	if o.Shows == nil {
		c := o.Authority.Issue(t, dir, "root", o.Host)
		o.Shows = &c
	}
	data := struct {
		Postfix
		Folder, Commands, Daemons string
	}{o, dir, postfixCommands, postfixDaemons}
	write(t, dir, "main.cf", data)
	write(t, dir, "master.cf", data)
	owned(t, dir, "data", "postfix")
	if err := os.Mkdir(filepath.Join(dir, "queue"), 0o755); err != nil { // the mode that Postfix demands
		t.Fatal(err)
	}

	// "postfix check" makes the folders of the queue. "postfix start" would do so
	// too, but then run a shell between us and the daemon.
	check := exec.CommandContext(t.Context(), filepath.Join(postfixCommands, "postfix"), "-c", dir, "check")
	if out, err := check.CombinedOutput(); err != nil {
		t.Fatalf("postfix check: %v: %s", err, out)
	}
	p := Start(t, dir, "postfix", filepath.Join(postfixDaemons, "master"), "-c", dir, "-s")
	for _, a := range o.Listen {
		p.Listens(t, a)
	}
	return p
}
