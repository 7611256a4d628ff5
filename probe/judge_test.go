package probe

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe/cert"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mx"
	"mx_exporter/probe/reply"
	"mx_exporter/probe/smtp"
)

// seen writes a Result as text: one host a line, its addresses behind the colon.
//
//	10 mx1: ok, rcpt 550 5.1.1 relay_denied
//
// ok is a dialogue that went through; "stage code enhanced class" one that ended
// in a reply; "stage reason" one that ended otherwise.
func seen(t *testing.T, m config.Module, text string) *Result {
	t.Helper()
	r := &Result{Target: Target{Domain: "example.test"}, Started: time.Now(), MX: &mx.Set{Domain: "example.test"}}
	for line := range strings.Lines(strings.TrimSpace(text)) {
		head, tail, ok := strings.Cut(strings.TrimSpace(line), ":")
		h := Host{Role: fact.Backup}
		if _, err := fmt.Sscanf(head, "%d %s", &h.Preference, &h.Name); err != nil || !ok {
			t.Fatalf("%q: %v", line, err)
		}
		h.Label, h.Expect = h.Name, m.Expected(h.Name)
		if len(r.Hosts) == 0 || h.Preference == r.Hosts[0].Preference {
			h.Role = fact.Primary
		}
		for i, what := range strings.Split(tail, ",") {
			if what = strings.TrimSpace(what); what != "" {
				ip := netip.AddrFrom4([4]byte{192, 0, byte(len(r.Hosts)), byte(i)})
				h.Addresses = append(h.Addresses, conversation(t, ip, what))
			}
		}
		if len(h.Addresses) == 0 {
			h.Failure = &fact.Failure{Reason: fact.DNSNXDomain}
		}
		r.Hosts = append(r.Hosts, h)
	}
	r.MX.Records, r.MX.Named = len(r.Hosts), len(r.Hosts)
	return r
}

func conversation(t *testing.T, ip netip.Addr, what string) Address {
	t.Helper()
	a := Address{IP: ip, Dialogue: &smtp.Dialogue{}}
	if what == "ok" {
		a.Dialogue.Stages = []smtp.Stage{{Stage: fact.EHLO, Reply: &reply.Reply{Code: 250}, Class: reply.Accepted}}
		return a
	}
	f := strings.Fields(what)
	stage := fact.Stage(f[0])
	if len(f) == 2 {
		a.Failure = &fact.Failure{Stage: stage, Reason: fact.Reason(f[1])}
		a.Dialogue.Stages = []smtp.Stage{{Stage: stage}}
	} else {
		rep := reply.Reply{Enhanced: f[2]}
		if _, err := fmt.Sscan(f[1], &rep.Code); err != nil {
			t.Fatal(err)
		}
		a.Failure = &fact.Failure{Stage: stage, Reason: smtp.ReplyReason(stage, rep)}
		a.Dialogue.Stages = []smtp.Stage{{Stage: stage, Reply: &rep, Class: reply.Class(f[3])}}
		if stage == fact.Rcpt {
			a.Dialogue.Recipients = []smtp.Recipient{{Address: "postmaster@example.test", Reply: rep, Class: reply.Class(f[3])}}
		}
	}
	a.Dialogue.Failure = a.Failure
	return a
}

