package fact

// Stage is one timed step of a conversation with a server.
type Stage string

// The stages, in the order in which a conversation goes through them.
const (
	Queue    Stage = "queue"    // waiting for our own turn at the address
	Connect  Stage = "connect"  // TCP connection, RFC 9293
	Banner   Stage = "banner"   // the server's greeting, RFC 5321 section 3.1
	EHLO     Stage = "ehlo"     // EHLO, or HELO where EHLO was refused
	StartTLS Stage = "starttls" // the STARTTLS command and its reply, RFC 3207
	TLS      Stage = "tls"      // the TLS handshake
	EHLOTLS  Stage = "ehlo_tls" // EHLO again, over TLS
	Auth     Stage = "auth"     // AUTH, RFC 4954 (prober submission)
	Mail     Stage = "mail"     // MAIL FROM
	Rcpt     Stage = "rcpt"     // RCPT TO, all recipients together
	Quit     Stage = "quit"     // QUIT
)

// Stages lists every Stage in order.
func Stages() []Stage {
	return []Stage{Queue, Connect, Banner, EHLO, StartTLS, TLS, EHLOTLS, Auth, Mail, Rcpt, Quit}
}
