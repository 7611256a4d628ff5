package crawl

import (
	"context"
	"crypto/x509"
	"net/netip"
	"slices"

	"mx_exporter/probe/dial"
)

// Token is the name by which robots.txt may speak of this crawler (RFC 9309
// section 2.2.1).
const Token = "mx_sd"

// Options shape a crawl. Lookup is needed; the zero value of all else is useful.
type Options struct {
	Limits Limits
	// Lookup gives the addresses of a host.
	Lookup func(ctx context.Context, host string) ([]netip.Addr, error)
	// Dialer judges the addresses and dials them. The zero value dials public
	// ones alone.
	Dialer dial.Dialer
	// PDF reads a PDF; nil leaves PDFs out.
	PDF Extractor
	// Domains are registrable domains, beside the site's own, to which links and
	// redirects are followed.
	Domains []string
	// UserAgent is what the site is told; it should say where to complain. Empty:
	// [Token] alone.
	UserAgent string
	Roots     *x509.CertPool // to verify servers with; nil: the system's
	// Progress is called before each page; nil: nobody is told.
	Progress func(Progress)
}

// Progress is how far a crawl is.
type Progress struct {
	URL       string // what is asked for next
	Read      int    // pages asked for
	Waiting   int    // URLs queued
	Addresses int    // distinct ones found
}

// Extractor reads the links of a PDF. The error is a *[PDFError].
type Extractor func(ctx context.Context, file []byte) (PDFLinks, error)

// PDFLinks are the links of one PDF.
type PDFLinks struct {
	Pages   int
	Links   []PDFLink
	Limited bool // there is more than was read
}

// PDFLink is one link annotation to a URI.
type PDFLink struct {
	Sheet int // page, from 1
	URI   string
}

// PDFError says why a PDF was not read.
type PDFError struct {
	Reason Reason // NotAPDF, Encrypted, BrokenPDF or PDFKilled
	Err    error
}

// Error gives the reason and its cause.
func (e *PDFError) Error() string { return string(e.Reason) + ": " + e.Err.Error() }

// Unwrap gives the cause.
func (e *PDFError) Unwrap() error { return e.Err }

func (o Options) userAgent() string {
	if o.UserAgent == "" {
		return Token
	}
	return o.UserAgent
}

func (r *Result) limited(l Limit) {
	if !slices.Contains(r.Limited, l) {
		r.Limited = append(r.Limited, l)
	}
}
