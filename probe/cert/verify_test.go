package cert_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"strings"
	"testing"
	"time"

	"mx_exporter/probe/cert"
	"mx_exporter/probe/cert/certtest"
)

const host = "mx.example.test"

func now() time.Time { return time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC) }

// L2: each fault has its own word, and of several the first in order counts.
func TestVerify(t *testing.T) {
	ca := certtest.NewCA(t)
	mid := ca.Intermediate(t)
	other := certtest.NewCA(t)
	names := []string{host}
	past := certtest.Valid(certtest.Begin(), now().Add(-time.Hour))
	future := certtest.Valid(now().Add(time.Hour), certtest.End())
	client := certtest.Usage(x509.ExtKeyUsageClientAuth)
	oldMid := ca.Intermediate(t, past)
	newMid := ca.Intermediate(t, future)
	for _, c := range []struct {
		name string
		cert tls.Certificate
		want cert.Reason
	}{
		{"good", ca.Issue(t, names), ""},
		{"good with an intermediate", mid.Issue(t, names), ""},
		{"good by wildcard", ca.Issue(t, []string{"*.example.test"}), ""},
		{"good with no usage at all", ca.Issue(t, names, certtest.Usage()), ""},
		{"expired", ca.Issue(t, names, past), cert.Expired},
		{"not yet valid", ca.Issue(t, names, future), cert.NotYetValid},
		{"intermediate expired", oldMid.Issue(t, names), cert.Expired},
		{"intermediate not yet valid", newMid.Issue(t, names), cert.NotYetValid},
		{"self-signed", certtest.SelfSigned(t, names), cert.SelfSigned},
		{"unknown root", other.Issue(t, names), cert.UnknownIssuer},
		{"missing intermediate", leafOnly(mid.Issue(t, names)), cert.UnknownIssuer},
		{"root presented but unknown", withRoot(other.Issue(t, names), other), cert.UnknownIssuer},
		{"root presented and known", withRoot(ca.Issue(t, names), ca), ""},
		{"wrong name", ca.Issue(t, []string{"other.example.test"}), cert.NameMismatch},
		{"wildcard of two labels", ca.Issue(t, []string{"*.test"}), cert.NameMismatch},
		{"common name alone", ca.Issue(t, nil, func(c *x509.Certificate) { c.Subject.CommonName = host }), cert.NameMismatch},
		{"wrong use", ca.Issue(t, names, client), cert.WrongUse},
		{"short RSA key", ca.IssueFor(t, rsaKey(t, 1024), names), cert.WeakSignature},
		{"long RSA key", ca.IssueFor(t, rsaKey(t, 2048), names), ""},
		{"expired and self-signed", certtest.SelfSigned(t, names, past), cert.Expired},
		{"expired and wrong name", ca.Issue(t, []string{"a.test"}, past), cert.Expired},
		{"self-signed and wrong name", certtest.SelfSigned(t, []string{"a.test"}), cert.SelfSigned},
		{"wrong name and wrong use", ca.Issue(t, []string{"a.test"}, client), cert.NameMismatch},
		{"name not permitted", constrained(t, ca).Issue(t, names), cert.OtherViolation},
	} {
		t.Run("L2 "+c.name, func(t *testing.T) {
			v := cert.Inspect(state(t, c.cert)).Verify(host, ca.Pool(), now())
			if v.Reason != c.want || v.OK != (c.want == "") {
				t.Errorf("got %+v, want %q", v, c.want)
			}
			if !v.OK && (v.Detail == "" || len(v.Detail) > 1024) {
				t.Errorf("detail %q", v.Detail)
			}
		})
	}
}

func leafOnly(c tls.Certificate) tls.Certificate {
	c.Certificate = c.Certificate[:1]
	return c
}

func withRoot(c tls.Certificate, ca *certtest.CA) tls.Certificate {
	c.Certificate = append(c.Certificate, ca.Cert.Raw)
	return c
}

func constrained(t *testing.T, ca *certtest.CA) *certtest.CA {
	return ca.Intermediate(t, func(c *x509.Certificate) {
		c.PermittedDNSDomainsCritical = true
		c.PermittedDNSDomains = []string{"elsewhere.test"}
	})
}

