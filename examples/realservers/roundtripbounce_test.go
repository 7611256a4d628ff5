//go:build real

package realservers

import (
	"strings"
	"testing"

	"mx_exporter/config"
	"mx_exporter/examples/realservers/server"
	"mx_exporter/probe/bounce"
	"mx_exporter/probe/reply"
	"mx_exporter/probe/roundtrip"
)

// bouncesAreRead has each mail server take a message that cannot be delivered, and
// send it back to the mailbox that is looked into.
func bouncesAreRead(t *testing.T, l *mailboxLab) {
	server.StartExim(t, server.Exim{
		Host: "mail.exim.test", Domain: "home.test", Listen: server.At(l.block+eximAddress, 25), Authority: l.authority, Next: l.block + homeAddress,
	})
	server.StartOpenSMTPD(t, server.OpenSMTPD{Next: l.block + homeAddress, Authority: l.authority, Listeners: []server.OpenSMTPDListener{
		{Host: "mail.opensmtpd.test", Domain: "home.test", Listen: server.At(l.block+opensmtpdAddress, 25)},
	}})
	l.dovecot.Put(t, "full", "INBOX", "Subject: much\r\n\r\n"+strings.Repeat("filled up\r\n", 3650))
	for _, c := range []struct {
		name, sender string
		send         func(*config.Send)
		class        reply.Class
		reporter     string
	}{
		{"Postfix, of a full mailbox", "sender", func(s *config.Send) { s.To = "full@home.test" }, reply.MailboxFull, "mail.home.test"},
		{"Exim, of nobody", "bounced1", func(s *config.Send) {
			s.Via, s.Server, s.TLS, s.To = config.ViaSMTP, "mail.exim.test:25", config.ConnStartTLS, "nobody@home.test"
		}, reply.MailboxNotFound, "mail.exim.test"},
		{"OpenSMTPD, of nobody", "bounced2", func(s *config.Send) {
			s.Via, s.Server, s.TLS, s.To = config.ViaSMTP, "mail.opensmtpd.test:25", config.ConnNever, "nobody@home.test"
		}, reply.MailboxNotFound, "mail.opensmtpd.test"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			run := once(t, l.direct(t, c.sender, func(r *config.RoundTrip) {
				r.Window = seconds(40)
				c.send(&r.Send)
			}))
			if run.Outcome != roundtrip.Bounced || run.Bounce == nil {
				t.Fatalf("%s: %+v; Postfix says\n%s", run.Outcome, run.Failure, about(l.home.Wrote(t), "full@")+about(l.dovecot.Wrote(t), "full@"))
			}
			b := run.Bounce
			if b.Class != c.class || b.Action != bounce.Failed || !b.Permanent || !strings.Contains(b.Reporter, c.reporter) {
				t.Errorf("the bounce is read as %+v", b)
			}
			l.empty(t, c.sender)
		})
	}
}
