package cert

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"strconv"
	"time"
)

// Limits on what is looked at. A chain or a list of names beyond them is cut.
const (
	MaxChain = 10  // certificates of one chain
	MaxNames = 100 // names of one certificate
)

// Inspect gives the facts of a finished handshake. PKIX is left for
// [Facts.Verify]. It never returns nil; a state without certificates has an
// empty Chain and a zero EarliestExpiry.
func Inspect(cs tls.ConnectionState) *Facts {
	raw := cs.PeerCertificates
	f := &Facts{
		Version:   tls.VersionName(cs.Version),
		Cipher:    tls.CipherSuiteName(cs.CipherSuite),
		Curve:     group(cs.CurveID),
		Truncated: len(raw) > MaxChain,
	}
	f.raw = raw[:min(len(raw), MaxChain)]
	f.Chain = make([]Certificate, len(f.raw))
	for i, c := range f.raw {
		f.Chain[i] = describe(c)
		if len(c.DNSNames)+len(c.IPAddresses) > MaxNames {
			f.Truncated = true
		}
	}
	f.EarliestExpiry = earliest(f.raw)
	return f
}

// Certificates gives the chain as presented, leaf first, at most [MaxChain]
// long. It is empty for facts that came from JSON.
func (f *Facts) Certificates() []*x509.Certificate { return f.raw }

// group names a key exchange as the IANA registry "TLS Supported Groups" does.
// It is empty where there was none, as in a key exchange by RSA.
func group(id tls.CurveID) string {
	switch id {
	case 0:
		return ""
	case tls.CurveP256:
		return "secp256r1"
	case tls.CurveP384:
		return "secp384r1"
	case tls.CurveP521:
		return "secp521r1"
	case tls.X25519:
		return "x25519"
	}
	return id.String()
}

func describe(c *x509.Certificate) Certificate {
	sum := sha256.Sum256(c.Raw)
	kind, bits := key(c)
	return Certificate{
		Subject:     distinguished(c.Subject),
		Issuer:      distinguished(c.Issuer),
		Names:       names(c),
		NotBefore:   c.NotBefore,
		NotAfter:    c.NotAfter,
		KeyType:     kind,
		KeyBits:     bits,
		Signature:   c.SignatureAlgorithm.String(),
		Fingerprint: hex.EncodeToString(sum[:]),
	}
}

func key(c *x509.Certificate) (kind string, bits int) {
	switch k := c.PublicKey.(type) {
	case *rsa.PublicKey:
		return KeyRSA, k.N.BitLen()
	case *ecdsa.PublicKey:
		return KeyECDSA, k.Curve.Params().BitSize
	case ed25519.PublicKey:
		return "Ed25519", 8 * len(k)
	}
	return "unknown (" + strconv.Itoa(int(c.PublicKeyAlgorithm)) + ")", 0
}

func names(c *x509.Certificate) []string {
	var out []string
	for _, n := range c.DNSNames {
		if len(out) == MaxNames {
			return out
		}
		out = append(out, clean(n, maxName))
	}
	for _, ip := range c.IPAddresses {
		if len(out) == MaxNames {
			return out
		}
		out = append(out, ip.String())
	}
	return out
}

func earliest(chain []*x509.Certificate) time.Time {
	var first time.Time
	for i, c := range chain {
		if i == 0 || c.NotAfter.Before(first) {
			first = c.NotAfter
		}
	}
	return first
}
