package cert_test

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/json"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"mx_exporter/probe/cert"
	"mx_exporter/probe/cert/certtest"
)

// state is the handshake that would have shown a chain.
func state(t testing.TB, c tls.Certificate) tls.ConnectionState {
	t.Helper()
	cs := tls.ConnectionState{Version: tls.VersionTLS13, CipherSuite: tls.TLS_AES_128_GCM_SHA256, CurveID: tls.X25519MLKEM768}
	for _, der := range c.Certificate {
		p, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		cs.PeerCertificates = append(cs.PeerCertificates, p)
	}
	return cs
}

func TestInspect(t *testing.T) {
	until := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	ca := certtest.NewCA(t).Intermediate(t, certtest.Valid(certtest.Begin(), until))
	f := cert.Inspect(state(t, ca.Issue(t, []string{"mx.example.test", "*.example.test"}, func(c *x509.Certificate) {
		c.IPAddresses = []net.IP{net.ParseIP("192.0.2.1")}
	})))
	if f.Version != "TLS 1.3" || f.Cipher != "TLS_AES_128_GCM_SHA256" || f.Curve != "X25519MLKEM768" {
		t.Errorf("version %q, cipher %q, curve %q", f.Version, f.Cipher, f.Curve)
	}
	if len(f.Chain) != 2 || f.Truncated || !f.EarliestExpiry.Equal(until) {
		t.Fatalf("chain of %d, truncated %v, earliest expiry %v", len(f.Chain), f.Truncated, f.EarliestExpiry)
	}
	leaf := f.Chain[0]
	if got := strings.Join(leaf.Names, " "); got != "mx.example.test *.example.test 192.0.2.1" {
		t.Errorf("names %q", got)
	}
	if leaf.KeyType != "ECDSA" || leaf.KeyBits != 256 || leaf.Signature != "ECDSA-SHA256" || len(leaf.Fingerprint) != 64 {
		t.Errorf("leaf %+v", leaf)
	}
	if leaf.Subject != "CN=server" || leaf.Issuer != "CN=Test Intermediate" {
		t.Errorf("subject %q, issuer %q", leaf.Subject, leaf.Issuer)
	}
	if len(f.Certificates()) != 2 {
		t.Error("the certificates are not kept")
	}
}

func TestKeyExchangeHasItsRegisteredName(t *testing.T) {
	for id, want := range map[tls.CurveID]string{
		0: "", tls.CurveP256: "secp256r1", tls.CurveP384: "secp384r1", tls.CurveP521: "secp521r1",
		tls.X25519: "x25519", tls.X25519MLKEM768: "X25519MLKEM768",
	} {
		if f := cert.Inspect(tls.ConnectionState{CurveID: id}); f.Curve != want {
			t.Errorf("%d: %q, want %q", id, f.Curve, want)
		}
	}
}

// L3: a chain of a hundred, and a certificate with a hundred thousand names.
func TestBombsAreCut(t *testing.T) {
	ca := certtest.NewCA(t)
	one := ca.Issue(t, []string{"mx.example.test"})
	long := tls.Certificate{}
	for range 100 {
		long.Certificate = append(long.Certificate, one.Certificate[0])
	}
	f := cert.Inspect(state(t, long))
	if len(f.Chain) != cert.MaxChain || len(f.Certificates()) != cert.MaxChain || !f.Truncated {
		t.Errorf("L3: chain of %d, truncated %v", len(f.Chain), f.Truncated)
	}

	names := make([]string, 100_000)
	for i := range names {
		names[i] = fmt.Sprintf("mx%d.example.test", i)
	}
	f = cert.Inspect(state(t, ca.Issue(t, names)))
	if len(f.Chain[0].Names) != cert.MaxNames || !f.Truncated {
		t.Errorf("L3: %d names, truncated %v", len(f.Chain[0].Names), f.Truncated)
	}
	v := f.Verify("other.example.test", ca.Pool(), time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC))
	if v.Reason != cert.NameMismatch || len(v.Detail) > 256 {
		t.Errorf("L3: verdict %+v", v)
	}
	if !strings.Contains(v.Detail, "100000 names") {
		t.Errorf("L3: the detail %q does not count the names", v.Detail)
	}
}

// L4: text of a certificate is for people, and cannot harm them.
func TestHostileSubject(t *testing.T) {
	ca := certtest.NewCA(t)
	long := strings.Repeat("x", 1000)
	subject := pkix.Name{CommonName: "a\x00b\x1b[31m\u202e\n}", Organization: []string{long}}
	for i := range 5000 {
		subject.ExtraNames = append(subject.ExtraNames, pkix.AttributeTypeAndValue{
			Type: asn1.ObjectIdentifier{2, 5, 4, 11}, Value: fmt.Sprint("unit", i),
		})
	}
	f := cert.Inspect(state(t, ca.Issue(t, []string{"mx.example.test"}, certtest.Subject(subject))))
	s := f.Chain[0].Subject
	if len(s) > 4096 {
		t.Errorf("L4: a subject of %d octets", len(s))
	}
	f = cert.Inspect(state(t, ca.Issue(t, []string{"mx.example.test"}, certtest.Subject(pkix.Name{CommonName: "a\x00b\x1b[31m\u202e\n}"}))))
	s = f.Chain[0].Subject
	if !utf8.ValidString(s) || !strings.HasPrefix(s, "CN=a") {
		t.Errorf("L4: subject %q", s)
	}
	for _, r := range s {
		if !unicode.IsPrint(r) {
			t.Errorf("L4: %q in the subject", r)
		}
	}
}

// L5: dates far away are still dates.
func TestDatesFarAway(t *testing.T) {
	ca := certtest.NewCA(t)
	from, until := time.Date(1951, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)
	f := cert.Inspect(state(t, ca.Issue(t, []string{"mx.example.test"}, certtest.Valid(from, until))))
	if !f.Chain[0].NotBefore.Equal(from) || !f.EarliestExpiry.Equal(until) {
		t.Errorf("L5: from %v until %v", f.Chain[0].NotBefore, f.EarliestExpiry)
	}
	if f.EarliestExpiry.Unix() != 253402300799 {
		t.Errorf("L5: %d seconds", f.EarliestExpiry.Unix())
	}
}

func TestFactsWithoutCertificates(t *testing.T) {
	f := cert.Inspect(tls.ConnectionState{Version: tls.VersionTLS12})
	if len(f.Chain) != 0 || !f.EarliestExpiry.IsZero() {
		t.Errorf("facts %+v", f)
	}
	if v := f.Verify("mx.example.test", nil, time.Now()); v.OK || v.Reason != cert.OtherViolation {
		t.Errorf("verdict %+v", v)
	}
}

func TestFactsAsJSON(t *testing.T) {
	f := cert.Inspect(state(t, certtest.NewCA(t).Issue(t, []string{"mx.example.test"})))
	b, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	var back cert.Facts
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if back.Chain[0].Fingerprint != f.Chain[0].Fingerprint || len(back.Certificates()) != 0 {
		t.Errorf("back came %+v", back)
	}
}
