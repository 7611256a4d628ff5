package probe_test

import (
	"strings"
	"testing"

	"mx_exporter/examples/maillab/labtest"
	"mx_exporter/probe"
	"mx_exporter/probe/fact"
)

// service writes a scenario of a server that users log in to: the head's lines
// about the module, then the sections.
func service(head, sections string) string {
	return "title: t\nshows: s\ndomain: users.test\nverdict: satisfactory\n" + head + "\n\n" + sections
}

func newService(t *testing.T, head, sections string) *world {
	t.Helper()
	w := newWorld(t, labtest.StartWith(t, service(head, sections)))
	w.module = w.modules[w.lab.Scenarios[0].Module()]
	return w
}

// target is what a module is asked about: nothing, where it has a server.
func (w *world) target() string {
	if host, _ := w.module.Endpoint(); host != "" {
		return host
	}
	return "users.test"
}

func TestWhatUsersLogInTo(t *testing.T) {
	const (
		names = "-- zone --\nmail A 192.0.2.10\nnew A 192.0.2.11\n"
		alone = "-- zone --\nmail A 192.0.2.10\n_imaps._tcp SRV 0 1 993 mail\n"
		imaps = names + "_imaps._tcp SRV 0 1 993 mail\n"
		twice = names + "_imaps._tcp SRV 0 1 993 mail\n_imaps._tcp SRV 10 1 993 new\n"
		bound = "prober: imap\nlogin: mail probe secret"
		imap  = "-- imap mail --\nlisten: 192.0.2.10:993\nimplicit-tls: on\naccount: probe secret\n"
		spare = "-- imap new --\nlisten: 192.0.2.11:993\nimplicit-tls: on\n"
		pop   = "-- pop3 mail --\nlisten: 192.0.2.10:995\nimplicit-tls: on\naccount: probe secret\n"
		plain = "-- imap mail --\nlisten: 192.0.2.10:143\naccount: probe secret\n"
		send  = "-- server mail --\nlisten: 192.0.2.10:587\nauth: PLAIN LOGIN\naccount: probe secret\n"
		subm  = names + "_submission._tcp SRV 0 1 587 mail\n"
	)
	for _, tt := range []struct {
		name, head, sections string
		verdict              fact.Verdict
		codes                string
	}{
		{"found by SRV", "prober: imap", imaps + imap, fact.Satisfactory, ""},
		{"logged in", bound, names + imap, fact.Satisfactory, ""},
		{"logged in by POP3", "prober: pop3\nlogin: mail probe secret", names + pop, fact.Satisfactory, ""},
		{"upgraded", "prober: imap\ntls: starttls\nlogin: mail probe secret", names + plain, fact.Satisfactory, ""},
		{"the other door, where only that is published", "prober: imap", names + "_imap._tcp SRV 0 1 143 mail\n" + plain, fact.Satisfactory, ""},
		{"no records, the name itself", "prober: imap", "-- zone --\n@ A 192.0.2.10\n" + strings.Replace(imap, "imap mail", "imap @", 1), fact.Satisfactory, ""},
		{"submission", "prober: submission\nlogin: mail probe secret", names + send, fact.Satisfactory, ""},
		{"submission found by SRV", "prober: submission", subm + send, fact.Satisfactory, ""},
		{
			"submission protected from the first byte", "prober: submission\ntls: implicit\nlogin: mail probe secret",
			names + strings.Replace(send, "587", "465\nimplicit-tls: on", 1), fact.Satisfactory, "",
		},
		{"the service is not there", "prober: imap", names + "_imaps._tcp SRV 0 0 0 .\n", fact.Compromised, "service-not-offered"},
		{"nothing beside something", "prober: imap", imaps + "_imaps._tcp SRV 0 0 0 .\n" + imap, fact.Impaired, "service-records-mixed"},
		{"the spare is down", "prober: imap", twice + imap + "-- net --\nrefused 192.0.2.11\n", fact.Impaired, "spare-server-down"},
		{"the first is down", "prober: imap", twice + spare + "-- net --\nrefused 192.0.2.10\n", fact.Impaired, "server-down"},
		{"both are down", "prober: imap", twice + "-- net --\nrefused 192.0.2.10\nrefused 192.0.2.11\n", fact.Compromised, "no-server-lets-in server-down spare-server-down"},
		{"one address is down", "prober: imap", imaps + "mail A 192.0.2.12\n" + imap + "-- net --\nrefused 192.0.2.12\n", fact.Impaired, "server-address-down"},
		{"a server without an address", "prober: imap", imaps + "_imaps._tcp SRV 10 1 993 gone\n" + imap, fact.Impaired, "server-not-found"},
		{"no such name", "prober: imap", "-- zone --\nother A 192.0.2.10\n", fact.Compromised, "no-mail-server"},
		{"wrong password", "prober: imap\nlogin: mail probe wrong", names + imap, fact.Compromised, "login-failed no-server-lets-in server-down"},
		{"wrong password at submission", "prober: submission\nlogin: mail probe wrong", names + send, fact.Compromised, "login-failed no-server-lets-in server-down"},
		{
			"no mechanism that fits", "prober: submission\nlogin: mail probe secret", names + strings.Replace(send, "auth: PLAIN LOGIN", "auth: XOAUTH2", 1),
			fact.Compromised, "login-impossible no-server-lets-in server-down",
		},
		{"passwords in clear", "prober: submission", subm + send + "auth-in-clear: on\n", fact.Impaired, "login-offered-in-clear"},
		{"no logins at all", "prober: submission", subm + "-- server mail --\nlisten: 192.0.2.10:587\n", fact.Impaired, "submission-without-auth"},
		{"an old protocol at a protected port", "prober: imap", imaps + imap + "tls-max: 1.1\n", fact.Compromised, "no-server-lets-in server-down tls-broken"},
		{"no STARTTLS", "prober: imap\ntls: starttls\nlogin: mail probe secret", names + plain + "starttls: off\n", fact.Compromised, "no-server-lets-in server-down starttls-not-offered"},
		{"nearly full", bound, names + imap + "quota: 95 100\n", fact.Impaired, "mailbox-nearly-full"},
		{"full", bound, names + imap + "quota: 100 100\n", fact.Impaired, "mailbox-full"},
		{"an old certificate", "prober: imap", imaps + imap + "certificate: expired\n", fact.Impaired, "certificate-expired"},
		{"an old certificate, and a login", bound, names + imap + "certificate: expired\n", fact.Compromised, "certificate-expired no-server-lets-in server-down"},
		{
			"two doors at one address", "prober: imap", alone + "_imaps._tcp SRV 10 1 143 new\nnew A 192.0.2.10\n" + imap,
			fact.Impaired, "spare-server-down",
		},
		{"another name's certificate", "prober: pop3", names + "_pop3s._tcp SRV 0 1 995 mail\n" + pop + "certificate: wrong_name\n", fact.Impaired, "certificate-wrong-name"},
		{"a question that nobody answers", "prober: imap", imaps + imap + "-- dns --\nservfail _imaps._tcp SRV\n", fact.Compromised, "dns-failure"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newService(t, tt.head, tt.sections)
			r := w.probe(t, w.target())
			if r.Verdict != tt.verdict || codes(r) != tt.codes {
				t.Errorf("%s: %s, %s: %+v", r.Verdict, codes(r), r.Why, r.Failure)
			}
		})
	}
}

