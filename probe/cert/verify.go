package cert

import (
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"
)

// MinRSABits is the least size of an RSA key that senders accept: OpenSSL asks
// for 112 bits of security by default since 3.2 (its security level 2), and the
// CA/Browser Forum's Baseline Requirements ask for it in section 6.1.5.
const MinRSABits = 2048

// Verify judges the chain by PKIX at the time now, as a sender would that
// connects to host and trusts roots (nil: the system's). Intermediates are
// taken from the chain presented and nowhere else. The common name of the
// subject is not a name (RFC 9525 section 2). It keeps no state and asks
// nobody.
//
// Where several things are wrong the reason is the first in the order in which
// the reasons are declared.
func (f *Facts) Verify(host string, roots *x509.CertPool, now time.Time) Verification {
	if len(f.raw) == 0 {
		return refuse(OtherViolation, "the server presented no certificate")
	}
	if v, bad := dates(f.raw[:1], now); bad {
		return v
	}
	leaf := f.raw[0]
	err := path(f.raw, roots, now)
	wrongUse := invalid(err, x509.IncompatibleUsage)
	if err != nil && !wrongUse {
		return f.untrusted(err, roots, now)
	}
	if leaf.VerifyHostname(strings.TrimSuffix(host, ".")) != nil {
		return refuse(NameMismatch, mismatch(leaf, host))
	}
	if wrongUse {
		return refuse(WrongUse, "the certificate is not meant for servers (extended key usage)")
	}
	if d := weakKey(f.raw); d != "" {
		return refuse(WeakSignature, d)
	}
	return Verification{OK: true}
}

// path looks for a way from the first certificate to a root.
func path(chain []*x509.Certificate, roots *x509.CertPool, at time.Time) error {
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: at})
	return err
}

// untrusted says why there is no path to a root. crypto/x509 gives one answer
// for all causes, so they are told apart here.
func (f *Facts) untrusted(err error, roots *x509.CertPool, now time.Time) Verification {
	if v, bad := dates(f.raw, now); bad && path(f.raw, roots, common(f.raw)) == nil {
		return v
	}
	var unknown x509.UnknownAuthorityError
	switch {
	case invalid(err, x509.Expired):
		return refuse(Expired, "a certificate above the server's own is out of its time")
	case !errors.As(err, &unknown):
		return refuse(OtherViolation, clean(err.Error(), maxDetail))
	}
	leaf := f.raw[0]
	if selfSigned(leaf) {
		return refuse(SelfSigned, "the certificate is signed by its own key")
	}
	if c := weaklySigned(f.raw, roots); c != nil {
		return refuse(WeakSignature, fmt.Sprintf("%s is signed with %s", distinguished(c.Subject), c.SignatureAlgorithm))
	}
	last := f.raw[len(f.raw)-1]
	return refuse(UnknownIssuer, fmt.Sprintf("no path to a trusted root; the last certificate presented is from %q",
		distinguished(last.Issuer)))
}

// dates reports the first certificate that is out of its time.
func dates(chain []*x509.Certificate, now time.Time) (v Verification, bad bool) {
	for _, c := range chain {
		if now.After(c.NotAfter) {
			return refuse(Expired, fmt.Sprintf("%s ended on %s", distinguished(c.Subject), day(c.NotAfter))), true
		}
	}
	for _, c := range chain {
		if now.Before(c.NotBefore) {
			return refuse(NotYetValid, fmt.Sprintf("%s begins on %s", distinguished(c.Subject), day(c.NotBefore))), true
		}
	}
	return Verification{}, false
}

// common gives a time at which every certificate of the chain has begun. If
// they ever held together, they did then.
func common(chain []*x509.Certificate) time.Time {
	var t time.Time
	for _, c := range chain {
		if c.NotBefore.After(t) {
			t = c.NotBefore
		}
	}
	return t
}

func mismatch(leaf *x509.Certificate, host string) string {
	n := len(leaf.DNSNames) + len(leaf.IPAddresses)
	return fmt.Sprintf("none of the certificate's %d names is %s", n, clean(host, maxName))
}

func invalid(err error, why x509.InvalidReason) bool {
	var e x509.CertificateInvalidError
	return errors.As(err, &e) && e.Reason == why
}

func refuse(r Reason, detail string) Verification { return Verification{Reason: r, Detail: detail} }

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }
