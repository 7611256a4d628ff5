//go:build real

package realservers

import (
	"testing"
	"time"

	"mx_exporter/examples/realservers/server"
)

// badLines puts one Postfix behind four lines, of which only the slow one
// delivers mail. Rows T2, T3 and S26.
func badLines(t *testing.T, l *lab) {
	const inReplyToEHLO = "250-PIPE"
	postfix := l.at(t, "behind.test")[0]
	server.StartPostfix(t, server.Postfix{
		Host: "mx.slow.test", Domain: "slow.test", Listen: []string{postfix}, Authority: l.authority,
	})
	for _, line := range []struct {
		domain string
		toxic  server.Toxic
		want   []series
	}{
		{"cut.test", server.Toxic{After: inReplyToEHLO, Fate: server.Cut}, []series{
			{"mx_verdict", "verdict=compromised", 1},
			{"mx_smtp_reachable", "host=mx.cut.test", 1},
			{"mx_smtp_failure_info", "host=mx.cut.test stage=ehlo reason=eof", 1},
		}},
		{"reset.test", server.Toxic{After: inReplyToEHLO, Fate: server.Reset}, []series{
			{"mx_verdict", "verdict=compromised", 1},
			{"mx_smtp_failure_info", "host=mx.reset.test stage=ehlo reason=reset", 1},
		}},
		{"halfopen.test", server.Toxic{After: inReplyToEHLO, Fate: server.Hold}, []series{
			{"mx_verdict", "verdict=compromised", 1},
			{"mx_smtp_failure_info", "host=mx.halfopen.test stage=ehlo reason=stage_timeout", 1},
		}},
		{"slow.test", server.Toxic{Pace: time.Millisecond}, []series{
			{"mx_verdict", "verdict=satisfactory", 1},
			{"mx_smtp_reply_code", "host=mx.slow.test stage=rcpt", 250},
		}},
	} {
		t.Run(line.domain, func(t *testing.T) {
			server.StartProxy(t, l.at(t, "mx."+line.domain)[0], postfix, line.toxic)
			l.expect(t, "mx", line.domain, line.want...)
		})
	}
}
