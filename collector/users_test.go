package collector

import (
	"net/netip"
	"testing"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/cert"
	"mx_exporter/probe/dial"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mailbox"
	"mx_exporter/probe/smtp"
	"mx_exporter/probe/srv"
)

// imap: two servers by SRV records, one read, one whose login waits.
func imap() *probe.Result {
	r := bare(fact.Impaired)
	r.Prober, r.Module = config.ProberIMAP, "imap"
	r.SRV = &srv.Set{Service: srv.IMAPS, Published: true, Records: 2}
	r.Hosts = []probe.Host{
		mxHost("imap.example.org", 0, fact.Primary, reads("192.0.2.143")),
		mxHost("imap2.example.org", 10, fact.Backup, lockedOut("192.0.2.144")),
	}
	return r
}

// submission: a login that goes well.
func submission() *probe.Result {
	r := bare(fact.Satisfactory)
	r.Prober, r.Module = config.ProberSubmission, "submission"
	a := accepts("192.0.2.25")
	a.Dialogue.Stages = append(a.Dialogue.Stages[:7], said(fact.Auth, 12*ms, 235, "2.7.0", "Welcome"), said(fact.Quit, 10*ms, 221, "2.0.0", "Bye"))
	a.Dialogue.Extensions = append(a.Dialogue.Extensions, smtp.Extension{Keyword: "AUTH", Params: "SCRAM-SHA-256 PLAIN X-MADE-UP"})
	a.Dialogue.Auth = &smtp.AuthResult{Offered: []string{"SCRAM-SHA-256", "PLAIN", "other"}, Mechanism: "SCRAM-SHA-256", OK: true}
	r.Hosts = []probe.Host{mxHost("smtp.example.org", 0, fact.Primary, a)}
	return r
}

// reads is an address where somebody logged in and looked.
func reads(ip string) probe.Address {
	n := func(v int64) *int64 { return &v }
	d := &mailbox.Dialogue{
		TLSOffered: true, TLSEstablished: true, QuitClean: true,
		Stages: []mailbox.Stage{
			{Stage: fact.Queue, Took: ms / 4},
			{Stage: fact.Connect, Took: 10 * ms},
			{Stage: fact.TLS, Took: 15 * ms},
			{Stage: fact.Banner, Took: 5 * ms},
			{Stage: fact.Capability, Took: 5 * ms},
			{Stage: fact.Login, Took: 30 * ms},
			{Stage: fact.Quota, Took: 9 * ms},
			{Stage: fact.Quit, Took: 4 * ms},
		},
		Capabilities: []string{"IMAP4REV1", "IDLE", "QUOTA"}, Mechanisms: []string{"SCRAM-SHA-256", "PLAIN", "other"},
		Login:    &mailbox.Login{OK: true, Mechanism: "SCRAM-SHA-256"},
		Quota:    &mailbox.Quota{UsedBytes: n(900 << 20), LimitBytes: n(1 << 30), UsedMessages: n(1200), LimitMessages: n(5000)},
		Messages: n(1100), Unseen: n(7),
		TLS: &cert.Facts{
			Version: "TLS 1.3", Cipher: "TLS_AES_128_GCM_SHA256", Chain: []cert.Certificate{{Subject: "CN=imap.example.org"}},
			EarliestExpiry: time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC), PKIX: cert.Verification{OK: true},
		},
	}
	return probe.Address{IP: netip.MustParseAddr(ip), Class: dial.Public, State: probe.Up, Mailbox: d}
}

// lockedOut is an address whose login was refused before.
func lockedOut(ip string) probe.Address {
	a := reads(ip)
	a.State = probe.Down
	a.Mailbox.Login, a.Mailbox.Quota, a.Mailbox.Messages, a.Mailbox.Unseen = nil, nil, nil, nil
	a.Mailbox.Stages = append(a.Mailbox.Stages[:5], mailbox.Stage{Stage: fact.Quit, Took: 4 * ms})
	a.Backoff = &probe.Backoff{Failures: 3, Reason: fact.LoginFailed}
	a.Failure = &fact.Failure{Stage: fact.Login, Reason: fact.LoginBackoff}
	return a
}

const imapAt = `{address="192.0.2.143",host="mx1.example.org"`

// mailboxOf is a server of IMAP at one address, after a change of what it showed.
func mailboxOf(f func(*probe.Address)) *probe.Result {
	a := reads("192.0.2.143")
	f(&a)
	r := one(a)
	r.MX, r.Prober = nil, config.ProberIMAP
	return r
}

