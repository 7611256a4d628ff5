// Package certtest makes certificates for tests: good ones, and ones with
// exactly the fault that a test is about.
//
// Everything is valid from 1990 to 2049 unless said otherwise, so that it is
// also valid inside testing/synctest, where it is the year 2000.
package certtest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"testing"
	"time"
)

// CA signs certificates. Make one by [NewCA] or [CA.Intermediate].
type CA struct {
	Cert *x509.Certificate
	key  crypto.Signer
	root *x509.Certificate
	path [][]byte // its own certificate and those above it, without the root
}

// Edit changes a certificate before it is signed.
type Edit func(*x509.Certificate)

// Begin and End are the validity of every certificate that no Edit changes.
func Begin() time.Time { return time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC) }

// End is the other half of [Begin].
func End() time.Time { return time.Date(2049, 1, 1, 0, 0, 0, 0, time.UTC) }

// NewCA makes a root.
func NewCA(t testing.TB, edits ...Edit) *CA {
	t.Helper()
	key := Key(t)
	tmpl := authority("Test Root")
	c := sign(t, tmpl, tmpl, key.Public(), key, edits)
	return &CA{Cert: c, key: key, root: c}
}

// Intermediate makes an authority below ca. What it issues comes with its own
// certificate in the chain.
func (ca *CA) Intermediate(t testing.TB, edits ...Edit) *CA {
	t.Helper()
	key := Key(t)
	c := sign(t, authority("Test Intermediate"), ca.Cert, key.Public(), ca.key, edits)
	return &CA{Cert: c, key: key, root: ca.root, path: append([][]byte{c.Raw}, ca.path...)}
}

// Issue makes a server's certificate for names, with the chain up to, but
// without, the root.
func (ca *CA) Issue(t testing.TB, names []string, edits ...Edit) tls.Certificate {
	t.Helper()
	return ca.IssueFor(t, Key(t), names, edits...)
}

// IssueFor is [CA.Issue] for a key of the caller's.
func (ca *CA) IssueFor(t testing.TB, key crypto.Signer, names []string, edits ...Edit) tls.Certificate {
	t.Helper()
	c := sign(t, server(names), ca.Cert, key.Public(), ca.key, edits)
	return tls.Certificate{Certificate: append([][]byte{c.Raw}, ca.path...), PrivateKey: key, Leaf: c}
}

// SelfSigned makes a server's certificate that is its own issuer.
func SelfSigned(t testing.TB, names []string, edits ...Edit) tls.Certificate {
	t.Helper()
	key := Key(t)
	tmpl := server(names)
	c := sign(t, tmpl, tmpl, key.Public(), key, edits)
	return tls.Certificate{Certificate: [][]byte{c.Raw}, PrivateKey: key, Leaf: c}
}

// Pool trusts the root.
func (ca *CA) Pool() *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(ca.root)
	return p
}

// Key makes an ECDSA key on P-256.
func Key(t testing.TB) crypto.Signer {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func authority(name string) *x509.Certificate {
	return &x509.Certificate{
		Subject:               pkix.Name{CommonName: name},
		KeyUsage:              x509.KeyUsageCertSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
	}
}

func server(names []string) *x509.Certificate {
	return &x509.Certificate{
		Subject:     pkix.Name{CommonName: "server"},
		DNSNames:    names,
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
}

func sign(t testing.TB, tmpl, parent *x509.Certificate, pub crypto.PublicKey, key crypto.Signer, edits []Edit) *x509.Certificate {
	t.Helper()
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		t.Fatal(err)
	}
	tmpl.SerialNumber, tmpl.NotBefore, tmpl.NotAfter = serial, Begin(), End()
	for _, e := range edits {
		e(tmpl)
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, parent, pub, key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Valid sets the time of a certificate.
func Valid(from, until time.Time) Edit {
	return func(c *x509.Certificate) { c.NotBefore, c.NotAfter = from, until }
}

// Usage sets what a certificate is for.
func Usage(u ...x509.ExtKeyUsage) Edit {
	return func(c *x509.Certificate) { c.ExtKeyUsage = u }
}

// Subject sets the subject.
func Subject(n pkix.Name) Edit {
	return func(c *x509.Certificate) { c.Subject = n }
}
