package mailbox

import (
	"crypto/tls"
	"time"

	"mx_exporter/probe/cert"
	"mx_exporter/probe/sasl"
)

// Protocol is a way to get at a mailbox.
type Protocol string

// The protocols.
const (
	IMAP Protocol = "imap" // RFC 3501 and RFC 9051
	POP3 Protocol = "pop3" // RFC 1939
)

// Security is how a connection comes to be protected.
type Security string

// The ways to protect a connection.
const (
	Implicit Security = "implicit" // TLS before the greeting (RFC 8314 section 3); the zero value means it too
	StartTLS Security = "starttls" // STARTTLS or STLS, without which nothing goes on
	Clear    Security = "never"    // in clear
)

// Options shape a conversation.
type Options struct {
	Protocol Protocol
	Host     string            // SNI, and the name in PKIX verification
	Security Security          // the zero value is Implicit
	TLS      *tls.Config       // least version, client certificates, roots; nil: TLS 1.2 and the system's roots
	Verifier *cert.Verifier    // judges chains, with its own roots; nil: judged afresh with the roots of TLS
	Login    *sasl.Credentials // nil: nobody logs in
	Loopback bool              // a peer on this machine may be told the secret in clear, or with any certificate
	Timeouts Timeouts          // a field that is 0 has its default
	Grace    time.Duration     // for the farewell when ctx is over; 0: 250 ms
	Limits   Limits            // a field that is 0 has its default
}

// Timeouts are absolute times for one stage each, whatever the server trickles
// meanwhile.
type Timeouts struct {
	Banner  time.Duration // the whole greeting
	Command time.Duration // each stage of commands: capabilities, STARTTLS, login, quota
	TLS     time.Duration // the handshake
	Quit    time.Duration // LOGOUT or QUIT, and its reply
	Data    time.Duration // in a session: a search, which may go through a large mailbox, or the reading of a message
}

// DefaultTimeouts allow for servers that delay the answer to a wrong password.
func DefaultTimeouts() Timeouts {
	return Timeouts{
		Banner: 30 * time.Second, Command: 15 * time.Second, TLS: 10 * time.Second, Quit: 2 * time.Second,
		Data: time.Minute,
	}
}

// Limits bound what is read. Those of octets and answers are for one command of a
// session, and for all that comes up to the login.
type Limits struct {
	Line     int // octets in a line, without literals
	Literal  int // octets in a literal of IMAP, and in a message of POP3
	Nesting  int // lists inside lists (IMAP)
	Untagged int // answers that nobody asked for, and lines of a list
	Total    int // octets
}

// DefaultLimits are wide for servers that mean well. An IMAP server answers a
// search in one line, which has room here for ten thousand messages; a line of
// POP3 has at most 512 octets (RFC 1939 section 3).
func DefaultLimits(p Protocol) Limits {
	l := Limits{Line: 128 << 10, Literal: 1 << 20, Nesting: 50, Untagged: 10_000, Total: 4 << 20}
	if p == POP3 {
		l.Line = 2048
	}
	return l
}

func (o Options) withDefaults() Options {
	if o.Security == "" {
		o.Security = Implicit
	}
	t, l := DefaultTimeouts(), DefaultLimits(o.Protocol)
	fill(&o.Timeouts.Banner, t.Banner)
	fill(&o.Timeouts.Command, t.Command)
	fill(&o.Timeouts.TLS, t.TLS)
	fill(&o.Timeouts.Quit, t.Quit)
	fill(&o.Timeouts.Data, t.Data)
	fill(&o.Limits.Line, l.Line)
	fill(&o.Limits.Literal, l.Literal)
	fill(&o.Limits.Nesting, l.Nesting)
	fill(&o.Limits.Untagged, l.Untagged)
	fill(&o.Limits.Total, l.Total)
	return o
}

func fill[T time.Duration | int](have *T, otherwise T) {
	if *have <= 0 {
		*have = otherwise
	}
}