func TestVerdict(t *testing.T) {
	m := config.Module{Expect: []config.Expectation{
		{Host: "trap*", Outcome: config.TempFail}, {Host: "decoy*", Outcome: config.Unreachable}, {Host: "wall*", Outcome: config.Refuse},
	}}
	for _, tt := range []struct {
		name, seen, want string
	}{
		{"all well", "10 mx1: ok\n20 mx2: ok", "satisfactory:"},
		{"a backup's fault alone is never more than impaired", "10 mx1: ok\n20 mx2: connect refused\n30 mx3: rcpt 550 5.7.1 relay_denied", "impaired: backup-down backup-down"},
		{"a backup carries the mail", "10 mx1: connect refused\n20 mx2: ok", "impaired: primary-down"},
		{"nobody takes mail", "10 mx1: connect refused\n20 mx2: banner banner_timeout", "compromised: no-server-takes-mail primary-down backup-down"},
		{"a primary that bounces is not saved by its backup", "10 mx1: rcpt 550 5.7.1 relay_denied\n20 mx2: ok", "compromised: mail-bounces primary-down"},
		{"one of two equal primaries bounces every second mail", "10 mx1: ok\n10 mx2: rcpt 550 5.7.1 relay_denied", "compromised: mail-bounces primary-down"},
		{"a 5yz greeting sends the sender on", "10 mx1: banner 554 5.3.2 system_error\n20 mx2: ok", "impaired: primary-down"},
		{"one dead address of two", "10 mx1: ok, connect connect_timeout", "impaired: address-down"},
		{"greylisting is a welcome", "10 mx1: rcpt 450 4.2.0 greylisted", "satisfactory: greylisted"},
		{"421 at the only server", "10 mx1: banner 421 4.7.0 too_many_connections", "compromised: no-server-takes-mail primary-down too-many-connections"},
		{"denied without a reason", "10 mx1: banner 554 5.7.1 access_denied", "compromised: no-server-takes-mail primary-down access-denied"},
		{"blocked for what we are says nothing of them", "10 mx1: rcpt 554 5.7.1 blocked_us", "unknown: blocked-us"},
		{"nor at a backup", "10 mx1: ok\n20 mx2: banner 554 5.7.1 blocked_us", "impaired: blocked-us"},
		{"a limit on how often we come is ours", "10 mx1: banner 421 4.7.0 rate_limited\n20 mx2: ok", "impaired: rate-limited-us"},
		{"our sender is ours", "10 mx1: mail 550 5.1.8 sender_rejected", "unknown: refuses-our-mail"},
		{"who turns us away at one address is not down for the other", "10 mx1: rcpt 554 5.7.1 blocked_us, connect refused", "unknown: blocked-us"},
		{"postmaster alone is refused", "10 mx1: rcpt 550 5.1.1 mailbox_not_found", "impaired: postmaster-refused"},
		{"a trap that traps", "10 mx1: ok\n20 trap1: rcpt 451 4.7.1 policy", "satisfactory:"},
		{"a trap that takes mail", "10 mx1: ok\n20 trap1: ok", "impaired: trap-accepts"},
		{"a trap that is away", "10 mx1: ok\n20 trap1: connect refused", "impaired: expectation-not-met"},
		{"a decoy in front that nobody reaches", "5 decoy: connect connect_timeout\n10 mx1: ok", "satisfactory:"},
		{"a decoy without an address", "5 decoy:\n10 mx1: ok", "satisfactory:"},
		{"a wall that refuses", "10 mx1: ok\n20 wall1: banner 554 5.7.1 access_denied", "satisfactory:"},
		{"only traps", "10 trap1: rcpt 451 4.7.1 policy", "satisfactory:"},
		{"N14 our missing route is not their fault", "10 mx1: ok, connect local_network", "satisfactory: local-trouble"},
		{"nobody could be asked", "10 mx1: connect local_fd\n20 mx2: connect local_network", "unknown: local-trouble local-trouble"},
		{"the primary is down and the backup could not be asked", "10 mx1: connect refused\n20 mx2: queue local_overload", "unknown: primary-down not-tested"},
		{"a host that is not in DNS", "10 mx1: ok\n20 mx2:", "impaired: backup-down mx-without-address"},
		{"an address that is not public", "10 mx1: connect address_blocked", "compromised: no-server-takes-mail primary-down mx-address-not-public"},
		{"STARTTLS is broken at the only server", "10 mx1: tls tls_handshake", "compromised: no-server-takes-mail primary-down starttls-broken"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := seen(t, m, tt.seen)
			judge(r, m)
			got := string(r.Verdict) + ":"
			for _, f := range r.Findings {
				if f.Code != StartTLSNotOffered {
					got += " " + string(f.Code)
				}
			}
			if !sameWords(got, tt.want) {
				t.Errorf("got  %s\nwant %s\n%s", got, tt.want, r.Why)
			}
			if r.Success != (r.Verdict == fact.Satisfactory || r.Verdict == fact.Impaired) {
				t.Errorf("success %v with verdict %s", r.Success, r.Verdict)
			}
			if r.Why == "" {
				t.Error("the verdict has no reason")
			}
		})
	}
}

