//go:build linux

package server

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Authority is a certificate authority that lives as long as a test.
type Authority struct {
	File string // its certificate, for those who shall trust it
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// NewAuthority makes an authority whose certificate stands in dir.
func NewAuthority(t testing.TB, dir string) *Authority {
	t.Helper()
	key := newKey(t)
	template := &x509.Certificate{
		SerialNumber:          serial(t),
		Subject:               pkix.Name{CommonName: "Real servers' test authority"},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(24 * time.Hour),
		KeyUsage:              x509.KeyUsageCertSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	a := &Authority{File: filepath.Join(dir, "authority.pem"), cert: cert, key: key}
	writePEM(t, a.File, "CERTIFICATE", der, 0o644)
	return a
}

// PublicKey is the authority's own SubjectPublicKeyInfo in DER.
func (a *Authority) PublicKey() []byte { return a.cert.RawSubjectPublicKeyInfo }

// Certificate is a certificate and its key as files.
type Certificate struct {
	File      string
	Key       string // readable by its owner only, as the servers demand
	PublicKey []byte // the SubjectPublicKeyInfo in DER, as a TLSA record of selector 1 binds it
}

// Issue writes a certificate for a host into dir. The key belongs to owner.
func (a *Authority) Issue(t testing.TB, dir, owner, host string) Certificate {
	t.Helper()
	return a.IssueUntil(t, dir, owner, host, time.Now().Add(12*time.Hour))
}

// IssueUntil is Issue with a last day of the caller's choice, which may be over.
func (a *Authority) IssueUntil(t testing.TB, dir, owner, host string, end time.Time) Certificate {
	t.Helper()
	key := newKey(t)
	template := &x509.Certificate{
		SerialNumber: serial(t),
		Subject:      pkix.Name{CommonName: host},
		DNSNames:     []string{host},
		NotBefore:    end.Add(-24 * time.Hour),
		NotAfter:     end,
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, &key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	c := Certificate{filepath.Join(dir, host+".cert.pem"), filepath.Join(dir, host+".key.pem"), public}
	writePEM(t, c.File, "CERTIFICATE", der, 0o644)
	writePEM(t, c.Key, "PRIVATE KEY", pkcs8, 0o600)
	give(t, c.Key, owner)
	return c
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func serial(t testing.TB) *big.Int {
	t.Helper()
	n, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func writePEM(t testing.TB, path, kind string, der []byte, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), mode); err != nil {
		t.Fatal(err)
	}
}