func TestMailboxesAreNoServersOfSMTP(t *testing.T) {
	for _, tt := range []shown{
		{
			"all well", mailboxOf(func(*probe.Address) {}),
			[]string{
				`mx_mailbox_up` + imapAt + `,role="primary"} 1`, `mx_mailbox_login_success` + imapAt + `} 1`,
				`mx_mailbox_auth_backoff` + imapAt + `} 0`, `mx_tls_established` + imapAt + `} 1`,
				`mx_mailbox_quota_limit_bytes` + imapAt + `} 1.073741824e+09`,
			},
			[]string{
				"mx_smtp_up", "mx_smtp_reachable", "mx_smtp_stage_duration_seconds", "mx_smtp_failure_info", "mx_submission_login_success",
				"mx_mailbox_failure_info", "mx_host_preference",
			},
		},
		{
			"nobody logs in", mailboxOf(func(a *probe.Address) { a.Mailbox.Login, a.Mailbox.Quota, a.Mailbox.Messages = nil, nil, nil }),
			[]string{`mx_mailbox_up` + imapAt + `,role="primary"} 1`},
			[]string{"mx_mailbox_login_success", "mx_mailbox_auth_backoff", "mx_mailbox_quota_used_bytes", "mx_mailbox_messages"},
		},
		{
			"I5 the login waits", mailboxOf(func(a *probe.Address) { *a = lockedOut("192.0.2.143") }),
			[]string{
				`mx_mailbox_up` + imapAt + `,role="primary"} 0`, `mx_mailbox_login_success` + imapAt + `} 0`, `mx_mailbox_auth_backoff` + imapAt + `} 1`,
				`mx_mailbox_failure_info` + imapAt + `,reason="login_backoff",stage="login"} 1`,
			},
			nil,
		},
		{
			"nobody listens", mailboxOf(func(a *probe.Address) {
				a.State, a.Failure = probe.Down, &fact.Failure{Stage: fact.Connect, Reason: fact.Refused}
				a.Mailbox = &mailbox.Dialogue{Stages: a.Mailbox.Stages[:2]}
			}),
			[]string{`mx_mailbox_reachable` + imapAt + `,role="primary"} 0`, `mx_mailbox_stage_duration_seconds` + imapAt + `,stage="connect"} 0.01`},
			[]string{"mx_tls_offered", "mx_tls_established", "mx_mailbox_capability", "mx_smtp_reachable"},
		},
		{
			"a server that does not upgrade", mailboxOf(func(a *probe.Address) {
				a.State, a.Failure = probe.Down, &fact.Failure{Stage: fact.StartTLS, Reason: fact.StartTLSMissing}
				a.Mailbox = &mailbox.Dialogue{Stages: []mailbox.Stage{{Stage: fact.Banner}, {Stage: fact.Capability}}}
			}),
			[]string{`mx_tls_offered` + imapAt + `} 0`, `mx_tls_established` + imapAt + `} 0`, `mx_mailbox_reachable` + imapAt + `,role="primary"} 1`},
			[]string{"mx_tls_verified"},
		},
		{
			"it greets with a refusal", mailboxOf(func(a *probe.Address) {
				a.State, a.Failure = probe.Down, &fact.Failure{Stage: fact.Banner, Reason: fact.GreetingRefused}
				a.Mailbox = &mailbox.Dialogue{Stages: []mailbox.Stage{{Stage: fact.Connect}, {Stage: fact.Banner}}}
			}),
			[]string{`mx_mailbox_reachable` + imapAt + `,role="primary"} 1`},
			[]string{"mx_mailbox_capability"},
		},
		{
			"it does not greet", mailboxOf(func(a *probe.Address) {
				a.State, a.Failure = probe.Down, &fact.Failure{Stage: fact.Banner, Reason: fact.BannerTimeout}
				a.Mailbox = &mailbox.Dialogue{Stages: []mailbox.Stage{{Stage: fact.Connect}, {Stage: fact.Banner}}}
			}),
			[]string{`mx_mailbox_reachable` + imapAt + `,role="primary"} 0`},
			nil,
		},
	} {
		t.Run(tt.name, tt.check)
	}
}

func TestMechanismsOfAUTHAreToldForUsersAlone(t *testing.T) {
	r := submission()
	shown{"users", r, []string{`mx_submission_mechanism{address="192.0.2.25",host="smtp.example.org",mechanism="other"} 1`}, nil}.check(t)
	r.Prober = config.ProberMX
	shown{"strangers", r, nil, []string{"mx_submission_mechanism"}}.check(t)
}
