package probe

import "mx_exporter/probe/fact"

// CheckAccess is about what a domain's users log in to: submission, IMAP, POP3.
const CheckAccess fact.Check = "access"

// What can be wrong with it.
const (
	NoServerLetsIn      fact.Code = "no-server-lets-in"
	ServiceNotOffered   fact.Code = "service-not-offered"
	ServiceRecordsMixed fact.Code = "service-records-mixed"
	ServicePortForeign  fact.Code = "service-port-foreign"
	ServiceLimited      fact.Code = "service-limit-exceeded"
	ServerDown          fact.Code = "server-down"
	SpareServerDown     fact.Code = "spare-server-down"
	ServerAddressDown   fact.Code = "server-address-down"
	ServerNotFound      fact.Code = "server-not-found"
	LoginRefused        fact.Code = "login-failed"
	LoginBackedOff      fact.Code = "login-backed-off"
	LoginImpossible     fact.Code = "login-impossible"
	LoginInClear        fact.Code = "login-offered-in-clear"
	SubmissionNoAuth    fact.Code = "submission-without-auth"
	ImplicitTLSBroken   fact.Code = "tls-broken"
	MailboxNearlyFull   fact.Code = "mailbox-nearly-full"
	MailboxFull         fact.Code = "mailbox-full"
)

var docsAccess = []fact.Doc{
	doc(CheckAccess, NoServerLetsIn, "No server lets users in now.",
		"Users of this service can neither send nor read; mail that others send still arrives.",
		"The findings of each server say what is wrong with it. Mend the primary first."),
	doc(CheckAccess, ServiceNotOffered, "The domain says in its SRV records that it does not offer this service.",
		"Mail programs that ask for the records do not set it up.",
		"If the service is there, name its servers in the records; if not, do not probe for it."),
	doc(CheckAccess, ServiceRecordsMixed, "The SRV records say that the service is not offered, and name servers beside that (RFC 2782).",
		"Some mail programs find the service, others believe that there is none.",
		"Remove the record with the target \".\", or the others."),
	doc(CheckAccess, ServicePortForeign, "An SRV record names a port that is none of the service's own, and nobody connects there on a stranger's word.",
		"Mail programs that follow the record may still work; that server is not watched.",
		"Offer the service at its registered port. If the other port is meant, give a module of its own: server: host:port, or the port alone (mailbox.port, smtp.port)."),
	doc(CheckAccess, ServiceLimited, "The SRV records name more servers than are looked at.",
		"Nothing; the servers beyond the limit are not tested.",
		"Name fewer servers, or raise limits.mx_hosts in the module."),
	doc(CheckAccess, ServerDown, "A server that users are sent to first does not let them in.",
		"Users cannot work, or only with programs that try the other servers.",
		"Look at the stage and the reason given, and at that server's log for the time of the probe."),
	doc(CheckAccess, SpareServerDown, "A server that users are sent to when the first ones fail does not let them in.",
		"Nothing while the first ones let users in. While they do not, users cannot work.",
		"Look at the stage and the reason given. A server that is no longer wanted belongs out of the SRV records."),
	doc(CheckAccess, ServerAddressDown, "One address of a server does not let users in, another one does.",
		"Mail programs that try the broken address first wait, or give up.",
		"Check that the server listens on that address and that the firewall lets the port through for its family; or remove the address from DNS."),
	doc(CheckAccess, ServerNotFound, "A server that the SRV records name has no address.",
		"Mail programs that choose it cannot connect.",
		"Give the name an address record, or remove it from the SRV records."),
	doc(CheckAccess, LoginRefused, "The server refuses the module's login.",
		"If the password is right, users cannot log in either.",
		"Try the same name and password by hand. The reason says whether it was the password, the account or the server; a password that was changed has to be changed in the module's file as well."),
	doc(CheckAccess, LoginBackedOff, "The login was refused before, and is not tried at each probe any more, lest the account be locked.",
		"Nothing is known but that the last login was refused; the next one waits.",
		"Mend the password or the account. A new password is tried at once; otherwise the next login comes when the detail says."),
	doc(CheckAccess, LoginImpossible, "There is no way to log in at this server: it offers no mechanism that we know, or none that is protected.",
		"Mail programs that keep passwords safe cannot log in either.",
		"Let the server offer PLAIN or SCRAM over TLS (in Dovecot: auth_mechanisms; in Postfix: smtpd_sasl_auth_enable)."),
	doc(CheckAccess, LoginInClear, "The server lets users send their password before TLS protects the connection.",
		"A mail program that is set up wrongly gives the password to everybody on the way, and nobody notices.",
		"Offer logins over TLS alone (in Dovecot: disable_plaintext_auth or auth_allow_cleartext; in Postfix: smtpd_tls_auth_only)."),
	doc(CheckAccess, SubmissionNoAuth, "The server for users' mail offers no login (AUTH, RFC 4954).",
		"Users cannot send from outside of its own networks.",
		"Switch logins on for the port (in Postfix: smtpd_sasl_auth_enable in the submission service of master.cf)."),
	doc(CheckAccess, ImplicitTLSBroken, "The TLS handshake fails at a port that is protected from the first byte.",
		"Nobody can connect there.",
		"Look at the server's log: usually its key or certificate cannot be read, it offers only old protocols, or the port expects clear text."),
	doc(CheckAccess, MailboxNearlyFull, "The mailbox is nearly full.",
		"Nothing yet. When it is full, mail to it is delayed or given back.",
		"Delete old mail, or give the mailbox more room."),
	doc(CheckAccess, MailboxFull, "The mailbox is full.",
		"Mail to it is delayed or given back.",
		"Delete old mail, or give the mailbox more room."),
}
