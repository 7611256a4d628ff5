package maillab

import "time"

// Stage is a step of an SMTP conversation at which a server may misbehave.
type Stage string

// The stages. A server that hangs at one does so when the step begins: for ehlo
// after the client's EHLO came, for tls after its own 220 went out.
const (
	StageBanner   Stage = "banner"
	StageEHLO     Stage = "ehlo"
	StageSTARTTLS Stage = "starttls"
	StageTLS      Stage = "tls"
	StageEHLOTLS  Stage = "ehlo_tls" // the second EHLO, over TLS
	StageMail     Stage = "mail"
	StageRcpt     Stage = "rcpt"
	StageAuth     Stage = "auth"
	StageData     Stage = "data"
	StageDot      Stage = "dot" // the end of the message
	StageQuit     Stage = "quit"
)

// The stages of IMAP and POP3 beside banner, starttls, tls and quit.
const (
	StageCapability Stage = "capability"
	StageLogin      Stage = "login"
	StageSelect     Stage = "select"
	StageQuota      Stage = "quota"
	StageSearch     Stage = "search" // also LIST, UIDL
	StageFetch      Stage = "fetch"  // also RETR, TOP
	StageDelete     Stage = "delete" // STORE, EXPUNGE, DELE
	StageIdle       Stage = "idle"
)

func stages() []Stage {
	return []Stage{
		StageBanner, StageEHLO, StageSTARTTLS, StageTLS, StageEHLOTLS, StageMail, StageRcpt, StageAuth, StageData, StageDot, StageQuit,
		StageCapability, StageLogin, StageSelect, StageQuota, StageSearch, StageFetch, StageDelete, StageIdle,
	}
}

// Behaviour is what one mail server does. [DefaultBehaviour] is a server that
// does all well.
//
// Replies are sent as they stand; a reply that does not end in LF is ended with
// CRLF.
type Behaviour struct {
	Names   []string // host names, the first its own; all stand in its certificate
	Listen  []string // addresses and ports of the lab
	Domains []string // domains that it takes mail for

	Banner      string        // the whole greeting
	BannerDelay time.Duration // before its first octet
	BannerDrip  time.Duration // between two octets; 0: in one piece
	Endless     bool          // Banner is repeated for ever

	Hang, Close, Reset Stage // at which stage it stops answering, closes, resets; "": never

	Extensions []string          // EHLO keywords with their parameters; STARTTLS is added by itself
	Replies    map[string]string // by command, upper case, in place of its own reply
	Rcpt       map[string]string // by local part, lower case, in place of its own reply to RCPT

	StartTLS       bool   // offered and accepted
	Inject         string // sent in clear behind the reply to STARTTLS
	ImplicitTLS    bool   // TLS from the first octet
	TLSRequired    bool   // 530 to MAIL before TLS (RFC 3207 section 4)
	Cert           CertKind
	Key            KeyKind
	Second         CertKind // a second certificate, with the other kind of key, for clients that cannot use the first; "": none
	TLSMin, TLSMax uint16   // versions of crypto/tls; 0: its defaults

	Transactions int                      // in one conversation, 421 to MAIL beyond; 0: without a limit
	RcptDelay    map[string]time.Duration // before the reply to RCPT, by local part, lower case

	Connections int           // at once, 421 beyond; 0: without a limit
	Greylist    time.Duration // how long a new triple of client, sender and recipient is put off; 0: not at all
	Mailboxes   []string      // local parts it knows; "*": all
	OpenRelay   bool          // takes mail for every domain
	RoundTrip   time.Duration // waited before each flight of replies

	// What a server does for people who log in, and with messages.

	Accounts     map[string]string   // passwords, or tokens, by account; IMAP and POP3 keep a box for each
	Mechanisms   []string            // of AUTH, offered over TLS
	AuthInClear  bool                // offered before TLS too
	AuthRequired bool                // 530 to MAIL before AUTH
	Lockout      int                 // wrong passwords after which an account is shut; 0: never
	Takes        bool                // DATA is taken
	Deliver      map[string]Delivery // by local part, of messages taken
	AddHeaders   []string            // fields put before each message taken
	Folders      []string            // of each account beside the inbox (IMAP)
	Quota        *[2]int64           // KiB used, and their limit (IMAP)
	Without      []string            // capabilities that are not there (IMAP, POP3)
}

// DefaultBehaviour is a server that does all well: it offers STARTTLS with a
// good certificate, PIPELINING, SIZE, 8BITMIME and enhanced codes, knows
// postmaster and abuse, and relays for nobody.
func DefaultBehaviour() Behaviour {
	return Behaviour{
		Extensions: []string{"PIPELINING", "SIZE 10485760", "8BITMIME", "ENHANCEDSTATUSCODES"},
		Replies:    map[string]string{},
		Rcpt:       map[string]string{},
		RcptDelay:  map[string]time.Duration{},
		StartTLS:   true,
		Cert:       CertGood,
		Key:        KeyECDSA,
		Mailboxes:  []string{"postmaster", "abuse"},
	}
}

// DefaultMailboxServer is an IMAP or POP3 server that does all well: it offers
// STARTTLS with a good certificate, takes no password in clear, and has the
// folders Junk and Archive.
func DefaultMailboxServer() Behaviour {
	b := DefaultBehaviour()
	b.Extensions, b.Mailboxes = nil, nil
	b.Mechanisms, b.Folders = []string{"PLAIN"}, []string{Junk, "Archive"}
	return b
}
