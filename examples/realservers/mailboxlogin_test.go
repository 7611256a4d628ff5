//go:build real

package realservers

import (
	"strings"
	"testing"
	"time"

	"mx_exporter/examples/realservers/server"
)

// expect asks a module that is bound to a server.
func (l *mailboxLab) expect(t *testing.T, module, target string, want ...series) server.Exposition {
	t.Helper()
	return (&lab{exporter: l.exporter}).expect(t, module, target, want...)
}

// loginsGoWell: the best mechanism is taken, over either kind of TLS, as Dovecot
// tells itself.
func loginsGoWell(t *testing.T, l *mailboxLab) {
	for _, c := range []struct{ module, service, family string }{
		{"imap", "imap-login", "mailbox"},
		{"imap_starttls", "imap-login", "mailbox"},
		{"pop3", "pop3-login", "mailbox"},
		{"pop3_starttls", "pop3-login", "mailbox"},
		{"submission", "", "submission"},
		{"submission_implicit", "", "submission"},
	} {
		t.Run(c.module, func(t *testing.T) {
			before := l.logins("reader@home.test", "SCRAM-SHA-256", t)
			l.expect(t, c.module, "",
				series{"mx_verdict", "verdict=satisfactory", 1},
				series{"mx_" + c.family + "_login_success", "host=mail.home.test", 1},
				series{"mx_" + c.family + "_auth_backoff", "host=mail.home.test", 0},
				series{"mx_" + c.family + "_mechanism", "host=mail.home.test mechanism=SCRAM-SHA-256", 1},
				series{"mx_tls_verified", "host=mail.home.test method=pkix", 1},
			)
			if c.service == "" {
				return // Dovecot's log has the logins of its own services alone
			}
			server.Eventually(t, 5*time.Second, "Dovecot tells of a login by SCRAM-SHA-256", func() (bool, string) {
				return l.logins("reader@home.test", "SCRAM-SHA-256", t) > before, l.about(t, "reader@home.test")
			})
		})
	}
	t.Run("with an access token", func(t *testing.T) {
		l.expect(t, "imap_token", "",
			series{"mx_mailbox_login_success", "host=mail.home.test", 1},
			series{"mx_mailbox_login_info", "mechanism=OAUTHBEARER", 1},
		)
	})
	t.Run("no login at all", func(t *testing.T) {
		got := l.expect(t, "smtp", "", series{"mx_verdict", "verdict=satisfactory", 1}, series{"mx_smtp_up", "host=mail.home.test", 1})
		if n := len(got.Where("mx_submission_login_success", nil)); n > 0 {
			t.Errorf("a server for strangers has %d logins", n)
		}
	})
}

// logins counts what Dovecot tells of a user's logins by a mechanism.
func (l *mailboxLab) logins(user, mechanism string, t *testing.T) int {
	t.Helper()
	return strings.Count(l.dovecot.Wrote(t), "Login: user=<"+user+">, method="+mechanism)
}

// about is what Dovecot says of a user.
func (l *mailboxLab) about(t *testing.T, user string) string {
	t.Helper()
	return about(l.dovecot.Wrote(t), user)
}

// about are the lines of a log that have a word.
func about(log, word string) string {
	var said strings.Builder
	for line := range strings.Lines(log) {
		if strings.Contains(line, word) {
			said.WriteString(line)
		}
	}
	return said.String()
}

// quotaIsSeen fills a small mailbox, and looks before and after.
func quotaIsSeen(t *testing.T, l *mailboxLab) {
	l.expect(t, "imap_quota", "",
		series{"mx_mailbox_quota_limit_bytes", "", smallQuota},
		series{"mx_mailbox_quota_used_bytes", "", 0},
		series{"mx_mailbox_messages", "", 0},
	)
	l.dovecot.Put(t, "small", "INBOX", "Subject: much\r\n\r\n"+strings.Repeat("filled up\r\n", 3400))
	got := l.expect(t, "imap_quota", "",
		series{"mx_mailbox_messages", "", 1},
		series{"mx_mailbox_unseen_messages", "", 1},
		series{"mx_finding", "code=mailbox-nearly-full severity=warning", 1},
	)
	for _, used := range got.Where("mx_mailbox_quota_used_bytes", nil) {
		if used.Value < 37_400 || used.Value > 38_912 {
			t.Errorf("%v bytes are used of a mailbox with one message of about 37 400", used.Value)
		}
	}
}

