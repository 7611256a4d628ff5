package dane_test

import (
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"testing"
	"time"

	"mx_exporter/probe/cert/certtest"
	"mx_exporter/probe/dane"
)

func now() time.Time { return time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC) }

// record binds a certificate.
func record(t testing.TB, usage, selector, matching int, c *x509.Certificate) dane.Record {
	t.Helper()
	part := c.Raw
	if selector == 1 {
		part = c.RawSubjectPublicKeyInfo
	}
	switch matching {
	case 1:
		s := sha256.Sum256(part)
		part = s[:]
	case 2:
		s := sha512.Sum512(part)
		part = s[:]
	}
	r, err := dane.ParseRecord(fmt.Sprintf("%d %d %d %x", usage, selector, matching, part))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func chainOf(t testing.TB, c tls.Certificate, more ...*x509.Certificate) []*x509.Certificate {
	t.Helper()
	var chain []*x509.Certificate
	for _, der := range c.Certificate {
		parsed, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		chain = append(chain, parsed)
	}
	return append(chain, more...)
}

func usable(rs ...dane.Record) *dane.Records {
	return &dane.Records{Host: "mx1.example.test", Base: "mx1.example.test", State: dane.Usable, MXAuthentic: true, TLSA: rs, Total: len(rs)}
}

// Row L9 of the fault catalogue: under usage 3 neither dates nor names count.
func TestUsageThree(t *testing.T) {
	ca := certtest.NewCA(t)
	past := certtest.Valid(certtest.Begin(), now().Add(-time.Hour))
	names := []string{"mx1.example.test"}
	for _, c := range []struct {
		name string
		cert tls.Certificate
	}{
		{"good", ca.Issue(t, names)},
		{"expired", ca.Issue(t, names, past)},
		{"self-signed", certtest.SelfSigned(t, names)},
		{"another name", certtest.SelfSigned(t, []string{"other.test"}, past)},
		{"no name", certtest.SelfSigned(t, nil)},
	} {
		for selector := range 2 {
			for matching := range 3 {
				r := usable(record(t, 3, selector, matching, c.cert.Leaf))
				v := r.Verify(chainOf(t, c.cert), names, now())
				if !v.OK || v.Reason != "" || v.Outcomes[0].Depth != 0 {
					t.Errorf("%s, 3 %d %d: %+v", c.name, selector, matching, v)
				}
				other := chainOf(t, ca.Issue(t, names), c.cert.Leaf)
				if v := r.Verify(other, names, now()); v.OK || v.Reason != dane.Mismatch || v.Detail == "" {
					t.Errorf("%s, 3 %d %d, with another leaf: %+v", c.name, selector, matching, v)
				}
			}
		}
	}
}

func TestUsageTwo(t *testing.T) {
	ca := certtest.NewCA(t)
	mid := ca.Intermediate(t)
	stranger := certtest.NewCA(t)
	past := certtest.Valid(certtest.Begin(), now().Add(-time.Hour))
	names := []string{"mx1.example.test"}
	good := chainOf(t, mid.Issue(t, names), ca.Cert)
	bare := good[:2] // without the root
	for _, c := range []struct {
		name  string
		bound *x509.Certificate
		chain []*x509.Certificate
		exact bool // a record in full binds although the certificate was not sent
		want  dane.Reason
		depth int
	}{
		{"root that was sent", ca.Cert, good, false, "", 2},
		{"intermediate", mid.Cert, good, false, "", 1},
		{"intermediate of a chain without root", mid.Cert, bare, false, "", 1},
		{"root that was not sent", ca.Cert, bare, true, dane.Mismatch, 0},
		{"the leaf is no authority", good[0], good, false, dane.Mismatch, 0},
		{"stranger", stranger.Cert, good, false, dane.Mismatch, 0},
		{"stranger that was sent along", stranger.Cert, append(good[:3:3], stranger.Cert), false, dane.NoPath, 3},
		{"expired leaf", ca.Cert, chainOf(t, ca.Issue(t, names, past), ca.Cert), false, dane.NotInTime, 1},
		{"expired intermediate", ca.Cert, chainOf(t, ca.Intermediate(t, past).Issue(t, names), ca.Cert), false, dane.NotInTime, 2},
		{"another name", ca.Cert, chainOf(t, ca.Issue(t, []string{"other.test"}), ca.Cert), false, dane.NameMismatch, 1},
		{"self-signed beside the authority", ca.Cert, chainOf(t, certtest.SelfSigned(t, names), ca.Cert), false, dane.NoPath, 1},
	} {
		for selector := range 2 {
			for matching := range 3 {
				t.Run(fmt.Sprintf("%s %d %d", c.name, selector, matching), func(t *testing.T) {
					want := c.want
					if c.exact && matching == 0 {
						want = ""
					}
					v := usable(record(t, 2, selector, matching, c.bound)).Verify(c.chain, names, now())
					if v.Reason == dane.NoPath && want == dane.Mismatch && matching == 0 {
						return // the authority stands in the record itself, so it is known, and did not sign
					}
					if v.Reason != want || v.OK != (want == "") {
						t.Fatalf("got %+v, want %q", v, want)
					}
					if !c.exact && v.Outcomes[0].Depth != c.depth {
						t.Errorf("depth %d, want %d", v.Outcomes[0].Depth, c.depth)
					}
				})
			}
		}
	}
}

// The next hop's name is as good as the host's (RFC 7672 section 3.2.2).
func TestUsageTwoTakesAnyOfTheNames(t *testing.T) {
	ca := certtest.NewCA(t)
	r := usable(record(t, 2, 0, 1, ca.Cert))
	chain := chainOf(t, ca.Issue(t, []string{"example.test"}), ca.Cert)
	for _, c := range []struct {
		names []string
		want  bool
	}{
		{[]string{"mx1.example.test", "example.test"}, true},
		{[]string{"mx1.example.test"}, false},
		{nil, false},
	} {
		if v := r.Verify(chain, c.names, now()); v.OK != c.want {
			t.Errorf("%v: %+v", c.names, v)
		}
	}
}

func TestOneRecordThatMatchesIsEnough(t *testing.T) {
	ca := certtest.NewCA(t)
	c := ca.Issue(t, []string{"mx1.example.test"})
	r := usable(record(t, 3, 1, 1, ca.Cert), record(t, 1, 1, 1, c.Leaf), record(t, 3, 1, 1, c.Leaf))
	v := r.Verify(chainOf(t, c), nil, now())
	if !v.OK || v.Outcomes[0].Match || v.Outcomes[1].Reason != dane.NotUsed || !v.Outcomes[2].Match {
		t.Errorf("%+v", v)
	}
	if v := r.Verify(nil, nil, now()); v.OK || v.Reason != dane.NoCertificate {
		t.Errorf("without a chain: %+v", v)
	}
	if v := usable(record(t, 1, 1, 1, c.Leaf)).Verify(chainOf(t, c), nil, now()); v.OK || v.Reason != dane.NotUsed {
		t.Errorf("usage 1 alone: %+v", v)
	}
}

func BenchmarkVerify(b *testing.B) {
	ca := certtest.NewCA(b)
	chain := chainOf(b, ca.Issue(b, []string{"mx1.example.test"}), ca.Cert)
	for _, c := range []struct {
		name  string
		usage int
		bound *x509.Certificate
	}{{"usage 3", 3, chain[0]}, {"usage 2", 2, ca.Cert}} {
		r := usable(record(b, c.usage, 1, 1, c.bound))
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				r.Verify(chain, []string{"mx1.example.test"}, now())
			}
		})
	}
}
