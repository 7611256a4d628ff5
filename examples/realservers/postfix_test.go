//go:build real

package realservers

import (
	"strings"
	"testing"
	"time"

	"mx_exporter/examples/realservers/server"
)

// postscreenLetsWait: postscreen(8) greets with half a banner and watches for
// clients that talk before it is complete. One that does so is turned away; the
// exporter, which waits, is not. Rows S4 and S5.
func postscreenLetsWait(t *testing.T, l *lab) {
	const host, domain = "mx.postscreen.test", "postscreen.test"
	server.StartPostfix(t, server.Postfix{
		Host: host, Domain: domain, Listen: l.at(t, host), Authority: l.authority, Postscreen: true,
		Settings: []string{
			"postscreen_greet_action = enforce",
			"postscreen_greet_banner = wait for it",
			"postscreen_greet_wait = 3s",
		},
	})

	hasty := l.dial(t, host)
	hasty.Say(t, "EHLO hasty.test")
	// Half a banner with the reply to EHLO behind it: mixed codes, as in row S10.
	recorded(t, "postscreen-ehlo-hasty", hasty.Hear(t))
	hasty.Ask(t, "MAIL FROM:<postmaster@hasty.test>")
	reply := hasty.Ask(t, "RCPT TO:<postmaster@"+domain+">")
	recorded(t, "postscreen-rcpt-hasty", reply)
	if !strings.HasPrefix(reply, "550") {
		t.Errorf("postscreen takes mail of a client that talks too early, so this test shows nothing: %s", reply)
	}

	got := l.expect(t, "mx", domain,
		series{"mx_verdict", "verdict=satisfactory", 1},
		series{"mx_smtp_reply_code", "host=" + host + " stage=rcpt", 250},
	)
	for _, s := range got.Where("mx_smtp_stage_duration_seconds", map[string]string{"host": host, "stage": "banner"}) {
		if s.Value < 2.5 || s.Value > 10 {
			t.Errorf("the banner stage took %v s, though postscreen makes strangers wait 3 s", s.Value)
		}
	}
}

// greylisting: postgrey puts a stranger's first attempt off. Row S21.
func greylisting(t *testing.T, l *lab) {
	const host, domain = "mx.greylisting.test", "greylisting.test"
	policy := server.At("127.77.3.102", server.Port(t))
	server.StartPostgrey(t, policy, 5*time.Minute)
	l.postfix(t, host, domain,
		"smtpd_recipient_restrictions = reject_unauth_destination, check_policy_service inet:"+policy)
	recorded(t, "postgrey-rcpt", l.says(t, host,
		"EHLO monitor.test", "MAIL FROM:<postmaster@monitor.test>", "RCPT TO:<postmaster@"+domain+">"))
	l.expect(t, "mx", domain,
		series{"mx_smtp_reachable", "host=" + host, 1},
		series{"mx_smtp_reply_code", "host=" + host + " stage=rcpt", 450},
		series{"mx_smtp_reply_info", "host=" + host + " stage=rcpt class=greylisted", 1},
	)
}

// tooManyConnections holds the one connection that the server allows. Row S6.
func tooManyConnections(t *testing.T, l *lab) {
	const host, domain = "mx.busy.test", "busy.test"
	l.postfix(t, host, domain, "smtpd_client_connection_count_limit = 1", "smtpd_client_event_limit_exceptions =")
	var held *server.Client
	server.Eventually(t, 10*time.Second, "the first connection is greeted", func() (bool, string) {
		held = l.dial(t, host)
		banner := held.Hear(t)
		return strings.HasPrefix(banner, "220"), banner
	})
	recorded(t, "postfix-banner-busy", l.says(t, host))
	l.expect(t, "mx", domain,
		series{"mx_verdict", "verdict=compromised", 1},
		series{"mx_smtp_up", "host=" + host, 0},
		series{"mx_smtp_reply_code", "host=" + host + " stage=banner", 421},
		series{"mx_smtp_reply_info", "host=" + host + " stage=banner class=too_many_connections", 1},
		series{"mx_smtp_failure_info", "host=" + host + " stage=banner reason=banner_4xx", 1},
	)
	held.Ask(t, "QUIT")
	server.Eventually(t, 10*time.Second, "the server takes mail again", func() (bool, string) {
		got := l.exporter.Probe(t, "mx", domain)
		return series{"mx_verdict", "verdict=satisfactory", 1}.in(got) == nil, got.String()
	})
}

// tlsRequired: a server that wants TLS says so to MAIL, in the clear, and is
// content with whoever does as it says. That a module may not do so says nothing
// about the server. Row S21.
func tlsRequired(t *testing.T, l *lab) {
	const host, domain = "mx.encrypt.test", "encrypt.test"
	l.postfix(t, host, domain, "smtpd_tls_security_level = encrypt")
	recorded(t, "postfix-mail-encrypt", l.says(t, host, "EHLO monitor.test", "MAIL FROM:<postmaster@monitor.test>"))
	l.expect(t, "plain", domain,
		series{"mx_verdict", "verdict=unknown", 1},
		series{"mx_smtp_reply_code", "host=" + host + " stage=mail", 530},
		series{"mx_smtp_reply_info", "host=" + host + " stage=mail enhanced=5.7.0 class=tls_required", 1},
	)
	l.expect(t, "mx", domain,
		series{"mx_verdict", "verdict=satisfactory", 1},
		series{"mx_tls_established", "host=" + host, 1},
		series{"mx_smtp_reply_code", "host=" + host + " stage=rcpt", 250},
	)
}

// backupTakesEverything: a backup that does not know the mailboxes takes mail that
// its primary refuses, and has to give it back to whoever is named as its sender.
func backupTakesEverything(t *testing.T, l *lab) {
	const domain, primary, backup = "backscatter.test", "mx.backscatter.test", "backup.backscatter.test"
	l.postfix(t, primary, domain)
	l.postfix(t, backup, domain, "local_recipient_maps =")
	first := []series{
		{"mx_smtp_unknown_recipient_accepted", "host=" + primary, 0},
		{"mx_smtp_unknown_recipient_accepted", "host=" + backup, 1},
		{"mx_finding", "code=backup-accepts-unknown severity=warning host=" + backup, 1},
		{"mx_verdict", "verdict=impaired", 1},
	}
	l.expect(t, "random", domain, first...)
	l.expect(t, "random", domain, first...)
	if got := l.exporter.Probe(t, "mx", domain).Where("mx_smtp_unknown_recipient_accepted", nil); len(got) > 0 {
		t.Errorf("a module that does not ask says\n%s", got)
	}
}
