package maillab

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"
)

// CertKind is what is right or wrong with a server's certificate.
type CertKind string

// The kinds of certificate. All but self_signed descend from the lab's root.
const (
	CertGood        CertKind = "good"                 // leaf and intermediate, valid, right name
	CertExpired     CertKind = "expired"              // ended a day ago
	CertExpiring    CertKind = "expiring"             // ends in five days
	CertNotYetValid CertKind = "not_yet_valid"        // begins tomorrow
	CertSelfSigned  CertKind = "self_signed"          // signed with its own key
	CertWrongName   CertKind = "wrong_name"           // made out to another host
	CertIncomplete  CertKind = "missing_intermediate" // the leaf alone is sent
	CertForClients  CertKind = "for_clients"          // its extended key usage is a client's
)

func certKinds() []CertKind {
	return []CertKind{CertGood, CertExpired, CertExpiring, CertNotYetValid, CertSelfSigned, CertWrongName, CertIncomplete, CertForClients}
}

// KeyKind is the algorithm of a server's key.
type KeyKind string

// The kinds of key.
const (
	KeyECDSA KeyKind = "ecdsa" // P-256
	KeyRSA   KeyKind = "rsa"   // 2048 bits
)

func (k KeyKind) other() KeyKind {
	if k == KeyRSA {
		return KeyECDSA
	}
	return KeyRSA
}

const day = 24 * time.Hour

// authority is a root and one intermediate, both made anew for each lab, so that
// no key of it is worth anything to anybody.
type authority struct {
	root, mid       *x509.Certificate
	rootKey, midKey *ecdsa.PrivateKey
}

func newAuthority(now time.Time) (*authority, error) {
	var a authority
	var err error
	if a.rootKey, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return nil, err
	}
	if a.midKey, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return nil, err
	}
	root := caTemplate("Mail lab root", now)
	if a.root, err = sign(root, root, a.rootKey.Public(), a.rootKey); err != nil {
		return nil, err
	}
	a.mid, err = sign(caTemplate("Mail lab intermediate", now), a.root, a.midKey.Public(), a.rootKey)
	return &a, err
}

func caTemplate(name string, now time.Time) *x509.Certificate {
	return &x509.Certificate{
		Subject:               pkix.Name{CommonName: name},
		NotBefore:             now.Add(-365 * day),
		NotAfter:              now.Add(365 * day),
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
}

// sign issues template under parent, with a serial number of its own.
func sign(template, parent *x509.Certificate, pub crypto.PublicKey, key crypto.Signer) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	template.SerialNumber = serial
	der, err := x509.CreateCertificate(rand.Reader, template, parent, pub, key)
	if err != nil {
		return nil, fmt.Errorf("signing the certificate of %s: %w", template.Subject.CommonName, err)
	}
	return x509.ParseCertificate(der)
}

// issue makes the chain that a server of these names sends.
func (a *authority) issue(kind CertKind, keyKind KeyKind, names []string, now time.Time) (*tls.Certificate, error) {
	key, err := newKey(keyKind)
	if err != nil {
		return nil, err
	}
	if kind == CertWrongName {
		names = []string{"elsewhere.lab.test"}
	}
	from, to := validity(kind, now)
	t := &x509.Certificate{
		Subject:     pkix.Name{CommonName: names[0]},
		DNSNames:    names,
		NotBefore:   from,
		NotAfter:    to,
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if kind == CertForClients {
		t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	}
	parent, parentKey := a.mid, crypto.Signer(a.midKey)
	if kind == CertSelfSigned {
		parent, parentKey = t, key
	}
	leaf, err := sign(t, parent, key.Public(), parentKey)
	if err != nil {
		return nil, err
	}
	chain := [][]byte{leaf.Raw, a.mid.Raw}
	if kind == CertSelfSigned || kind == CertIncomplete {
		chain = chain[:1]
	}
	return &tls.Certificate{Certificate: chain, PrivateKey: key, Leaf: leaf}, nil
}

func newKey(kind KeyKind) (crypto.Signer, error) {
	if kind == KeyRSA {
		return rsa.GenerateKey(rand.Reader, 2048)
	}
	return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
}

func validity(kind CertKind, now time.Time) (from, to time.Time) {
	switch kind {
	case CertExpired:
		return now.Add(-90 * day), now.Add(-day)
	case CertExpiring:
		return now.Add(-85 * day), now.Add(5 * day)
	case CertNotYetValid:
		return now.Add(day), now.Add(90 * day)
	}
	return now.Add(-time.Hour), now.Add(90 * day)
}

// pool holds the root alone.
func (a *authority) pool() *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(a.root)
	return p
}

// pem is the root as a file of certificates.
func (a *authority) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.root.Raw})
}