func rsaKey(t *testing.T, bits int) *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// L2: SHA-1. The algorithm is a fault of its own only where the rest of the way
// to a root is known.
func TestSHA1(t *testing.T) {
	sha1 := func(c *x509.Certificate) { c.SignatureAlgorithm = x509.ECDSAWithSHA1 }
	ca := certtest.NewCA(t)
	mid := ca.Intermediate(t)
	weakMid := ca.Intermediate(t, sha1)
	for _, c := range []struct {
		name string
		cert tls.Certificate
		want cert.Reason
	}{
		{"leaf below the root", ca.Issue(t, []string{host}, sha1), cert.WeakSignature},
		{"leaf below an intermediate", mid.Issue(t, []string{host}, sha1), cert.WeakSignature},
		{"intermediate", weakMid.Issue(t, []string{host}), cert.WeakSignature},
		{"leaf without its intermediate", leafOnly(mid.Issue(t, []string{host}, sha1)), cert.UnknownIssuer},
		{"self-signed", certtest.SelfSigned(t, []string{host}, sha1), cert.SelfSigned},
	} {
		t.Run(c.name, func(t *testing.T) {
			if v := cert.Inspect(state(t, c.cert)).Verify(host, ca.Pool(), now()); v.Reason != c.want {
				t.Errorf("got %+v, want %q", v, c.want)
			}
		})
	}
	root := certtest.NewCA(t, sha1)
	gap := withRoot(leafOnly(root.Intermediate(t).Issue(t, []string{host})), root)
	if v := cert.Inspect(state(t, gap)).Verify(host, root.Pool(), now()); v.Reason != cert.UnknownIssuer {
		t.Errorf("a missing intermediate was blamed on the root: %+v", v)
	}
	if v := cert.Inspect(state(t, withRoot(root.Issue(t, []string{host}), root))).Verify(host, root.Pool(), now()); !v.OK {
		t.Errorf("a root's own signature counted: %+v", v)
	}
}

func TestVerifyTakesHostsAsTheyCome(t *testing.T) {
	ca := certtest.NewCA(t)
	f := cert.Inspect(state(t, ca.Issue(t, []string{host})))
	for h, want := range map[string]bool{host: true, host + ".": true, strings.ToUpper(host): true, "": false, "192.0.2.1": false} {
		if v := f.Verify(h, ca.Pool(), now()); v.OK != want {
			t.Errorf("%q: %+v", h, v)
		}
	}
}

// A root that has ended is not presented, and ends the chain all the same.
func TestRootThatHasEnded(t *testing.T) {
	ca := certtest.NewCA(t, certtest.Valid(certtest.Begin(), now().Add(-time.Hour)))
	f := cert.Inspect(state(t, ca.Issue(t, []string{host})))
	if v := f.Verify(host, ca.Pool(), now()); v.Reason != cert.Expired {
		t.Errorf("got %+v", v)
	}
}

// The verdict is about the time that is given, not about the clock.
func TestVerifyAtTheEdges(t *testing.T) {
	ca := certtest.NewCA(t)
	from, until := now(), now().Add(time.Hour)
	f := cert.Inspect(state(t, ca.Issue(t, []string{host}, certtest.Valid(from, until))))
	for at, want := range map[time.Time]cert.Reason{
		from.Add(-time.Second): cert.NotYetValid, from: "", until: "", until.Add(time.Second): cert.Expired,
	} {
		if v := f.Verify(host, ca.Pool(), at); v.Reason != want {
			t.Errorf("%v: %+v, want %q", at, v, want)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	ca := certtest.NewCA(b)
	f := cert.Inspect(state(b, ca.Intermediate(b).Issue(b, []string{host})))
	b.Run("afresh", func(b *testing.B) {
		for b.Loop() {
			f.Verify(host, ca.Pool(), now())
		}
	})
	b.Run("remembered", func(b *testing.B) {
		v := cert.NewVerifier(ca.Pool(), 10)
		for b.Loop() {
			v.Verify(f, host, now())
		}
	})
}
