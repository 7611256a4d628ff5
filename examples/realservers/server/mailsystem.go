//go:build linux

package server

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// MailSystem is how one Postfix with mailboxes behind it shall be. It takes mail
// from strangers at port 25, and from its users at 587 (STARTTLS) and 465 (TLS).
type MailSystem struct {
	Host      string // its own name
	Domain    string
	Address   string
	Shows     Certificate
	Bad       []Listener // where users are shown other certificates, at port 587
	Authority *Authority
	Dovecot   *Mailboxes
	Mailboxes []string          // local parts that are delivered
	Aliases   map[string]string // of whole addresses
	Transport map[string]string // where mail for a domain goes, since no MX is looked up
	Headers   []string          // lines of header_checks(5)
	Settings  []string          // further lines of main.cf
}

// RunningMailSystem is a Postfix that runs.
type RunningMailSystem struct {
	*Process
	Folder string // holds its main.cf, as sendmail -C wants it
}

// StartMailSystem starts a Postfix that delivers, and returns when it listens.
func StartMailSystem(t testing.TB, o MailSystem) *RunningMailSystem {
	t.Helper()
	dir := Folder(t, "mailsystem")
	data := struct {
		MailSystem
		Folder, Commands, Daemons string
	}{o, dir, postfixCommands, postfixDaemons}
	write(t, dir, "mailbox/main.cf", data)
	write(t, dir, "mailbox/master.cf", data)
	var mailboxes []string
	for _, name := range o.Mailboxes {
		mailboxes = append(mailboxes, name+"@"+o.Domain+" "+name)
	}
	table(t, dir, "mailboxes", mailboxes)
	table(t, dir, "aliases", pairs(o.Aliases))
	table(t, dir, "transport", pairs(o.Transport))
	table(t, dir, "header_checks", o.Headers)
	owned(t, dir, "data", "postfix")
	if err := os.Mkdir(filepath.Join(dir, "queue"), 0o755); err != nil { // the mode that Postfix demands
		t.Fatal(err)
	}
	m := &RunningMailSystem{Folder: dir}
	m.command(t, "postfix", "check")
	m.Process = Start(t, dir, "postfix-"+o.Host, filepath.Join(postfixDaemons, "master"), "-c", dir, "-s")
	for _, port := range []int{25, 587, 465} {
		m.Listens(t, At(o.Address, port))
	}
	return m
}

// Release lets all messages go that a header check holds.
func (m *RunningMailSystem) Release(t testing.TB) {
	t.Helper()
	m.command(t, "postsuper", "-H", "ALL")
	m.command(t, "postqueue", "-f")
}

// Holds says how many messages a header check holds.
func (m *RunningMailSystem) Holds(t testing.TB) int {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(m.Folder, "queue", "hold", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return len(files)
}

func (m *RunningMailSystem) command(t testing.TB, program string, args ...string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), filepath.Join(postfixCommands, program), append([]string{"-c", m.Folder}, args...)...)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", program, err, out)
	}
}

func pairs(m map[string]string) (lines []string) {
	for k, v := range m {
		lines = append(lines, fmt.Sprintf("%s %s", k, v))
	}
	slices.Sort(lines)
	return lines
}

// table writes one of Postfix's look-up tables.
func table(t testing.TB, dir, name string, lines []string) {
	t.Helper()
	text := strings.Join(lines, "\n") + "\n"
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil { // read by Postfix's users; holds no secret
		t.Fatal(err)
	}
}
