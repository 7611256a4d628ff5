package probe

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mailbox"
	"mx_exporter/probe/smtp"
	"mx_exporter/probe/srv"
)

// users is a result with one server that users log in to, at one address.
func users(p config.Prober, a Address) (*Result, config.Module) {
	a.IP = netip.MustParseAddr("192.0.2.1")
	if p != config.ProberSubmission && a.Mailbox == nil {
		a.Mailbox = &mailbox.Dialogue{}
	}
	h := Host{Name: "mail.example.test", Label: "mail.example.test", Role: fact.Primary, Expect: config.Accept, Addresses: []Address{a}}
	m := config.DefaultModule(p)
	h.TLS = m.TLS
	return &Result{Target: Target{Domain: "example.test"}, Prober: p, Started: time.Now(), Hosts: []Host{h}}, m
}

func hasCode(r *Result, c fact.Code) bool {
	for _, f := range r.Findings {
		if f.Code == c {
			return true
		}
	}
	return false
}

func TestServersBeyondTheLimitAreTold(t *testing.T) {
	r, m := users(config.ProberIMAP, Address{})
	r.SRV = &srv.Set{Service: srv.IMAPS, Published: true, Limited: true}
	judge(r, m)
	if !hasCode(r, "service-limit-exceeded") || r.Verdict != fact.Impaired {
		t.Errorf("%s: %+v", r.Verdict, r.Findings)
	}
}

// What is short here, or was not tried, never makes a server bad.
func TestUsersServiceIsUnknownForWhatIsOurs(t *testing.T) {
	for _, reason := range fact.Reasons() {
		want := fact.Compromised
		if reason.Local() && reason != fact.LoginBackoff {
			want = fact.Unknown
		}
		for _, p := range []config.Prober{config.ProberIMAP, config.ProberSubmission} {
			r, m := users(p, Address{Failure: &fact.Failure{Stage: fact.Banner, Reason: reason}})
			judge(r, m)
			if r.Verdict != want {
				t.Errorf("%s: %s: verdict %s, want %s", p, reason, r.Verdict, want)
			}
		}
	}
}

// A sentence about a server ends in what is wrong with it.
func TestEveryWayALoginEndsHasWords(t *testing.T) {
	for _, reason := range fact.Reasons() {
		login := strings.HasPrefix(string(reason), "login_") || strings.HasPrefix(string(reason), "auth_") || strings.HasPrefix(string(reason), "mailbox_")
		if login && plightWords[reason] == "" {
			t.Errorf("%s has no words", reason)
		}
	}
}

func TestSilenceOfOurOwnNetworkIsNoFaultOfTheServer(t *testing.T) {
	r, m := users(config.ProberPOP3, Address{Failure: &fact.Failure{Stage: fact.Connect, Reason: fact.ConnectTimeout}})
	r.EgressSuspect = true
	judge(r, m)
	if r.Verdict != fact.Unknown || !hasCode(r, EgressBlocked) {
		t.Errorf("%s: %+v", r.Verdict, r.Findings)
	}
}

func TestQuotaIsJudgedByWhatIsFullest(t *testing.T) {
	n := func(v int64) *int64 { return &v }
	for _, tt := range []struct {
		name  string
		quota mailbox.Quota
		want  fact.Code
	}{
		{"room", mailbox.Quota{UsedBytes: n(89), LimitBytes: n(100)}, ""},
		{"nearly full", mailbox.Quota{UsedBytes: n(90), LimitBytes: n(100)}, MailboxNearlyFull},
		{"full of messages", mailbox.Quota{UsedBytes: n(1), LimitBytes: n(100), UsedMessages: n(7), LimitMessages: n(7)}, MailboxFull},
		{"no limit", mailbox.Quota{UsedBytes: n(1 << 40)}, ""},
		{"a limit of nothing", mailbox.Quota{UsedBytes: n(5), LimitBytes: n(0)}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, m := users(config.ProberIMAP, Address{Mailbox: &mailbox.Dialogue{Quota: &tt.quota}})
			judge(r, m)
			for _, c := range []fact.Code{MailboxNearlyFull, MailboxFull} {
				if hasCode(r, c) != (c == tt.want) {
					t.Errorf("%s: %v", c, r.Findings)
				}
			}
		})
	}
}

func TestPasswordsThatIMAPTakesInClearAreTold(t *testing.T) {
	r, m := users(config.ProberIMAP, Address{Mailbox: &mailbox.Dialogue{LoginInClear: true}})
	judge(r, m)
	if r.Verdict != fact.Impaired || !hasCode(r, LoginInClear) {
		t.Errorf("%s: %+v", r.Verdict, r.Findings)
	}
}

// The same rules hold for what a server says of us as with mail from strangers.
func TestTurnedAwayForWhatWeAreIsUnknown(t *testing.T) {
	d := &smtp.Dialogue{Stages: []smtp.Stage{{Stage: fact.Banner, Class: "blocked_us"}}}
	r, m := users(config.ProberSubmission, Address{Dialogue: d, Failure: &fact.Failure{Stage: fact.Banner, Reason: fact.Banner5xx}})
	judge(r, m)
	if r.Verdict != fact.Unknown || !hasCode(r, BlockedUs) {
		t.Errorf("%s: %+v", r.Verdict, r.Findings)
	}
}
