//go:build real

package realservers

import (
	"strings"
	"testing"

	"mx_exporter/examples/realservers/server"
	"mx_exporter/probe/bounce"
	"mx_exporter/probe/reply"
)

// sendmailSendsBack has the oldest of mail servers write bounces, and reads them.
func sendmailSendsBack(t *testing.T, l *lab) {
	l.postfix(t, "mx.backscatter.test", "backscatter.test")
	l.postfix(t, "mx.gated.test", "gated.test", "smtpd_delay_reject = no", "smtpd_client_restrictions = reject")
	bounced := func(t *testing.T, host, recipient string) string {
		return server.Sendmail{Host: "mail.sendmail.test", Next: l.at(t, host)[0]}.Bounce(t, recipient)
	}
	for _, c := range []struct {
		name, host, recipient string
		class                 reply.Class
		code                  int
	}{
		{"a mailbox that does not exist", "mx.backscatter.test", "nobody@backscatter.test", reply.MailboxNotFound, 550},
		{"a server that refuses everybody", "mx.gated.test", "postmaster@gated.test", reply.AccessDenied, 554},
	} {
		t.Run(c.name, func(t *testing.T) {
			mail := bounced(t, c.host, c.recipient)
			r, err := bounce.Read(strings.NewReader(mail))
			if err != nil {
				t.Fatalf("%v; the bounce is\n%s", err, mail)
			}
			if r.Reporter != "mail.sendmail.test" || r.To != "root@mail.sendmail.test" || r.Arrived.IsZero() || len(r.Recipients) != 1 {
				t.Fatalf("read as %+v, the bounce is\n%s", r, mail)
			}
			one := r.Recipients[0]
			if one.Address != c.recipient || one.Action != bounce.Failed || one.Class != c.class || one.Reply == nil || one.Reply.Code != c.code {
				t.Errorf("read as %+v, want %s and %d; the bounce is\n%s", one, c.class, c.code, mail)
			}
		})
	}
	if mail := bounced(t, "mx.backscatter.test", "postmaster@backscatter.test"); mail != "" {
		t.Errorf("mail that was taken came back:\n%s", mail)
	}
}
