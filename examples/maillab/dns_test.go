package maillab

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

const dnsScenario = `title: DNS
shows: DNS.
domain: d.test
verdict: satisfactory

-- zone signed --
@         MX    10 mx1
@         MX    20 mx2
mx1       A     192.0.2.1
mx1       AAAA  2001:db8::1
alias     CNAME hop
hop       CNAME mx1
dangling  CNAME gone
out       CNAME mx1.u.test.
loop      CNAME pool
pool      CNAME loop
a.b.deep  TXT   "below an empty name"
*.wild    A     192.0.2.2
$GENERATE 1-100 big MX $ mx$

-- zone u.test --
mx1       A     192.0.2.3

-- dns --
servfail broken A
bogus    forged A
refused  closed *
drop     silent A
delay    30ms late A
truncate cut A
truncated stuck A
`

func ask(t *testing.T, l *Lab, name, rrtype string, change ...func(*dns.Msg)) *dns.Msg {
	t.Helper()
	q := new(dns.Msg)
	q.SetQuestion(dns.Fqdn(name), dns.StringToType[rrtype])
	for _, f := range change {
		f(q)
	}
	m, err := l.DNS.Exchange(t.Context(), q)
	if err != nil {
		t.Fatalf("%s %s: %v", name, rrtype, err)
	}
	if m.Id != q.Id || !m.Response || !m.RecursionAvailable {
		t.Errorf("%s %s: header %+v", name, rrtype, m.MsgHdr)
	}
	return m
}

// brief is an answer on one line: rcode, answers, and the SOA's TTL where there
// is one.
func brief(m *dns.Msg) string {
	s := []string{dns.RcodeToString[m.Rcode]}
	for _, rr := range m.Answer {
		s = append(s, strings.Join(strings.Fields(strings.TrimPrefix(rr.String(), rr.Header().String())), " "))
	}
	for _, rr := range m.Ns {
		s = append(s, fmt.Sprintf("%s/%d", dns.TypeToString[rr.Header().Rrtype], rr.Header().Ttl))
	}
	return strings.Join(s, " ")
}

