//go:build real

package realservers

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestStrictSenders has the exporter and Postfix's posttls-finger judge the same
// hosts, whose names are signed, and fails where they disagree on whether a sender
// that honours DANE or MTA-STS would deliver. Rows of faults.md: section 1.11.
func TestStrictSenders(t *testing.T) {
	l := newStrictLab(t)
	for _, c := range strictCases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, host := range c.hosts {
				l.postfix(t, host, c.domain)
			}
			l.agree(t, c)
		})
	}
	t.Run("a key is rolled and its TLSA record is not", func(t *testing.T) {
		t.Parallel()
		l.rollTheKey(t)
	})
}

// strictCase is a domain, what the exporter must say of it, and what
// posttls-finger must.
type strictCase struct {
	name   string
	domain string
	hosts  []string // each with a Postfix of its own
	want   []series
	looks  []look
}

// look is one run of posttls-finger, and the exporter's series that must say the
// same.
type look struct {
	level string // of security, as in smtp_tls_security_level
	to    string // a domain, or a host in brackets
	match string // the name that the certificate must have; empty: that of the host
	says  string // what the judgement rests on

	host, method string // of mx_tls_verified; without a method, no TLS was come to
	verified     bool   // by both
}

// agree probes a domain once and compares the answer with what is wanted, and
// with what posttls-finger says.
func (l *strictLab) agree(t *testing.T, c strictCase) {
	t.Helper()
	got := l.expect(t, "mx", c.domain, c.want...)
	for _, k := range c.looks {
		args := []string{"-c", "-l", k.level, "-F", l.authority.File, k.to + ":" + strconv.Itoa(l.port)}
		if k.match != "" {
			args = append(args, k.match)
		}
		said := l.finger.Look(t, args...)
		if !strings.Contains(said, k.says) {
			t.Errorf("posttls-finger %s does not say %q:\n%s", strings.Join(args, " "), k.says, said)
		}
		if k.method == "" {
			continue
		}
		if trust := trusted(said, k.host); trust != k.verified {
			t.Errorf("posttls-finger %s: verified is %v, and should be %v:\n%s", strings.Join(args, " "), trust, k.verified, said)
		}
		value := map[bool]float64{true: 1}[k.verified]
		if err := (series{"mx_tls_verified", "host=" + k.host + " method=" + k.method, value}).in(got); err != nil {
			t.Errorf("posttls-finger says otherwise: %v", err)
		}
	}
}

// trusted reports whether posttls-finger says of the connection to a host that it
// knows whom it talks to.
func trusted(said, host string) bool {
	line := regexp.MustCompile(`(?m)^(\w+) TLS connection established to ` + regexp.QuoteMeta(host) + `\[`)
	m := line.FindStringSubmatch(said)
	return slices.Contains(m, "Verified")
}

// rollTheKey has a server renew its certificate with another key, as happens where
// nobody thought of the TLSA record.
func (l *strictLab) rollTheKey(t *testing.T) {
	const host, domain = "mx.rolled.test", "rolled.test"
	good := look{level: "dane", to: domain, says: "Matched DANE EE certificate", host: host, method: "dane", verified: true}
	old := l.postfix(t, host, domain)
	l.agree(t, strictCase{domain: domain, want: daneSays(host, "pass", "satisfactory"), looks: []look{good}})
	old.Stop(t)

	l.postfixShowing(t, host, domain, l.authority.Issue(t, t.TempDir(), "root", host))
	bad := look{level: "dane", to: domain, says: "no matching DANE TLSA records", host: host, method: "dane"}
	names := look{level: "secure", to: domain, says: "matched peername", host: host, method: "pkix", verified: true}
	l.agree(t, strictCase{domain: domain, want: append(daneSays(host, "fail", "compromised"),
		finding("dane-mismatch", "critical"),
		finding("closed-to-dane-senders", "critical"),
	), looks: []look{bad, names}})
}

// daneSays are the series of a signed domain with one host.
func daneSays(host, status, verdict string) []series {
	return []series{
		{"mx_dnssec", "", 1},
		{"mx_dane", "host=" + host + " status=" + status, 1},
		{"mx_verdict", "verdict=" + verdict, 1},
	}
}

func finding(code, severity string) series {
	return series{"mx_finding", fmt.Sprintf("code=%s severity=%s", code, severity), 1}
}
