//go:build linux

package server

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Where the packages sendmail-bin and sendmail-cf put things.
const (
	sendmailProgram = "sendmail-bin/usr/libexec/sendmail/sendmail"
	sendmailMacros  = "sendmail-cf/usr/share/sendmail/cf"
)

// Sendmail is how one sendmail shall be. It hands all mail to one server, and
// sends back what that server refuses.
type Sendmail struct {
	Host string // its own name
	Next string // address:port of the server that gets all mail
}

// Bounce gives a message for a recipient to sendmail and returns the mail that
// sendmail writes to its sender: the bounce, where the message was not
// delivered, and nothing, where it was.
func (o Sendmail) Bounce(t testing.TB, recipient string) string {
	t.Helper()
	dir := Folder(t, "sendmail")
	owned(t, dir, "queue", "root")
	sender := "root@" + o.Host
	ctx, cancel := context.WithTimeout(t.Context(), readyWithin)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(Unpacked, sendmailProgram),
		"-C", o.configure(t, dir), "-odi", "-oem", "-i", "-f", sender, recipient)
	cmd.Dir = dir
	// sendmail looks for its own name before it reads its configuration, waits a
	// minute where the machine's name has no dot, and asks the machine's resolver.
	cmd.Env = []string{
		"LD_PRELOAD=libnss_wrapper.so",
		"NSS_WRAPPER_HOSTS=" + filepath.Join(dir, "sendmail.hosts"),
		"NSS_WRAPPER_HOSTNAME=" + o.Host,
	}
	cmd.Stdin = strings.NewReader("From: " + sender + "\nTo: " + recipient + "\nSubject: test\n\nhello\n")
	out, err := cmd.CombinedOutput()
	var refused *exec.ExitError // its code tells why the mail was refused (sysexits.h)
	if ctx.Err() != nil || err != nil && !errors.As(err, &refused) {
		t.Fatalf("sendmail: %v; has examples/realservers/install.sh been run? It says: %s", err, out)
	}
	inbox, err := os.ReadFile(filepath.Join(dir, "inbox-root"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if (refused != nil) != (len(inbox) > 0) {
		t.Errorf("sendmail ends with %v and sends %d octets back; it says: %s", refused, len(inbox), out)
	}
	return string(inbox)
}

// configure writes sendmail.cf, as everybody does, by m4, and returns its path.
func (o Sendmail) configure(t testing.TB, dir string) string {
	t.Helper()
	address, port, err := net.SplitHostPort(o.Next)
	if err != nil {
		t.Fatal(err)
	}
	data := struct {
		Sendmail
		Folder, Address, Port string
	}{o, dir, address, port}
	write(t, dir, "sendmail.switch", data)
	write(t, dir, "sendmail.hosts", data)
	macros := filepath.Join(Unpacked, sendmailMacros)
	m4 := exec.CommandContext(t.Context(), "m4", "-D_CF_DIR_="+macros+"/", macros+"/m4/cf.m4", write(t, dir, "sendmail.mc", data))
	configuration, err := m4.Output()
	if err != nil {
		t.Fatalf("m4: %v; has examples/realservers/install.sh been run?", err)
	}
	file := filepath.Join(dir, "sendmail.cf")
	if err := os.WriteFile(file, configuration, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
