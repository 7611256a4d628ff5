package probe_test

import (
	"fmt"
	"strings"
	"testing"

	"mx_exporter/config"
	"mx_exporter/examples/maillab/labtest"
	"mx_exporter/probe"
	"mx_exporter/probe/dnsbl"
	"mx_exporter/probe/fact"
)

// sending is a domain with an SPF record and a list to ask about what it names.
func sending(record string) string {
	return `title: t
shows: s
domain: sending.test
verdict: satisfactory
checks: spf
senders: spf
list: bl zone=bl.sending.test selftest=skip

-- zone --
@      MX  10 mx1
@      TXT "` + record + `"
mx1    A   192.0.2.10
void.bl A  192.0.2.99

-- server mx1 --
listen: 192.0.2.10:25

-- dns --
servfail gone TXT
`
}

// senderCount counts the senders that lists were asked about, and shows what is said of
// those left out.
func senderCount(r *probe.Result) string {
	n, said := 0, ""
	for _, a := range r.DNSBL.Answers {
		if a.Subject.Role == dnsbl.Sender {
			n++
		}
	}
	for _, f := range r.Findings {
		if f.Code == dnsbl.CodeOmitted && f.Severity == fact.Info {
			said = ", " + f.Detail
		}
	}
	return fmt.Sprintf("%d%s", n, said)
}

// B13: only addresses that may be asked about count against the limit, and what it
// cuts off is said. So is that nothing is known of a record.
func TestSendersThatNobodyIsAskedAboutAreTold(t *testing.T) {
	var private, public strings.Builder
	for i := range 6 {
		fmt.Fprintf(&private, "ip4:10.0.%d.0/29 ", i)
		fmt.Fprintf(&public, "ip4:198.51.100.%d/29 ", 8*i)
	}
	for name, c := range map[string]struct {
		record string
		checks []config.Check
		want   string
	}{
		"all":             {"v=spf1 ip4:198.51.100.7 -all", config.Checks(), "1"},
		"private first":   {"v=spf1 " + private.String() + "ip4:198.51.100.7 -all", config.Checks(), "1"},
		"too many":        {"v=spf1 " + public.String() + "-all", config.Checks(), "40, 8 addresses of the SPF record are beyond the limit"},
		"part of it":      {"v=spf1 ip4:198.51.100.7 include:gone.sending.test -all", config.Checks(), "1, a part of the SPF record could not be looked up"},
		"not looked at":   {"v=spf1 ip4:198.51.100.7 -all", []config.Check{}, "0, the SPF record is not looked at: spf is not among the module's checks"},
		"there is no SPF": {"no record", config.Checks(), "0"},
	} {
		lab := labtest.StartWith(t, sending(c.record))
		w := newWorld(t, lab)
		s, _ := lab.Scenario("sending.test")
		w.module = w.modules[s.Module()]
		w.module.Checks = c.checks
		if got := senderCount(w.probe(t, "sending.test")); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// B12: modules that allow other networks are one stranger to a list, which is asked
// once, tested once, and left alone by all where it refuses one.
func TestModulesWithOtherNetworksShareWhatIsKnown(t *testing.T) {
	lab := labtest.StartWith(t, sending("v=spf1 ip4:198.51.100.7 -all"))
	w := newWorld(t, lab)
	s, _ := lab.Scenario("sending.test")
	w.module = w.modules[s.Module()]
	first := w.probe(t, "sending.test")
	w.module.AllowNetworks = append(w.module.AllowNetworks, netipPrefixes("10.0.0.0/8")...)
	second := w.probe(t, "sending.test")
	w.module.AllowNetworks = nil // no documentation addresses but for senders
	third := w.probe(t, "sending.test")
	if n := lab.DNS.Queries("7.100.51.198.bl.sending.test", "A"); n != 1 {
		t.Errorf("asked %d times", n)
	}
	if a, b, c := len(first.DNSBL.Answers), len(second.DNSBL.Answers), len(third.DNSBL.Answers); a != 2 || b != 2 || c != 1 {
		t.Errorf("%d, %d, %d answers; the last module does not allow the server's address", a, b, c)
	}
}
