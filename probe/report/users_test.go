package report

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/cert"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mailbox"
	"mx_exporter/probe/smtp"
	"mx_exporter/probe/srv"
	"mx_exporter/probe/talk"
)

// mailboxes is a domain with two servers of IMAP: one was logged in to, and at
// the other the login waits.
func mailboxes() *probe.Result {
	r := domain("example.test")
	r.Module, r.Prober, r.MX = "imap", config.ProberIMAP, nil
	r.Verdict, r.Why = fact.Impaired, "Users get in. The backup imap2.example.test refused the login before, and is not asked again yet."
	r.SRV = &srv.Set{Service: srv.IMAPS, Published: true, Records: 2}
	at := time.Date(2026, 11, 20, 11, 0, 0, 0, time.UTC)
	waits := probe.Address{
		IP: netip.MustParseAddr("192.0.2.144"), State: probe.Down, Mailbox: visited(),
		Backoff: &probe.Backoff{Failures: 3, Until: at, Reason: fact.LoginFailed},
		Failure: &fact.Failure{Stage: fact.Login, Reason: fact.LoginBackoff, Detail: "the next is tried after 11:00"},
	}
	waits.Mailbox.Login, waits.Mailbox.Quota, waits.Mailbox.Messages = nil, nil, nil
	r.Hosts = []probe.Host{
		{
			Name: "imap.example.test", Port: 993, TLS: config.ConnImplicit, Role: fact.Primary, State: probe.Up,
			Addresses: []probe.Address{{IP: netip.MustParseAddr("192.0.2.143"), State: probe.Up, Mailbox: visited()}},
		},
		{
			Name: "imap2.example.test", Port: 993, TLS: config.ConnImplicit, Preference: 10, Role: fact.Backup, State: probe.Down,
			Addresses: []probe.Address{waits},
		},
	}
	r.Findings = []fact.Finding{
		{Check: probe.CheckAccess, Code: probe.LoginBackedOff, Severity: fact.Warning, Host: "imap2.example.test", Address: "192.0.2.144", Detail: "the next is tried after 11:00"},
	}
	return r
}

// visited is a conversation with a mailbox in which everything went well.
func visited() *mailbox.Dialogue {
	n := func(v int64) *int64 { return &v }
	return &mailbox.Dialogue{
		TLSOffered: true, TLSEstablished: true, QuitClean: true,
		TLS: &cert.Facts{Version: "TLS 1.3", Cipher: "TLS_AES_128_GCM_SHA256", EarliestExpiry: time.Date(2027, 2, 19, 0, 0, 0, 0, time.UTC), PKIX: cert.Verification{OK: true}},
		Stages: []mailbox.Stage{
			{Stage: fact.Queue, Took: elapsed(time.Microsecond)},
			{Stage: fact.Connect, Took: elapsed(12 * time.Millisecond)},
			{Stage: fact.TLS, Took: elapsed(25 * time.Millisecond)},
			{Stage: fact.Banner, Took: elapsed(3 * time.Millisecond)},
			{Stage: fact.Capability, Took: elapsed(time.Millisecond)},
			{Stage: fact.Login, Took: elapsed(90 * time.Millisecond)},
			{Stage: fact.Quota, Took: elapsed(4 * time.Millisecond)},
			{Stage: fact.Quit, Took: elapsed(time.Millisecond)},
		},
		Capabilities: []string{"IMAP4REV1", "IDLE", "QUOTA"}, Mechanisms: []string{"SCRAM-SHA-256", "PLAIN"},
		Login:    &mailbox.Login{OK: true, Mechanism: "SCRAM-SHA-256"},
		Quota:    &mailbox.Quota{UsedBytes: n(95 << 20), LimitBytes: n(100 << 20), UsedMessages: n(7)},
		Messages: n(7), Unseen: n(2),
		Transcript: []talk.Line{
			{From: talk.Server, Text: "* OK IMAP4rev1 ready"},
			{At: elapsed(time.Millisecond), From: talk.Client, Text: "a1 AUTHENTICATE SCRAM-SHA-256 <hidden>"},
		},
	}
}

// senders is a server that users send through, whose login was refused.
func senders() *probe.Result {
	r := domain("example.test")
	r.Module, r.Prober, r.MX = "submission", config.ProberSubmission, nil
	r.Verdict, r.Why = fact.Compromised, "No server lets users in. The primary smtp.example.test refuses the login."
	d := whole()
	d.Extensions = []smtp.Extension{{Keyword: "AUTH", Params: "PLAIN LOGIN"}}
	d.Auth = &smtp.AuthResult{Offered: []string{"PLAIN", "LOGIN"}, Mechanism: "PLAIN", Refusal: smtp.WrongCredentials}
	d.Stages = append(d.Stages[:7], smtp.Stage{Stage: fact.Auth, Took: elapsed(time.Millisecond), Reply: said(535, "5.7.8", "5.7.8 no"), Class: "auth_required"})
	r.Hosts = []probe.Host{{
		Name: "smtp.example.test", Port: 587, TLS: config.ConnStartTLS, Role: fact.Primary, State: probe.Down,
		Addresses: []probe.Address{{
			IP: netip.MustParseAddr("192.0.2.58"), State: probe.Down, Dialogue: d, Failure: &fact.Failure{Stage: fact.Auth, Reason: fact.AuthFailed},
		}},
	}}
	return r
}

func TestReportsOfWhatUsersLogInTo(t *testing.T) {
	golden(t, "imap.txt", text(t, mailboxes(), Options{Width: 100, Transcript: 1000}))
	golden(t, "imap.html", page(t, mailboxes(), HTMLOptions{}))
	golden(t, "submission.txt", text(t, senders(), Options{Width: 100}))
	agree(t, mailboxes())
	agree(t, senders())
}

// The page of a domain says nothing of logins, whatever its servers offer.
func TestStrangersAreToldNothingOfLogins(t *testing.T) {
	r := satisfactory()
	r.Hosts[0].Addresses[0].Dialogue.Extensions = []smtp.Extension{{Keyword: "AUTH", Params: "PLAIN"}}
	for view, got := range map[string]string{"page": page(t, r, HTMLOptions{}), "terminal": text(t, r, Options{})} {
		if strings.Contains(got, titleLogins) || strings.Contains(got, "mechanisms:") {
			t.Errorf("the %s tells of logins", view)
		}
	}
}

func TestQuotaInWords(t *testing.T) {
	n := func(v int64) *int64 { return &v }
	for _, tt := range []struct {
		quota *mailbox.Quota
		want  string
	}{
		{nil, ""},
		{&mailbox.Quota{UsedBytes: n(512), LimitBytes: n(1024)}, "0.5 KiB of 1.0 KiB used (50 %)"},
		{&mailbox.Quota{UsedBytes: n(3 << 30)}, "3.0 GiB used"},
		{&mailbox.Quota{UsedMessages: n(9), LimitMessages: n(10)}, "9 messages of 10 messages used (90 %)"},
		{&mailbox.Quota{UsedBytes: n(1 << 20), LimitBytes: n(4 << 20), UsedMessages: n(3)}, "1.0 MiB of 4.0 MiB used (25 %); 3 messages used"},
		{&mailbox.Quota{UsedBytes: n(5), LimitBytes: n(0)}, "0.0 KiB used"},
	} {
		if got := quotaWords(tt.quota); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}
