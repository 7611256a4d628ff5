package probe

import (
	"slices"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe/cert"
	"mx_exporter/probe/dane"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/smtp"
)

// expiringWithin is how long before its end a certificate is worth a word:
// automatic renewal happens 30 days before the end of a 90-day certificate, and
// at half of the life of a short one.
const expiringWithin = 14 * 24 * time.Hour

// assessTLS judges the protection that each address offers.
func assessTLS(r *Result, m config.Module) (fs []fact.Finding) {
	for i := range r.Hosts {
		h := &r.Hosts[i]
		if h.Expect != config.Accept {
			continue
		}
		for j := range h.Addresses {
			a := &h.Addresses[j]
			if a.Dialogue == nil {
				continue
			}
			for _, f := range withOther(assessDialogueTLS(a.Dialogue, m, r.Started), a.Other, m, r.Started) {
				if r.ClockSuspect && ofDate(f.Code) || vouchedFor(h, a) {
					f.Severity = fact.Info
				}
				fs = append(fs, on(f, h, a))
			}
		}
	}
	return fs
}

// withOther adds what is wrong with the certificate of the other kind of key. What
// is wrong with both is said once.
func withOther(fs []fact.Finding, other *cert.Facts, m config.Module, now time.Time) []fact.Finding {
	if other == nil || m.SMTP.TLS.InsecureSkipVerify {
		return fs
	}
	for _, f := range assessCertificate(other, now) {
		f.Detail = kindOf(other) + ": " + f.Detail
		if i := slices.IndexFunc(fs, func(have fact.Finding) bool { return have.Code == f.Code }); i >= 0 {
			fs[i].Detail += "; " + f.Detail
			continue
		}
		fs = append(fs, f)
	}
	return fs
}

// vouchedFor reports that the domain's TLSA records name the key that the server
// showed: then senders need no authority for it, and with usage 3 neither its
// names nor its dates matter (RFC 7672 section 3.1.1).
func vouchedFor(h *Host, a *Address) bool {
	if h.DANE == nil {
		return false
	}
	for _, seen := range h.DANE.Addresses {
		if seen.Address == a.IP.String() {
			return seen.Ground == dane.Verified
		}
	}
	return false
}

// ofDate reports a finding that is worth no more than our clock.
func ofDate(c fact.Code) bool {
	switch c {
	case CertificateExpired, CertificateNotYet, CertificateExpiring:
		return true
	}
	return false
}

func assessDialogueTLS(d *smtp.Dialogue, m config.Module, now time.Time) []fact.Finding {
	if f := d.Failure; f != nil {
		switch f.Reason {
		case fact.StartTLSInjection:
			return []fact.Finding{find(StartTLSInjected, fact.Critical, f.Detail)}
		case fact.StartTLSRefused, fact.TLSHandshake:
			return []fact.Finding{find(StartTLSBroken, fact.Warning, f.Detail)}
		case fact.StartTLSMissing:
			return []fact.Finding{find(StartTLSNotOffered, fact.Critical, "the module requires it")}
		}
	}
	if m.SMTP.StartTLS != config.StartTLSNever && greeted(d) && !d.TLSOffered {
		return []fact.Finding{find(StartTLSNotOffered, fact.Info, "")}
	}
	if d.TLS == nil || m.SMTP.TLS.InsecureSkipVerify {
		return nil
	}
	return assessCertificate(d.TLS, now)
}

// greeted reports that EHLO or HELO went well, so that the extensions are
// known.
func greeted(d *smtp.Dialogue) bool {
	for _, s := range d.Stages {
		if s.Stage == fact.EHLO {
			return s.Reply != nil && s.Reply.Positive()
		}
	}
	return false
}

var certificateCodes = map[cert.Reason]fact.Code{
	cert.Expired:       CertificateExpired,
	cert.NotYetValid:   CertificateNotYet,
	cert.SelfSigned:    CertificateSelfSigned,
	cert.UnknownIssuer: CertificateUntrusted,
	cert.NameMismatch:  CertificateWrongName,
}

func assessCertificate(f *cert.Facts, now time.Time) []fact.Finding {
	if !f.PKIX.OK {
		code, ok := certificateCodes[f.PKIX.Reason]
		if !ok {
			code = CertificateUnsuitable
		}
		return []fact.Finding{find(code, fact.Warning, f.PKIX.Detail)}
	}
	life := f.Chain[0].NotAfter.Sub(f.Chain[0].NotBefore)
	if left := f.EarliestExpiry.Sub(now); left < min(expiringWithin, life/3) {
		return []fact.Finding{find(CertificateExpiring, fact.Warning, "it ends on "+f.EarliestExpiry.UTC().Format(time.DateOnly))}
	}
	return nil
}
