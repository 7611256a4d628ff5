package probe_test

import (
	"fmt"
	"strings"
	"testing"

	"mx_exporter/examples/maillab/labtest"
	"mx_exporter/probe"
	"mx_exporter/probe/dnsbl"
)

// told is one answer as the tables below have it: list, subject, outcome.
func told(a dnsbl.Answer) string {
	subject := a.Subject.Domain
	if subject == "" {
		subject = a.Subject.Address.String()
	}
	words := []string{a.List, strings.TrimSuffix(subject, "."), string(a.Verdict)}
	if a.Reason != "" {
		words = append(words, string(a.Reason))
	}
	for _, h := range a.Hits {
		words = append(words, h.Code+"="+h.Meaning)
	}
	return strings.Join(words, " ")
}

// everything is all that the lists said, one answer or self-test on a line.
func everything(r *probe.Result) string {
	var b strings.Builder
	for _, a := range r.DNSBL.Answers {
		fmt.Fprintln(&b, told(a))
	}
	for _, h := range r.DNSBL.Lists {
		fmt.Fprintln(&b, strings.TrimSpace(fmt.Sprintf("%s: %s %s %s", h.List, h.Family, h.State, h.Fault)))
	}
	return b.String()
}

// B1 to B14 of faults.md from the question to the verdict on it, over real
// sockets: each answer of a list, and each self-test, in full.
func TestBlockListsOfTheLab(t *testing.T) {
	w := newWorld(t, labtest.Start(t))
	for domain, c := range map[string]struct{ row, want string }{
		"dnsbl-clean.test": {"B1", `
clean 198.51.100.200 not_listed
clean 2001:db8::b1:1 not_listed
clean dnsbl-clean.test not_listed
clean mx1.dnsbl-clean.test not_listed
clean: ip4 healthy
clean: ip6 healthy
clean: domain healthy`},
		"dnsbl-listed.test": {"B2", `
listed 198.51.100.201 listed 127.0.0.5=exploited
listed 2001:db8::b2:1 listed other=other
listed: ip4 healthy
listed: ip6 healthy`},
		"dnsbl-refuses.test": {"B3", `
refuses-all 198.51.100.202 unknown refused
quota-all 198.51.100.202 unknown quota
typo-all 198.51.100.202 unknown typo
refuses-later 198.51.100.202 unknown refused
quota-later 198.51.100.202 unknown quota
refuses-all: ip4 broken refused
quota-all: ip4 broken quota
typo-all: ip4 broken typo
refuses-later: ip4 healthy
quota-later: ip4 healthy`},
		"dnsbl-errors.test": {"B4", `
localhost 198.51.100.203 unknown refused
not-a-domain dnsbl-errors.test unknown typo
not-a-domain mx1.dnsbl-errors.test not_listed
localhost: ip4 healthy
not-a-domain: domain healthy`},
		"dnsbl-hijacked.test": {"B5", `
parked 198.51.100.204 unknown hijack
outside 198.51.100.204 unknown hijack
parked: ip4 broken hijack
outside: ip4 healthy`},
		"dnsbl-dead.test": {"B6", `
lists-the-world 198.51.100.205 unknown unhealthy
empty 198.51.100.205 unknown unhealthy
lists-the-world 2001:db8::b6:1 unknown unhealthy
lists-the-world dnsbl-dead.test unknown unhealthy
lists-the-world mx1.dnsbl-dead.test unknown unhealthy
lists-the-world: ip4 broken lists_the_world
empty: ip4 broken entry_missing
lists-the-world: ip6 broken lists_the_world
lists-the-world: domain broken lists_the_world`},
		"dnsbl-anything.test": {"B7", `
lists-anything 198.51.100.206 unknown unhealthy
lists-anything: ip4 broken lists_anything`},
		"dnsbl-no-entries.test": {"B8", `
skipped 198.51.100.207 listed other=other
canary 198.51.100.207 listed other=other
untestable 198.51.100.207 unknown unhealthy
skipped 2001:db8::b8:1 not_listed
skipped: ip4 skipped
canary: ip4 healthy
untestable: ip4 broken entry_missing
skipped: ip6 skipped`},
		"dnsbl-silent.test": {"B9", `
fails 198.51.100.208 unknown servfail
resolver-refuses 198.51.100.208 unknown refused
silent 198.51.100.208 unknown timeout
cut 198.51.100.208 unknown servfail
fails-later 198.51.100.208 unknown servfail
fails: ip4 untested servfail
resolver-refuses: ip4 untested refused
silent: ip4 untested timeout
cut: ip4 untested servfail
fails-later: ip4 healthy`},
		"dnsbl-mixed.test": {"B10", `
two-reasons 198.51.100.209 listed 127.0.0.10=dialup 127.0.0.2=spam
listing-and-error 198.51.100.209 unknown refused
two-reasons: ip4 healthy
listing-and-error: ip4 healthy`},
		"dnsbl-private.test": {"B13", `
not-asked 198.51.100.212 listed other=other
not-asked: ip4 skipped`},
		"dnsbl-keyed.test": {"B14", `
with-a-key 198.51.100.213 listed 127.0.0.3=css
with-a-key: ip4 healthy`},
		"dnsbl-sender.test": {"B2", `
sender-listed 198.51.100.240 not_listed
sender-listed 198.51.100.214 not_listed
sender-listed 198.51.100.241 listed 127.0.0.2=spam
sender-listed: ip4 healthy`},
		"dnsbl-domain.test": {"B2", `
names dnsbl-domain.test listed 127.0.1.4=phish
names mx1.dnsbl-domain.test listed 127.0.1.4=phish
names: domain healthy`},
	} {
		t.Run(c.row+" "+domain, func(t *testing.T) {
			t.Parallel()
			if got := everything(w.as(t, domain)); got != c.want[1:]+"\n" {
				t.Errorf("got\n%swant\n%s", got, c.want[1:])
			}
		})
	}
}