func sameWords(a, b string) bool {
	count := map[string]int{}
	for _, w := range strings.Fields(a) {
		count[w]++
	}
	for _, w := range strings.Fields(b) {
		count[w]--
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return strings.Fields(a)[0] == strings.Fields(b)[0]
}

func TestVerdictOfTheDomainItself(t *testing.T) {
	for _, tt := range []struct {
		name string
		r    Result
		m    config.Module
		want fact.Verdict
		code fact.Code
	}{
		{"N1", Result{Failure: &fact.Failure{Reason: fact.DNSNXDomain}}, config.Module{}, fact.Compromised, DomainNotFound},
		{"N2 broken", Result{Failure: &fact.Failure{Reason: fact.DNSServfail}}, config.Module{}, fact.Compromised, DNSFailure},
		{"N2 our resolver", Result{Failure: &fact.Failure{Reason: fact.LocalResolver}}, config.Module{}, fact.Unknown, ResolverDown},
		{"no mail server", Result{Failure: &fact.Failure{Reason: fact.DNSNoData}}, config.Module{}, fact.Compromised, NoMailServer},
		{"N4", Result{MX: &mx.Set{Null: true}}, config.Module{}, fact.Compromised, NullMX},
		{"N4 as expected", Result{MX: &mx.Set{Null: true}}, config.Module{Expect: []config.Expectation{{Host: ".", Outcome: config.Refuse}}}, fact.Satisfactory, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			judge(&tt.r, tt.m)
			var code fact.Code
			if len(tt.r.Findings) > 0 {
				code = tt.r.Findings[0].Code
			}
			if tt.r.Verdict != tt.want || code != tt.code {
				t.Errorf("got %s, %+v", tt.r.Verdict, tt.r.Findings)
			}
		})
	}
}

func TestMailboxAskedForByNameIsNoMereRole(t *testing.T) {
	r := seen(t, config.Module{}, "10 mx1: rcpt 550 5.1.1 mailbox_not_found")
	r.Target.Recipient = "postmaster@example.test"
	judge(r, config.Module{})
	if r.Verdict != fact.Compromised {
		t.Errorf("got %s: %s", r.Verdict, r.Why)
	}
}

func TestModuleMayAskForMoreThanMailThatGetsIn(t *testing.T) {
	m := config.Module{Success: config.SuccessSatisfactory}
	r := seen(t, m, "10 mx1: ok\n20 mx2: connect refused")
	judge(r, m)
	if r.Verdict != fact.Impaired || r.Success {
		t.Errorf("verdict %s, success %v", r.Verdict, r.Success)
	}
}

// S21.
func TestModuleMayTakeGreylistingForAFault(t *testing.T) {
	m := config.Module{Greylisting: config.GreylistingFail}
	r := seen(t, m, "10 mx1: rcpt 450 4.2.0 greylisted")
	judge(r, m)
	if r.Verdict != fact.Compromised {
		t.Errorf("verdict %s: %s", r.Verdict, r.Why)
	}
}

func TestCertificateFindings(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	year, week := 365*24*time.Hour, 7*24*time.Hour
	chain := func(life, left time.Duration, v cert.Verification) *cert.Facts {
		end := now.Add(left)
		return &cert.Facts{Chain: []cert.Certificate{{NotBefore: end.Add(-life), NotAfter: end}}, EarliestExpiry: end, PKIX: v}
	}
	ok := cert.Verification{OK: true}
	for _, tt := range []struct {
		name  string
		facts *cert.Facts
		want  fact.Code
	}{
		{"good", chain(year, year/2, ok), ""},
		{"ends in ten days", chain(year, 10*24*time.Hour, ok), CertificateExpiring},
		{"a short one in the middle of its life", chain(week, week/2, ok), ""},
		{"a short one at its end", chain(week, week/10, ok), CertificateExpiring},
		{"expired", chain(year, -time.Hour, cert.Verification{Reason: cert.Expired}), CertificateExpired},
		{"self-signed", chain(year, year/2, cert.Verification{Reason: cert.SelfSigned}), CertificateSelfSigned},
		{"wrong name", chain(year, year/2, cert.Verification{Reason: cert.NameMismatch}), CertificateWrongName},
		{"weak", chain(year, year/2, cert.Verification{Reason: cert.WeakSignature}), CertificateUnsuitable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			fs := assessCertificate(tt.facts, now)
			if tt.want == "" && len(fs) != 0 || tt.want != "" && (len(fs) != 1 || fs[0].Code != tt.want) {
				t.Errorf("got %+v, want %s", fs, tt.want)
			}
		})
	}
}

func seenHosts(t *testing.T, text string) []Host {
	t.Helper()
	return seen(t, config.Module{}, text).Hosts
}

func judgeVerdict(t *testing.T, r *Result, want fact.Verdict) {
	t.Helper()
	judge(r, config.Module{})
	if r.Verdict != want {
		t.Errorf("verdict %s, want %s: %s", r.Verdict, want, r.Why)
	}
}
