package probe

import (
	"context"
	"crypto/tls"
	"net/netip"

	"mx_exporter/probe/cert"
	"mx_exporter/probe/dial"
	"mx_exporter/probe/smtp"
)

// otherCertificate asks an address that was talked to for its certificate with
// the other kind of key, in a conversation of its own within the same turn. It
// asks by TLS 1.2, where a client says by its cipher suites which kind it takes
// (RFC 5246 section 7.4.2). A server that has none refuses the handshake, which
// is no fault; nor is it one that cannot speak TLS 1.2.
func (r *run) otherCertificate(ctx context.Context, p dial.Policy, h *Host, a *Address) {
	d := a.Dialogue
	if !r.module.SMTP.BothCertificates || a.Failure != nil || d == nil || d.TLS == nil || len(d.TLS.Chain) == 0 {
		return
	}
	first := d.TLS.Chain[0].KeyType
	suites := suitesBeside(first)
	if suites == nil {
		return
	}
	conn, err := r.connect(ctx, p, netip.AddrPortFrom(a.IP, uint16(h.Port)))
	if err != nil {
		return
	}
	o := r.smtpOptions(h, conn)
	o.MailFrom, o.Recipients, o.Relay = "", nil, nil
	o.TLS = o.TLS.Clone()
	o.TLS.MaxVersion, o.TLS.CipherSuites = tls.VersionTLS12, suites
	second := smtp.Run(ctx, conn, o)
	r.env.traffic.received.Add(uint64(second.Received))
	if f := second.TLS; f != nil && len(f.Chain) > 0 && f.Chain[0].KeyType != first {
		a.Other = f
	}
}

// suitesBeside is the cipher suites of TLS 1.2 by which a client takes only
// certificates of the other kind of key than the one named.
func suitesBeside(kind string) []uint16 {
	switch kind {
	case cert.KeyRSA:
		return []uint16{
			tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
			tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
		}
	case cert.KeyECDSA:
		return []uint16{
			tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
			tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
		}
	}
	return nil
}

// kindOf names a chain by its key, for people: "the certificate with an RSA key".
func kindOf(f *cert.Facts) string {
	if f == nil || len(f.Chain) == 0 {
		return "the other certificate"
	}
	return "the certificate with an " + f.Chain[0].KeyType + " key"
}