// as looks at a domain of the lab with its own module.
func (w *world) as(t *testing.T, domain string) *probe.Result {
	t.Helper()
	s, ok := w.lab.Scenario(domain)
	if !ok {
		t.Fatalf("the lab has no %s", domain)
	}
	mine := *w
	mine.module = w.modules[s.Module()]
	return mine.probe(t, domain)
}

// B11: what a list writes is foreign text: cut, printable, and for people alone.
func TestTextOfAListIsHarmless(t *testing.T) {
	w := newWorld(t, labtest.Start(t))
	a := w.as(t, "dnsbl-text.test").DNSBL.Answers[0]
	if !strings.HasPrefix(a.Text, "<script>alert(1)</script>") || len(a.Text) > 256 ||
		strings.ContainsFunc(a.Text, func(r rune) bool { return r < ' ' || r > '~' }) {
		t.Errorf("%q", a.Text)
	}
	w = newWorld(t, w.lab) // remembers nothing
	w.module = w.modules["dnsbl-text"]
	w.module.DNSBL.TXT = false
	if a := w.probe(t, "dnsbl-text.test").DNSBL.Answers[0]; a.Verdict != dnsbl.Listed || a.Text != "" {
		t.Errorf("nobody asked for it: %+v", a)
	}
}

// B12: a server of two domains is asked about once.
func TestAServerOfTwoDomainsIsAskedAboutOnce(t *testing.T) {
	w := newWorld(t, labtest.Start(t))
	w.as(t, "dnsbl-many.test")
	again := w.as(t, "dnsbl-many-too.test")
	for _, a := range again.DNSBL.Answers {
		if !a.Cached || a.Verdict != dnsbl.NotListed {
			t.Errorf("%+v", a)
		}
	}
	for _, q := range []string{"211.100.51.198.bl.dnsbl-many.test", "2.0.0.127.bl.dnsbl-many.test", "211.100.51.198.too.dnsbl-many.test"} {
		if n := w.lab.DNS.Queries(q, "A"); n != 1 {
			t.Errorf("%s was asked %d times", q, n)
		}
	}
}

// B13: nobody hears of an address that is not public.
func TestNoListHearsOfAPrivateAddress(t *testing.T) {
	w := newWorld(t, labtest.Start(t))
	w.as(t, "dnsbl-private.test")
	if n := w.lab.DNS.Queries("13.12.11.10.bl.dnsbl-private.test", "A"); n != 0 {
		t.Errorf("asked %d times", n)
	}
}
