package maillab

import (
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// template is a TLSA record whose data are to be taken from a server of the
// lab: "TLSA 3 1 1 @mx1".
var template = regexp.MustCompile(`\bTLSA\s+([0-3])\s+([01])\s+([0-2])\s+@(\S+)`)

// fillTLSA puts the data of servers' certificates into a zone's text. Usages 1
// and 3 mean the server's own certificate, 0 and 2 that of the authority that
// issued it.
func (l *Lab) fillTLSA(text, domain string) (string, error) {
	var errs error
	filled := template.ReplaceAllStringFunc(text, func(record string) string {
		m := template.FindStringSubmatch(record)
		name := absolute(m[4], domain)
		srv := l.servers[name]
		if srv == nil {
			errs = errors.Join(errs, fmt.Errorf("a TLSA record names %s, and there is no such server", name))
			return record
		}
		chain, err := srv.cert()
		if err != nil {
			errs = errors.Join(errs, err)
			return record
		}
		bound := l.ca.bound(chain, m[1])
		return strings.Join([]string{"TLSA", m[1], m[2], m[3], hex.EncodeToString(association(bound, m[2], m[3]))}, " ")
	})
	return filled, errs
}

// bound is the certificate that a usage means.
func (a *authority) bound(chain *tls.Certificate, usage string) *x509.Certificate {
	if usage == "0" || usage == "2" {
		return a.mid
	}
	return chain.Leaf
}

// association is a certificate's data by selector and matching type (RFC 6698
// sections 2.1.2 and 2.1.3).
func association(c *x509.Certificate, selector, matching string) []byte {
	part := c.Raw
	if selector == "1" {
		part = c.RawSubjectPublicKeyInfo
	}
	switch matching {
	case "1":
		sum := sha256.Sum256(part)
		return sum[:]
	case "2":
		sum := sha512.Sum512(part)
		return sum[:]
	}
	return part
}
