//go:build linux

package server

import (
	"encoding/json"
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

// Held lists the queue's names of the messages for a recipient that a header check
// holds.
func (m *RunningMailSystem) Held(t testing.TB, recipient string) (ids []string) {
	t.Helper()
	for line := range strings.Lines(m.command(t, "postqueue", "-j")) {
		var one struct {
			Queue      string `json:"queue_name"`
			ID         string `json:"queue_id"`
			Recipients []struct{ Address string }
		}
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			t.Fatalf("postqueue says %q: %v", line, err)
		}
		if one.Queue == "hold" && len(one.Recipients) == 1 && one.Recipients[0].Address == recipient {
			ids = append(ids, one.ID)
		}
	}
	return ids
}

// Release lets held messages go.
func (m *RunningMailSystem) Release(t testing.TB, ids ...string) {
	t.Helper()
	for _, id := range ids {
		m.command(t, "postsuper", "-H", id)
	}
	m.command(t, "postqueue", "-f")
}

func (m *RunningMailSystem) command(t testing.TB, program string, args ...string) string {
	t.Helper()
	c := exec.CommandContext(t.Context(), filepath.Join(postfixCommands, program), append([]string{"-c", m.Folder}, args...)...)
	var complaints strings.Builder
	c.Stderr = &complaints
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s: %v: %s%s", program, err, out, complaints.String())
	}
	return string(out)
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
