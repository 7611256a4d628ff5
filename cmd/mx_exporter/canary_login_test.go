package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"mx_exporter/cmd/logging"
	"mx_exporter/examples/maillab"
	"mx_exporter/examples/maillab/labtest"
)

// canaryPassword is the password of every login below.
const canaryPassword = "p4ssw0rdp4ssw0rdp4ssw0rd"

// loginStories are servers that are logged in to, by their modules: some take the
// password, some refuse it, and some say it back.
var loginStories = map[string]string{
	"imap-right":   "prober: imap\nlogin: mail probe PASSWORD\n\n-- zone --\nmail A 192.0.2.10\n-- imap mail --\nlisten: 192.0.2.10:993\nimplicit-tls: on\naccount: probe PASSWORD\nquota: 95 100\n",
	"imap-wrong":   "prober: imap\nlogin: mail probe PASSWORD\n\n-- zone --\nmail A 192.0.2.11\n-- imap mail --\nlisten: 192.0.2.11:993\nimplicit-tls: on\naccount: probe other\n",
	"imap-echo":    "prober: imap\nlogin: mail probe PASSWORD\n\n-- zone --\nmail A 192.0.2.12\n-- imap mail --\nlisten: 192.0.2.12:993\nimplicit-tls: on\naccount: probe other\nreply: AUTHENTICATE NO [AUTHENTICATIONFAILED] PASSWORD is wrong\nreply: LOGIN NO PASSWORD is wrong\n",
	"imap-expired": "prober: imap\nlogin: mail probe PASSWORD\n\n-- zone --\nmail A 192.0.2.13\n-- imap mail --\nlisten: 192.0.2.13:993\nimplicit-tls: on\naccount: probe PASSWORD\ncertificate: expired\n",
	"pop3-right":   "prober: pop3\nlogin: mail probe PASSWORD\n\n-- zone --\nmail A 192.0.2.14\n-- pop3 mail --\nlisten: 192.0.2.14:995\nimplicit-tls: on\naccount: probe PASSWORD\n",
	"pop3-wrong":   "prober: pop3\ntls: starttls\nlogin: mail probe PASSWORD\n\n-- zone --\nmail A 192.0.2.15\n-- pop3 mail --\nlisten: 192.0.2.15:110\naccount: probe other\n",
	"send-right":   "prober: submission\nlogin: mail probe PASSWORD\n\n-- zone --\nmail A 192.0.2.16\n-- server mail --\nlisten: 192.0.2.16:587\nauth: PLAIN LOGIN\naccount: probe PASSWORD\n",
	"send-wrong":   "prober: submission\nlogin: mail probe PASSWORD\n\n-- zone --\nmail A 192.0.2.17\n-- server mail --\nlisten: 192.0.2.17:587\nauth: LOGIN\naccount: probe other\n",
	"send-echo":    "prober: submission\nlogin: mail probe PASSWORD\n\n-- zone --\nmail A 192.0.2.18\n-- server mail --\nlisten: 192.0.2.18:587\nauth: PLAIN\naccount: probe other\nreply: AUTH 535 5.7.8 PASSWORD is wrong\n",
	"send-clear":   "prober: submission\nlogin: mail probe PASSWORD\n\n-- zone --\nmail A 192.0.2.19\n-- server mail --\nlisten: 192.0.2.19:587\nstarttls: off\nauth: PLAIN\nauth-in-clear: on\naccount: probe PASSWORD\n",
}

func newLoginCanary(t *testing.T) *canary {
	t.Helper()
	var stories []maillab.Scenario
	for name, story := range loginStories {
		text := "title: t\nshows: s\ndomain: " + name + ".test\nverdict: satisfactory\n" + strings.ReplaceAll(story, "PASSWORD", canaryPassword)
		s, err := maillab.ParseScenario(name, text)
		if err != nil {
			t.Fatal(err)
		}
		stories = append(stories, s)
	}
	c := &canary{t: t, lab: labtest.Start(t, stories...)}
	var err error
	if c.config, err = c.lab.WriteConfig(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, s := range c.said {
			if found := leak(s, canaryPassword); found != "" {
				t.Errorf("the password is in …%s…", found)
			}
		}
	})
	return c
}

// C3, C4: a password is in nothing that the exporter serves or logs, whatever
// becomes of the login; and it is sent to no server that a request names.
func TestAPasswordIsFoundNowhere(t *testing.T) {
	c := newLoginCanary(t)
	c.exporter("debug", logging.Logfmt, func(ask func(method, path string) string) {
		for name := range loginStories {
			at := "/probe?module=" + name
			all := ask(http.MethodGet, at+"&format=json")
			if tried := strings.Contains(all, `"ok":`) || strings.Contains(all, `"ok": `); !tried && name != "imap-expired" && name != "send-clear" {
				t.Errorf("%s: no login was made, so that path was not gone: %s", name, all)
			}
			for _, view := range []string{"", "&debug=true"} {
				ask(http.MethodGet, at+view)
			}
			ask(http.MethodGet, "/report?module="+name)
			other := ask(http.MethodGet, at+"&target="+url.QueryEscape("elsewhere.test"))
			if !strings.Contains(other, "which talks to") {
				t.Errorf("C4: %s: another target was answered with %s", name, other)
			}
		}
		for _, path := range []string{"/", "/config", "/metrics"} {
			ask(http.MethodGet, path)
		}
	})
	for name := range loginStories {
		for _, output := range []string{outputText, outputJSON, outputNagios} {
			if c.run("check", "--module="+name, "-o", output) == "" {
				t.Errorf("check --module=%s -o %s said nothing", name, output)
			}
		}
	}
	c.run("config", "check", c.config)
}
