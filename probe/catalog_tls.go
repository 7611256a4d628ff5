package probe

import "mx_exporter/probe/fact"

// What can be wrong with a server's TLS.
const (
	StartTLSNotOffered    fact.Code = "starttls-not-offered"
	StartTLSBroken        fact.Code = "starttls-broken"
	StartTLSInjected      fact.Code = "starttls-injected"
	CertificateExpired    fact.Code = "certificate-expired"
	CertificateExpiring   fact.Code = "certificate-expiring"
	CertificateNotYet     fact.Code = "certificate-not-yet-valid"
	CertificateSelfSigned fact.Code = "certificate-self-signed"
	CertificateUntrusted  fact.Code = "certificate-untrusted"
	CertificateWrongName  fact.Code = "certificate-wrong-name"
	CertificateUnsuitable fact.Code = "certificate-unsuitable"
)

var docsTLS = []fact.Doc{
	doc(CheckTLS, StartTLSNotOffered, "The server does not offer STARTTLS.",
		"Mail travels in clear, and so would users' passwords. Senders that insist on TLS do not deliver.",
		"Give the server a certificate and switch STARTTLS on. If it is on, look for a firewall that strips it."),
	doc(CheckTLS, StartTLSBroken, "The server offers STARTTLS, and then refuses it or fails in the handshake.",
		"Some senders fall back to clear text, others do not deliver.",
		"Look at the server's log: usually its key or certificate cannot be read, or it offers only old protocols."),
	doc(CheckTLS, StartTLSInjected, "Bytes arrived in clear between the STARTTLS reply and the handshake (CVE-2011-0411).",
		"Somebody between us and the server, or the server itself, puts words into the protected conversation.",
		"Update the server. If it is current, look for what sits in between."),
	doc(CheckTLS, CertificateExpired, "The server's certificate, or one that it rests on, has expired.",
		"Senders that verify (MTA-STS, partners with forced TLS) do not deliver; others do. Mail programs warn their users or refuse.",
		"Renew it, and reload the mail server: many renew the file and forget the reload."),
	doc(CheckTLS, CertificateExpiring, "The server's certificate expires within two weeks.",
		"Nothing yet.",
		"Renew it, and reload the mail server. If renewal is automatic, find out why it did not happen."),
	doc(CheckTLS, CertificateNotYet, "The server's certificate is not valid yet.",
		"Senders that verify do not deliver.",
		"Check the server's clock and ours, and when the certificate was made."),
	doc(CheckTLS, CertificateSelfSigned, "The server's certificate is signed by itself.",
		"Senders that verify do not deliver, unless DANE vouches for it.",
		"Use a certificate of a public authority, or publish a TLSA record in a signed zone."),
	doc(CheckTLS, CertificateUntrusted, "The server's certificate leads to no root that we trust; often an intermediate certificate is missing.",
		"Senders that verify do not deliver. Mail programs warn their users or refuse.",
		"Have the server send the whole chain (fullchain.pem, not cert.pem). For an authority of your own, name its root in smtp.tls.ca_file or mailbox.tls.ca_file."),
	doc(CheckTLS, CertificateWrongName, "The server's certificate does not name the host.",
		"Senders that verify do not deliver. Mail programs warn their users or refuse.",
		"Get a certificate for the name that stands in the MX or SRV record; the domain's own name does not count."),
	doc(CheckTLS, CertificateUnsuitable, "The server's certificate breaks another rule: a weak signature, a key that is too short, a use that does not fit.",
		"Senders that verify may not deliver.",
		"Get a new certificate: SHA-256 or better, RSA of 2048 bits or ECDSA, for server authentication."),
}
