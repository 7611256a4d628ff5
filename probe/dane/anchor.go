package dane

import (
	"crypto/x509"
	"errors"
	"time"
)

// anchored compares a record of usage 2 with a chain (RFC 7671 section 5.2). The
// authority is one of the certificates above the server's own, or stands in the
// record itself.
func (r Record) anchored(chain []*x509.Certificate, names []string, now time.Time) Outcome {
	best := Outcome{Reason: Mismatch}
	try := func(depth int, anchor *x509.Certificate) {
		if best.Match || anchor == nil {
			return
		}
		o := Outcome{Depth: depth, Reason: under(anchor, chain, names, now)}
		o.Match = o.Reason == ""
		if o.Match || nearness(o.Reason) > nearness(best.Reason) {
			best = o
		}
	}
	for depth, c := range chain[1:] {
		if r.means(c) {
			try(depth+1, c)
		}
	}
	try(len(chain), r.carried(chain))
	return best
}

// under says why a chain does not end at an authority, or is empty.
func under(anchor *x509.Certificate, chain []*x509.Certificate, names []string, now time.Time) Reason {
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(anchor)
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: now})
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired {
		return NotInTime
	}
	if err != nil {
		return NoPath
	}
	for _, n := range names {
		if chain[0].VerifyHostname(n) == nil {
			return ""
		}
	}
	return NameMismatch
}

// carried gives the authority that a record of matching type 0 holds in full.
// The server's own certificate is none, here as anywhere in the chain. A bare
// key is no certificate: the last one presented then stands for it, if that key
// signed it (RFC 7671 section 5.2.3).
func (r Record) carried(chain []*x509.Certificate) *x509.Certificate {
	if r.Matching != Exact || r.means(chain[0]) {
		return nil
	}
	if r.Selector == FullCertificate {
		c, err := x509.ParseCertificate(r.Data)
		if err != nil {
			return nil
		}
		return c
	}
	key, err := x509.ParsePKIXPublicKey(r.Data)
	if err != nil {
		return nil
	}
	last := chain[len(chain)-1]
	signer := x509.Certificate{PublicKey: key}
	if signer.CheckSignature(last.SignatureAlgorithm, last.RawTBSCertificate, last.Signature) != nil {
		return nil
	}
	return last
}