// Rows N1, N3 and N7 of the fault catalogue need these answers told apart.
func TestResolverAnswers(t *testing.T) {
	l := lab(t, dnsScenario)
	for _, c := range []struct{ name, rrtype, want string }{
		{"d.test", "MX", "NOERROR 10 mx1.d.test. 20 mx2.d.test."},
		{"D.Test", "MX", "NOERROR 10 mx1.d.test. 20 mx2.d.test."},
		{"mx1.d.test", "AAAA", "NOERROR 2001:db8::1"},
		{"mx1.d.test", "MX", "NOERROR SOA/30"},
		{"mx2.d.test", "A", "NXDOMAIN SOA/30"},
		{"b.deep.d.test", "A", "NOERROR SOA/30"},
		{"alias.d.test", "A", "NOERROR hop.d.test. mx1.d.test. 192.0.2.1"},
		{"alias.d.test", "CNAME", "NOERROR hop.d.test."},
		{"dangling.d.test", "A", "NXDOMAIN gone.d.test. SOA/30"},
		{"loop.d.test", "A", "NOERROR pool.d.test. loop.d.test."},
		{"x.wild.d.test", "A", "NOERROR 192.0.2.2"},
		{"x.y.wild.d.test", "A", "NOERROR 192.0.2.2"},
		{"x.wild.d.test", "AAAA", "NOERROR SOA/30"},
		{"wild.d.test", "A", "NOERROR SOA/30"},
		{"nowhere.test", "MX", "NXDOMAIN SOA/30"},
		{"example.org", "MX", "NXDOMAIN SOA/30"},
		{".", "NS", "NOERROR ns.lab.test."},
		{"d.test", "NS", "NOERROR ns.lab.test."},
		{"1.2.0.192.in-addr.arpa", "PTR", "NOERROR mx1.d.test."},
		{"3.2.0.192.in-addr.arpa", "PTR", "NOERROR mx1.u.test."},
		{"9.2.0.192.in-addr.arpa", "PTR", "NXDOMAIN SOA/30"},
		{"broken.d.test", "A", "SERVFAIL"},
		{"closed.d.test", "TXT", "REFUSED"},
	} {
		t.Run(c.name+" "+c.rrtype, func(t *testing.T) {
			if got := brief(ask(t, l, c.name, c.rrtype)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
	ptr, err := dns.ReverseAddr("2001:db8::1")
	if err != nil {
		t.Fatal(err)
	}
	if got := brief(ask(t, l, ptr, "PTR")); got != "NOERROR mx1.d.test." {
		t.Errorf("reverse of IPv6: %s", got)
	}
	if n := l.DNS.Queries("d.test", "MX"); n != 2 {
		t.Errorf("counted %d questions in either case, want 2", n)
	}
}

func TestAuthenticAnswersAreMarkedForThoseWhoAsk(t *testing.T) {
	l := lab(t, dnsScenario)
	ad := func(q *dns.Msg) { q.AuthenticatedData = true }
	do := func(q *dns.Msg) { q.SetEdns0(1232, true) }
	plain := func(*dns.Msg) {}
	for _, c := range []struct {
		name  string
		query func(*dns.Msg)
		want  bool
	}{
		{"mx1.d.test", ad, true},
		{"mx1.d.test", do, true},
		{"mx1.d.test", plain, false},
		{"gone.d.test", ad, true},
		{"out.d.test", ad, false}, // ends in a zone that is not signed
		{"mx1.u.test", ad, false},
	} {
		if got := ask(t, l, c.name, "A", c.query).AuthenticatedData; got != c.want {
			t.Errorf("%s: AD %v, want %v", c.name, got, c.want)
		}
	}
	if err := l.DNS.Sign("u.test", true); err != nil {
		t.Fatal(err)
	}
	if !ask(t, l, "out.d.test", "A", ad).AuthenticatedData {
		t.Error("AD is missing although every zone of the chain is signed")
	}
	if err := l.DNS.Sign("nowhere.test", true); err == nil {
		t.Error("a zone that is not there was signed")
	}
}

func TestResolverTurnsOddQuestionsDown(t *testing.T) {
	l := lab(t, dnsScenario)
	for _, c := range []struct {
		name   string
		change func(*dns.Msg)
		want   int
	}{
		{"no recursion desired", func(q *dns.Msg) { q.RecursionDesired = false }, dns.RcodeRefused},
		{"class", func(q *dns.Msg) { q.Question[0].Qclass = dns.ClassCHAOS }, dns.RcodeRefused},
		{"no question", func(q *dns.Msg) { q.Question = nil }, dns.RcodeFormatError},
		{"opcode", func(q *dns.Msg) { q.Opcode = dns.OpcodeNotify }, dns.RcodeNotImplemented},
	} {
		if got := ask(t, l, "d.test", "MX", c.change).Rcode; got != c.want {
			t.Errorf("%s: %s", c.name, dns.RcodeToString[got])
		}
	}
}

func TestInProcessFaults(t *testing.T) {
	l := lab(t, dnsScenario)
	if m := ask(t, l, "forged.d.test", "A", func(q *dns.Msg) { q.SetEdns0(1232, false) }); !strings.Contains(m.String(), "DNSSEC Bogus") {
		t.Errorf("no extended error in %s", m)
	}
	began := time.Now()
	ask(t, l, "late.d.test", "A")
	if took := time.Since(began); took < 30*time.Millisecond {
		t.Errorf("delayed by %v only", took)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	q := new(dns.Msg)
	q.SetQuestion("silent.d.test.", dns.TypeA)
	if _, err := l.DNS.Exchange(ctx, q); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("dropped question: %v", err)
	}
	l.DNS.SetFault("*", "*", Fault{Rcode: dns.RcodeServerFailure})
	if m := ask(t, l, ".", "NS"); m.Rcode != dns.RcodeServerFailure {
		t.Errorf("with everything broken: %s", brief(m))
	}
	l.DNS.SetFault("*", "*", Fault{})
	if m := ask(t, l, ".", "NS"); m.Rcode != dns.RcodeSuccess {
		t.Errorf("with everything right again: %s", brief(m))
	}
}

// Rows N2 and N10: silence, and answers that need TCP.
func TestListenerFaults(t *testing.T) {
	l := lab(t, dnsScenario)
	exchange := func(network, name, rrtype string) (*dns.Msg, error) {
		q := new(dns.Msg)
		q.SetQuestion(name, dns.StringToType[rrtype])
		c := dns.Client{Net: network, Timeout: 10 * time.Second}
		if name == "silent.d.test." {
			c.Timeout = 50 * time.Millisecond
		}
		m, _, err := c.ExchangeContext(t.Context(), q, l.DNSAddr())
		return m, err
	}
	for _, c := range []struct{ network, name, rrtype, want string }{
		{"udp", "mx1.d.test.", "A", "NOERROR 192.0.2.1"},
		{"tcp", "mx1.d.test.", "A", "NOERROR 192.0.2.1"},
		{"udp", "broken.d.test.", "A", "SERVFAIL"},
		{"udp", "cut.d.test.", "A", "TC"},
		{"tcp", "cut.d.test.", "A", "NXDOMAIN SOA/30"},
		{"udp", "stuck.d.test.", "A", "TC"},
		{"tcp", "stuck.d.test.", "A", "error"},
		{"udp", "silent.d.test.", "A", "error"},
		{"udp", "big.d.test.", "MX", "TC"},
	} {
		t.Run(c.network+" "+c.name, func(t *testing.T) {
			m, err := exchange(c.network, c.name, c.rrtype)
			got := "error"
			switch {
			case err != nil:
			case m.Truncated:
				got = "TC"
			default:
				got = brief(m)
			}
			if got != c.want {
				t.Errorf("got %s (%v), want %s", got, err, c.want)
			}
		})
	}
	if m, err := exchange("tcp", "big.d.test.", "MX"); err != nil || len(m.Answer) != 100 {
		t.Errorf("over TCP: %v, %v", m, err)
	}
}

func TestARecordIsReplaced(t *testing.T) {
	l := lab(t, dnsScenario)
	if err := l.DNS.Replace("D.test", "MX", "5 mx3.d.test."); err != nil {
		t.Fatal(err)
	}
	if got := brief(ask(t, l, "d.test", "MX")); got != "NOERROR 5 mx3.d.test." {
		t.Errorf("got %s", got)
	}
	if got := brief(ask(t, l, "d.test", "NS")); got != "NOERROR ns.lab.test." {
		t.Errorf("another type became %s", got)
	}
	if err := l.DNS.Replace("d.test", "MX", "mx3"); err == nil {
		t.Error("an MX record without a preference was taken")
	}
}

func TestBadZonesAreRefused(t *testing.T) {
	z, err := NewZones()
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"@ MX mx1", "www.example.org. A 192.0.2.1", "$INCLUDE /etc/passwd"} {
		if err := z.Add("d.test", text); err == nil || !strings.HasPrefix(err.Error(), "zone d.test.: ") {
			t.Errorf("%s: %v", text, err)
		}
	}
}
