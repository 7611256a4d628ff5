//go:build linux

package server

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Dovecot is how one Dovecot shall be. It takes mail by LMTP, shows it by IMAP and
// POP3 at their usual ports, and knows everybody's password.
type Dovecot struct {
	Listeners []Listener
	Accounts  []Account
	Sieve     map[string]string // script of an account, by its name
	TokenInfo string            // URL that says whose an access token is, which follows it
}

// Listener is an address and the certificate that is shown there.
type Listener struct {
	Address string
	Shows   Certificate
}

// Account is one mailbox.
type Account struct {
	Name     string // its local part
	Password string
	Quota    int // bytes; 0: plenty
}

// Mailboxes is a Dovecot that runs.
type Mailboxes struct {
	*Process
	LMTP, SASL string // paths of the sockets for a mail server
	folder     string
}

// mailUser owns the mailboxes.
const mailUser = "mail"

// altermime takes attachments off messages, as filters on mail servers do.
const altermime = "altermime/usr/bin/altermime"

// StartDovecot starts a Dovecot and returns when it listens. It junks what has
// X-Spam-Flag: YES into a folder that is called Spam and marked as \Junk, and a
// script may call the filter "strip", which takes attachments off.
func StartDovecot(t testing.TB, o Dovecot) *Mailboxes {
	t.Helper()
	dir := Folder(t, "dovecot")
	m := &Mailboxes{folder: dir, LMTP: filepath.Join(dir, "lmtp"), SASL: filepath.Join(dir, "sasl")}
	owned(t, dir, "mail", mailUser)
	m.scripts(t, o.Sieve)
	var addresses, users []string
	for _, l := range o.Listeners {
		addresses = append(addresses, l.Address)
	}
	for _, a := range o.Accounts {
		user := fmt.Sprintf("%s:%s::::::", a.Name, a.Password)
		if a.Quota > 0 {
			user += fmt.Sprintf("userdb_quota_rule=*:bytes=%d", a.Quota)
		}
		users = append(users, user)
	}
	put(t, filepath.Join(dir, "users"), strings.Join(users, "\n")+"\n", "dovecot")
	data := struct {
		Dovecot
		Folder, Listen string
	}{o, dir, strings.Join(addresses, ", ")}
	configuration := write(t, dir, "mailbox/dovecot.conf", data)
	write(t, dir, "mailbox/oauth2.conf.ext", data)
	m.Process = Start(t, dir, "dovecot", "/usr/sbin/dovecot", "-F", "-c", configuration)
	for _, a := range addresses {
		for _, port := range []int{143, 993, 110, 995} {
			m.Listens(t, At(a, port))
		}
	}
	return m
}

func (m *Mailboxes) scripts(t testing.TB, scripts map[string]string) {
	t.Helper()
	dir := owned(t, m.folder, "sieve", mailUser)
	give(t, write(t, dir, "mailbox/junk.sieve", nil), mailUser)
	for account, script := range scripts {
		put(t, filepath.Join(dir, account+".sieve"), script, mailUser)
	}
	filters := filepath.Join(m.folder, "filters")
	if err := os.Mkdir(filters, 0o755); err != nil { // entered by the mail user
		t.Fatal(err)
	}
	strip := write(t, filters, "mailbox/strip.sh", struct{ AlterMIME string }{filepath.Join(Unpacked, altermime)})
	if err := os.Rename(strip, filepath.Join(filters, "strip")); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(filters, "strip"), 0o755); err != nil { // run by the mail user
		t.Fatal(err)
	}
}

// Holds lists the messages of an account, whole, in all of its folders.
func (m *Mailboxes) Holds(t testing.TB, account string) (messages []string) {
	t.Helper()
	for _, where := range []string{"new", "cur", ".*/new", ".*/cur"} {
		files, err := filepath.Glob(filepath.Join(m.folder, "mail", account, where, "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			b, err := os.ReadFile(file)
			if os.IsNotExist(err) {
				continue // deleted, or moved from new to cur
			}
			if err != nil {
				t.Fatal(err)
			}
			messages = append(messages, string(b))
		}
	}
	return messages
}

// Put lays a message into a folder of an account.
func (m *Mailboxes) Put(t testing.TB, account, folder, message string) {
	t.Helper()
	save := exec.CommandContext(t.Context(), "/usr/bin/doveadm", "-c", filepath.Join(m.folder, "dovecot.conf"),
		"save", "-u", account, "-m", folder)
	save.Stdin = strings.NewReader(message)
	if out, err := save.CombinedOutput(); err != nil {
		t.Fatalf("doveadm save: %v: %s", err, out)
	}
}

// put writes a file that only its owner can read.
func put(t testing.TB, path, text, owner string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	give(t, path, owner)
}
