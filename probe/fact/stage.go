package fact

// Stage is one timed step of a conversation with a server.
type Stage string

// The stages, in the order in which a conversation goes through them.
const (
	Queue   Stage = "queue"   // waiting for our own turn at the address
	Connect Stage = "connect" // TCP connection, RFC 9293
	Banner  Stage = "banner"  // the server's greeting, RFC 5321 section 3.1
	EHLO    Stage = "ehlo"    // EHLO, or HELO where EHLO was refused
	// Capability: IMAP's CAPABILITY (RFC 9051 section 6.1.1), POP3's CAPA (RFC 2449).
	Capability Stage = "capability"
	StartTLS   Stage = "starttls" // the STARTTLS command and its reply, RFC 3207
	TLS        Stage = "tls"      // the TLS handshake
	EHLOTLS    Stage = "ehlo_tls" // EHLO again, over TLS
	// CapabilityTLS: the capabilities again, over TLS.
	CapabilityTLS Stage = "capability_tls"
	Auth          Stage = "auth"  // AUTH, RFC 4954 (prober submission)
	Login         Stage = "login" // logging in to a mailbox: IMAP AUTHENTICATE or LOGIN, POP3 AUTH or USER and PASS
	Quota         Stage = "quota" // how full the mailbox is: IMAP STATUS and GETQUOTAROOT (RFC 9208), POP3 STAT
	Mail          Stage = "mail"  // MAIL FROM
	Rcpt          Stage = "rcpt"  // RCPT TO, all recipients together
	Data          Stage = "data"  // DATA, the message and the reply to it (round trips only)
	Quit          Stage = "quit"  // QUIT, and IMAP's LOGOUT
)

// Stages lists every Stage in order.
func Stages() []Stage {
	return []Stage{
		Queue, Connect, Banner, EHLO, Capability, StartTLS, TLS, EHLOTLS, CapabilityTLS, Auth, Login, Quota,
		Mail, Rcpt, Data, Quit,
	}
}
