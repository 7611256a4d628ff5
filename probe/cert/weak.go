package cert

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
)

// weakKey describes the first RSA key of the chain that is under [MinRSABits],
// or is empty.
func weakKey(chain []*x509.Certificate) string {
	for _, c := range chain {
		if k, ok := c.PublicKey.(*rsa.PublicKey); ok && k.N.BitLen() < MinRSABits {
			return fmt.Sprintf("%s has an RSA key of %d bits", distinguished(c.Subject), k.N.BitLen())
		}
	}
	return ""
}

// selfSigned reports whether a certificate is its own issuer and signed by its
// own key. A signature too weak to be checked counts by name alone.
func selfSigned(c *x509.Certificate) bool {
	if !bytes.Equal(c.RawSubject, c.RawIssuer) {
		return false
	}
	return weakAlgorithm(c.SignatureAlgorithm) ||
		c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil
}

// weaklySigned gives the certificate whose signature alone keeps the chain from
// a root: it is signed with an algorithm that nobody accepts any more, and its
// issuer is known.
func weaklySigned(chain []*x509.Certificate, roots *x509.CertPool) *x509.Certificate {
	for i, c := range chain {
		if bytes.Equal(c.RawSubject, c.RawIssuer) {
			continue // nobody looks at a root's own signature
		}
		if weakAlgorithm(c.SignatureAlgorithm) && issuerKnown(c, chain[i+1:], roots) {
			return c
		}
	}
	return nil
}

func issuerKnown(c *x509.Certificate, rest []*x509.Certificate, roots *x509.CertPool) bool {
	for _, r := range rest {
		if bytes.Equal(r.RawSubject, c.RawIssuer) && !bytes.Equal(r.RawSubject, r.RawIssuer) {
			return true
		}
	}
	if roots == nil {
		var err error
		if roots, err = x509.SystemCertPool(); err != nil {
			return false
		}
	}
	//nolint:staticcheck // Deprecated for pools that live in an operating system's service; there the answer is only less precise.
	for _, subject := range roots.Subjects() {
		if bytes.Equal(subject, c.RawIssuer) {
			return true
		}
	}
	return false
}

// weakAlgorithm names the algorithms that crypto/x509 refuses to check: MD5
// since RFC 6151, SHA-1 since the CA/Browser Forum's ballot 118.
func weakAlgorithm(a x509.SignatureAlgorithm) bool {
	switch a {
	case x509.MD2WithRSA, x509.MD5WithRSA, x509.SHA1WithRSA, x509.DSAWithSHA1, x509.ECDSAWithSHA1:
		return true
	}
	return false
}
