package main

import (
	"strings"
	"testing"
)

// A module that is bound to a server needs no target, and takes no other.
func TestCheckOfWhatUsersLogInTo(t *testing.T) {
	c := newLoginCanary(t)
	for module, want := range map[string][]string{
		"imap-right": {"mail.imap-right.test port 993, primary: up", "login: accepted, by PLAIN", "(95 %)", "mailbox-nearly-full"},
		"pop3-right": {"mail.pop3-right.test port 995, primary: up", "login: accepted, by PLAIN", "messages: 0"},
		"send-right": {"mail.send-right.test port 587, primary: up", "login: accepted, by PLAIN", "mechanisms: PLAIN, LOGIN"},
		"send-wrong": {"mail.send-wrong.test port 587, primary: down", "login: refused, by LOGIN", "login-failed"},
		"imap-wrong": {"mail.imap-wrong.test port 993, primary: down", "login: refused, by PLAIN", "Users cannot get in now."},
	} {
		t.Run(module, func(t *testing.T) {
			out := c.run("check", "--module="+module)
			for _, w := range want {
				if !strings.Contains(out, w) {
					t.Errorf("it does not say %q:\n%s", w, out)
				}
			}
			if again := c.run("check", "--module="+module, "mail."+module+".test"); !strings.Contains(again, want[0]) {
				t.Errorf("the module's own server is refused: %s", again)
			}
			if other := c.run("check", "--module="+module, "example.org"); other != "" {
				t.Errorf("another target is taken: %s", other)
			}
		})
	}
}
