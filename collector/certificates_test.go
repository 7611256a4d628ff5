package collector

import (
	"testing"
	"time"

	"mx_exporter/probe"
	"mx_exporter/probe/cert"
)

// Whoever is shown the certificate that ends first has the trouble first. A
// certificate that fails by its dates is neither verified nor not while our clock
// is suspect.
func TestDatesOfCertificates(t *testing.T) {
	ends := func(days int) time.Time { return time.Unix(int64(days)*86400, 0) }
	of := func(first, other time.Time) *probe.Result {
		return change(func(a *probe.Address) {
			a.Dialogue.TLS = &cert.Facts{EarliestExpiry: first, PKIX: cert.Verification{OK: true}}
			a.Other = &cert.Facts{EarliestExpiry: other}
		})
	}
	expired := func(r cert.Reason, suspect bool) *probe.Result {
		res := change(func(a *probe.Address) {
			a.Dialogue.TLS = &cert.Facts{EarliestExpiry: ends(1), PKIX: cert.Verification{Reason: r}}
		})
		res.ClockSuspect = suspect
		return res
	}
	verified := `mx_tls_verified` + where + `,method="pkix"} `
	for _, tt := range []shown{
		{"first before second", of(ends(100), ends(200)), []string{`mx_tls_certificate_not_after_seconds` + where + `} 8.64e+06`, verified + "1"}, nil},
		{"second before first", of(ends(200), ends(100)), []string{`mx_tls_certificate_not_after_seconds` + where + `} 8.64e+06`}, nil},
		{"expired", expired(cert.Expired, false), []string{verified + "0"}, nil},
		{"expired by a suspect clock", expired(cert.Expired, true), nil, []string{"mx_tls_verified"}},
		{"wrong name by a suspect clock", expired(cert.NameMismatch, true), []string{verified + "0"}, nil},
	} {
		t.Run(tt.name, tt.check)
	}
}
