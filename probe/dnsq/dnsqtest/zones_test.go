package dnsqtest_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"
	"go.uber.org/goleak"

	"mx_exporter/probe/dnsq/dnsqtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const zone = `
example.test.            60 IN SOA   ns.example.test. h.example.test. 1 2 3 4 30
example.test.            60 IN MX    10 mx.example.test.
mx.example.test.         60 IN A     192.0.2.1
*.example.test.          60 IN TXT   "any"
*.sub.example.test.      60 IN CNAME mx.example.test.
host.deep.example.test.     IN A     192.0.2.2
far.example.test.        60 IN CNAME elsewhere.invalid.
loop.example.test.       60 IN CNAME loop.example.test.
`

// ask makes a question as a client that wants the AD bit does.
func ask(name, qtype string) *dns.Msg {
	q := new(dns.Msg).SetQuestion(name, dns.StringToType[qtype])
	q.AuthenticatedData = true
	return q
}

// brief tells a response in one line: code, answer, SOA.
func brief(m *dns.Msg) string {
	parts := []string{dns.RcodeToString[m.Rcode]}
	for _, rr := range m.Answer {
		parts = append(parts, strings.ReplaceAll(rr.String(), "\t", " "))
	}
	for _, rr := range m.Ns {
		parts = append(parts, "SOA of "+rr.Header().Name)
	}
	return strings.Join(parts, "; ")
}

func TestZonesAnswerAsAResolverDoes(t *testing.T) {
	t.Parallel()
	z := dnsqtest.New(t, zone)
	for question, want := range map[string]string{
		"example.test. MX":           "NOERROR; example.test. 60 IN MX 10 mx.example.test.",
		"EXAMPLE.test. MX":           "NOERROR; example.test. 60 IN MX 10 mx.example.test.",
		"example.test. A":            "NOERROR; SOA of example.test.",
		"new.example.test. TXT":      `NOERROR; new.example.test. 60 IN TXT "any"`,
		"new.example.test. A":        "NOERROR; SOA of example.test.",
		"a.b.example.test. TXT":      `NOERROR; a.b.example.test. 60 IN TXT "any"`,
		"mx.example.test. TXT":       "NOERROR; SOA of example.test.",
		"below.mx.example.test. TXT": "NXDOMAIN; SOA of example.test.",
		"deep.example.test. TXT":     "NOERROR; SOA of example.test.",
		"host.deep.example.test. A":  "NOERROR; host.deep.example.test. 60 IN A 192.0.2.2",
		"x.sub.example.test. A": "NOERROR; x.sub.example.test. 60 IN CNAME mx.example.test.; " +
			"mx.example.test. 60 IN A 192.0.2.1",
		"x.sub.example.test. CNAME": "NOERROR; x.sub.example.test. 60 IN CNAME mx.example.test.",
		"far.example.test. A":       "NXDOMAIN; far.example.test. 60 IN CNAME elsewhere.invalid.; SOA of .",
		"loop.example.test. A":      "NOERROR; loop.example.test. 60 IN CNAME loop.example.test.",
		"other. NS":                 "NXDOMAIN; SOA of .",
		". NS":                      "NOERROR; SOA of .",
	} {
		name, qtype, _ := strings.Cut(question, " ")
		m, err := z.Exchange(t.Context(), ask(name, qtype))
		if err != nil {
			t.Errorf("%s: %v", question, err)
			continue
		}
		if diff := cmp.Diff(want, brief(m)); diff != "" {
			t.Errorf("%s: %s", question, diff)
		}
	}
}

func TestFaultsMeetTheirQuestionOnly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		z := dnsqtest.New(t, zone)
		no := errors.New("no")
		z.Authentic = true
		z.Rcode["example.test. MX"] = dns.RcodeServerFailure
		z.Err["err.test. *"] = no
		z.Drop["drop.test. A"] = true
		z.Delay["mx.example.test. *"] = time.Minute
		z.AD["mx.example.test. A"] = false
		began := time.Now()
		if m, err := z.Exchange(t.Context(), ask("example.test.", "MX")); err != nil || m.Rcode != dns.RcodeServerFailure {
			t.Errorf("%v, %v", m, err)
		}
		if m, err := z.Exchange(t.Context(), ask("example.test.", "A")); err != nil || m.Rcode != dns.RcodeSuccess || !m.AuthenticatedData {
			t.Errorf("%v, %v", m, err)
		}
		if _, err := z.Exchange(t.Context(), ask("err.test.", "TXT")); !errors.Is(err, no) {
			t.Error(err)
		}
		if time.Since(began) != 0 {
			t.Error("other faults take time")
		}
		if m, err := z.Exchange(t.Context(), ask("mx.example.test.", "A")); err != nil || time.Since(began) != time.Minute || m.AuthenticatedData {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		if _, err := z.Exchange(t.Context(), ask("drop.test.", "A")); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		for asked, want := range map[string]int{"* *": 5, "example.test. *": 2, "EXAMPLE.test. MX": 1, "* A": 3, "never.test. A": 0} {
			if n := z.Count(asked); n != want {
				t.Errorf("%s was asked %d times, want %d", asked, n, want)
			}
		}
	})
}

func TestZonesMayBeReplaced(t *testing.T) {
	t.Parallel()
	z := dnsqtest.New(t, zone)
	z.Replace(t, "new.test. 60 IN A 192.0.2.3")
	for name, want := range map[string]int{"new.test.": dns.RcodeSuccess, "mx.example.test.": dns.RcodeNameError} {
		if m, err := z.Exchange(t.Context(), ask(name, "A")); err != nil || m.Rcode != want {
			t.Errorf("%s: %v, %v", name, m, err)
		}
	}
}

// fatal is a test that only records what it was told.
type fatal struct {
	testing.TB
	said []string
}

func (f *fatal) Helper() {}

func (f *fatal) Errorf(format string, args ...any) {
	f.said = append(f.said, fmt.Sprintf(format, args...))
}

func TestFaultThatCanNeverMatchFailsTheTest(t *testing.T) {
	t.Parallel()
	for key, ok := range map[string]bool{
		"example.test. MX": true, "example.test. *": true,
		"example.test MX": false, "Example.test. MX": false, "example.test.": false, "example.test. mx": false,
	} {
		f := &fatal{TB: t}
		z := dnsqtest.New(f, "")
		z.Drop[key] = true
		if _, err := z.Exchange(t.Context(), ask("other.test.", "A")); err != nil {
			t.Error(err)
		}
		if (len(f.said) == 0) != ok {
			t.Errorf("%q: %q", key, f.said)
		}
	}
}
