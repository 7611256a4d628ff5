package srv

import (
	"fmt"
	"strings"
	"testing"

	"github.com/miekg/dns"
	"go.uber.org/goleak"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/dnsq/dnsqtest"
	"mx_exporter/probe/fact"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func show(s *Set) string {
	var b strings.Builder
	b.WriteString(string(s.Service))
	for word, said := range map[string]bool{" unpublished": !s.Published, " none": s.None, " mixed": s.NoneMixed, " limited": s.Limited} {
		if said {
			b.WriteString(word)
		}
	}
	for _, v := range s.Servers {
		fmt.Fprintf(&b, " %d/%d %s:%d", v.Priority, v.Weight, v.Host, v.Port)
	}
	for _, v := range s.Elsewhere {
		fmt.Fprintf(&b, " not %s:%d", v.Host, v.Port)
	}
	return b.String()
}

func TestFind(t *testing.T) {
	for _, tt := range []struct{ name, zone, want string }{
		{"the door that is asked for", `
			_imaps._tcp.example.test. IN SRV 0 1 993 imap.example.test.
			_imap._tcp.example.test. IN SRV 0 1 143 old.example.test.`, "imaps 0/1 imap.example.test:993"},
		{"the other one where only that is published", `
			_imap._tcp.example.test. IN SRV 0 1 143 imap.example.test.`, "imap 0/1 imap.example.test:143"},
		{"the other one where the first is shut", `
			_imaps._tcp.example.test. IN SRV 0 0 0 .
			_imap._tcp.example.test. IN SRV 0 1 143 imap.example.test.`, "imap 0/1 imap.example.test:143"},
		{"neither", `example.test. IN A 192.0.2.1`, "imaps unpublished"},
		{"no such domain", `other.test. IN A 192.0.2.1`, "imaps unpublished"},
		{"the service is not there, decidedly", `_imaps._tcp.example.test. IN SRV 0 0 0 .`, "imaps none"},
		{"the other service is not there, decidedly", `_imap._tcp.example.test. IN SRV 0 0 0 .`, "imaps none"},
		{"nothing beside something", `
			_imaps._tcp.example.test. IN SRV 0 0 0 .
			_imaps._tcp.example.test. IN SRV 10 0 993 imap.example.test.`, "imaps mixed 10/0 imap.example.test:993"},
		{
			"lowest priority first, heaviest weight next", `
			_imaps._tcp.example.test. IN SRV 20 1 993 c.example.test.
			_imaps._tcp.example.test. IN SRV 10 1 994 b.example.test.
			_imaps._tcp.example.test. IN SRV 10 9 993 A.Example.Test.`,
			"imaps 10/9 a.example.test:993 10/1 b.example.test:994 20/1 c.example.test:993",
		},
		{"a host that stands twice", `
			_imaps._tcp.example.test. IN SRV 20 1 993 a.example.test.
			_imaps._tcp.example.test. IN SRV 10 1 994 a.example.test.`, "imaps 10/1 a.example.test:994"},
		{"a port of another service", `
			_imaps._tcp.example.test. IN SRV 10 1 22 a.example.test.
			_imaps._tcp.example.test. IN SRV 20 1 993 a.example.test.`, "imaps 20/1 a.example.test:993 not a.example.test:22"},
		{"nothing but a port of another service", `
			_imap._tcp.example.test. IN SRV 10 1 6379 a.example.test.`, "imap not a.example.test:6379"},
		{"the twin where the first names another port", `
			_imaps._tcp.example.test. IN SRV 10 1 22 a.example.test.
			_imap._tcp.example.test. IN SRV 10 1 143 a.example.test.`, "imap 10/1 a.example.test:143 not a.example.test:22"},
		{"another port beside a denial", `
			_imaps._tcp.example.test. IN SRV 10 1 22 a.example.test.
			_imap._tcp.example.test. IN SRV 0 0 0 .`, "imaps not a.example.test:22"},
		{
			"more than are looked at", `
			_imaps._tcp.example.test. IN SRV 1 1 993 a.example.test.
			_imaps._tcp.example.test. IN SRV 2 1 993 b.example.test.
			_imaps._tcp.example.test. IN SRV 3 1 993 c.example.test.
			_imaps._tcp.example.test. IN SRV 4 1 993 d.example.test.`,
			"imaps limited 1/1 a.example.test:993 2/1 b.example.test:993 3/1 c.example.test:993",
		},
		{"behind an alias", `
			_imaps._tcp.example.test. IN CNAME _imaps._tcp.host.test.
			_imaps._tcp.host.test. IN SRV 1 1 993 imap.host.test.`, "imaps 1/1 imap.host.test:993"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			z := dnsqtest.New(t, strings.ReplaceAll(tt.zone, "\t", ""))
			s, err := Find(t.Context(), z, "example.test", IMAPS, IMAP, 3, 994)
			if err != nil {
				t.Fatal(err)
			}
			if got := show(s); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

// No servers are made up where a question had no answer.
func TestAQuestionWithoutAnAnswerIsAnError(t *testing.T) {
	for _, tt := range []struct {
		name, zone, broken string
		fails              bool
	}{
		{"the door that is asked for", "_imap._tcp.example.test. IN SRV 0 1 143 imap.example.test.", "_imaps._tcp.example.test. SRV", true},
		{"the other one, which would be needed", "example.test. IN A 192.0.2.1", "_imap._tcp.example.test. SRV", true},
		{"the other one, which is not", "_imaps._tcp.example.test. IN SRV 0 1 993 imap.example.test.", "_imap._tcp.example.test. SRV", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			z := dnsqtest.New(t, tt.zone)
			z.Rcode = map[string]int{tt.broken: dns.RcodeServerFailure}
			s, err := Find(t.Context(), z, "example.test", IMAPS, IMAP, 0)
			if s == nil || (err != nil) != tt.fails || err != nil && dnsq.ReasonOf(err) != fact.DNSServfail {
				t.Errorf("%+v, %v", s, err)
			}
		})
	}
}

func TestOnlyTheDoorsThatEndInSAreImplicit(t *testing.T) {
	for _, s := range Services() {
		if s.Implicit() != strings.HasSuffix(string(s), "s") {
			t.Errorf("%s: %v", s, s.Implicit())
		}
	}
}