// Faults C4: whoever can reach /probe does not choose where the login goes.
func TestLoginGoesNowhereElse(t *testing.T) {
	w := newService(t, "prober: imap\nlogin: mail probe secret",
		"-- zone --\nmail A 192.0.2.10\nother A 192.0.2.11\n"+
			"-- imap mail --\nlisten: 192.0.2.10:993\nimplicit-tls: on\naccount: probe secret\n"+
			"-- imap other --\nlisten: 192.0.2.11:993\nimplicit-tls: on\n")
	host, _ := w.module.Endpoint()
	for _, target := range []string{"other.users.test", "probe@users.test", "users.test"} {
		if _, err := probe.TargetFor(target, w.module); err == nil {
			t.Errorf("C4: target %s is taken beside the module's server", target)
		}
		parsed, err := probe.ParseTarget(target)
		if err != nil {
			t.Fatal(err)
		}
		if r, err := probe.Run(t.Context(), w.env, parsed, w.module); err == nil {
			t.Errorf("C4: %s was probed: %s", target, r.Why)
		}
	}
	for _, target := range []string{"", host, strings.ToUpper(host) + "."} {
		got, err := probe.TargetFor(target, w.module)
		if err != nil || got.Domain != host {
			t.Errorf("target %q gives %v, %v", target, got, err)
		}
	}
	r, err := probe.Run(t.Context(), w.env, probe.Target{}, w.module)
	if err != nil || r.Verdict != fact.Satisfactory || r.Target.Domain != host {
		t.Errorf("without a target: %v, %v", r, err)
	}
	if ok, tried := r.Hosts[0].Addresses[0].LoggedIn(); !ok || !tried {
		t.Errorf("the login was not made: %+v", r.Hosts[0].Addresses[0].Failure)
	}
}
