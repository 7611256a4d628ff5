//go:build real

package realservers

import "testing"

// threeProductsTakeMail has a domain whose hosts run three different programs.
func threeProductsTakeMail(t *testing.T, l *lab) {
	l.postfix(t, "postfix.trio.test", "trio.test")
	l.exim(t, "exim.trio.test", "trio.test")
	l.opensmtpd(t)
	l.expect(t, "mx", "trio.test",
		series{"mx_verdict", "verdict=satisfactory", 1},
		series{"mx_host_up", "host=postfix.trio.test role=primary", 1},
		series{"mx_host_up", "host=exim.trio.test role=backup", 1},
		series{"mx_host_up", "host=opensmtpd.trio.test role=backup", 1},
		series{"mx_smtp_reply_code", "host=postfix.trio.test stage=rcpt", 250},
		series{"mx_smtp_reply_code", "host=exim.trio.test stage=rcpt", 250},
		series{"mx_smtp_reply_code", "host=opensmtpd.trio.test stage=rcpt", 250},
		series{"mx_smtp_reply_info", "host=opensmtpd.trio.test stage=rcpt enhanced=2.1.5 class=accepted", 1},
		series{"mx_tls_established", "host=postfix.trio.test", 1},
		series{"mx_tls_established", "host=exim.trio.test", 1},
		series{"mx_tls_offered", "host=opensmtpd.trio.test", 0},
		series{"mx_smtp_extension", "host=exim.trio.test extension=CHUNKING", 1},
	)
}

// openSMTPDBreaksInItsHandshake is a fault that nobody made up: OpenSMTPD 6.8.0p2
// as Debian 12 ships it cannot complete a handshake with OpenSSL 3
// (github.com/OpenSMTPD/OpenSMTPD/issues/1171), so a server that looks well to
// whoever reads its EHLO takes no mail over TLS. Row L6.
func openSMTPDBreaksInItsHandshake(t *testing.T, l *lab) {
	l.opensmtpd(t)
	l.expect(t, "mx", "starttls.test",
		series{"mx_smtp_reachable", "host=mx.starttls.test", 1},
		series{"mx_tls_offered", "host=mx.starttls.test", 1},
		series{"mx_tls_established", "host=mx.starttls.test", 0},
		series{"mx_smtp_failure_info", "host=mx.starttls.test stage=tls reason=tls_handshake", 1},
	)
	l.expect(t, "plain", "starttls.test",
		series{"mx_smtp_reply_code", "host=mx.starttls.test stage=rcpt", 250},
	)
}