// wrongPasswordWaits: three refusals are told as they are; the fourth probe says
// nothing to the server. Faults I5.
func wrongPasswordWaits(t *testing.T, l *mailboxLab) {
	for _, c := range []struct{ module, family, reason, tells string }{
		{"imap_wrong", "mailbox", "login_failed", "auth failed"},
		{"submission_wrong", "submission", "auth_failed", "authentication failed"},
	} {
		t.Run(c.module, func(t *testing.T) {
			failure := "mx_" + strings.Replace(c.family, "submission", "smtp", 1) + "_failure_info"
			for range 3 {
				l.expect(t, c.module, "",
					series{"mx_verdict", "verdict=compromised", 1},
					series{"mx_" + c.family + "_login_success", "", 0},
					series{failure, "reason=" + c.reason, 1},
					series{"mx_finding", "code=login-failed severity=critical", 1},
				)
			}
			tried := l.refusals(t, "wrong@home.test")
			l.expect(t, c.module, "",
				series{"mx_" + c.family + "_login_success", "", 0},
				series{"mx_" + c.family + "_auth_backoff", "", 1},
				series{failure, "reason=login_backoff", 1},
				series{"mx_finding", "code=login-backed-off severity=warning", 1},
			)
			if now := l.refusals(t, "wrong@home.test"); now != tried || tried == 0 {
				t.Errorf("Dovecot has refused %d logins, and one more probe made it %d\n%s", tried, now, l.about(t, "wrong@home.test"))
			}
		})
	}
}

// refusals counts the logins of a user that Dovecot's auth process refused.
func (l *mailboxLab) refusals(t *testing.T, user string) int {
	t.Helper()
	return strings.Count(l.about(t, user), "auth: ")
}

// noLoginWithoutACertificate: servers that cannot show who they are get no
// password, and Dovecot, who would tell, has seen no attempt. Faults I2 and I3.
func noLoginWithoutACertificate(t *testing.T, l *mailboxLab) {
	for _, c := range []struct{ module, host, family string }{
		{"imap_expired", "expired.home.test", "mailbox"},
		{"imap_stranger", "stranger.home.test", "mailbox"},
		{"pop3_expired", "expired.home.test", "mailbox"},
		{"submission_stranger", "stranger.home.test", "submission"},
	} {
		t.Run(c.module, func(t *testing.T) {
			l.expect(t, c.module, "",
				series{"mx_verdict", "verdict=compromised", 1},
				series{"mx_tls_established", "host=" + c.host, 1},
				series{"mx_tls_verified", "host=" + c.host + " method=pkix", 0},
			)
		})
	}
	for _, user := range []string{"expired", "stranger"} {
		if said := l.about(t, user+"@"); said != "" {
			t.Errorf("Dovecot knows of %s, who was not to log in:\n%s", user, said)
		}
	}
}

// serversFoundBySRV: RFC 6186, without any login.
func serversFoundBySRV(t *testing.T, l *mailboxLab) {
	got := l.expect(t, "by_srv", "home.test",
		series{"mx_verdict", "verdict=satisfactory", 1},
		series{"mx_mailbox_up", "host=mail.home.test", 1},
		series{"mx_mailbox_capability", "host=mail.home.test capability=IMAP4REV1", 1},
	)
	if n := len(got.Where("mx_mailbox_login_success", nil)); n > 0 {
		t.Errorf("there are %d logins of a module that has none", n)
	}
}
