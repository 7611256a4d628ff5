package config

import (
	"crypto/tls"

	promconfig "github.com/prometheus/common/config"
)

// ConnTLS is how a connection to a server for users comes to be protected.
type ConnTLS string

// The ways to protect a connection.
const (
	ConnImplicit ConnTLS = "implicit" // TLS from the first byte (RFC 8314 section 3)
	ConnStartTLS ConnTLS = "starttls" // in clear, then STARTTLS or STLS; a server without it has failed
	ConnNever    ConnTLS = "never"    // in clear; nobody logs in
)

// ConnTLSModes lists the ways to protect a connection.
func ConnTLSModes() []ConnTLS { return []ConnTLS{ConnImplicit, ConnStartTLS, ConnNever} }

// UnmarshalText takes one of [ConnTLSModes].
func (c *ConnTLS) UnmarshalText(b []byte) error { return word(c, b, ConnTLSModes()) }

func (ConnTLS) words() []string { return texts(ConnTLSModes()) }

// Mailbox is how a server of IMAP or POP3 is spoken to. It is the zero value in
// modules of other probers.
type Mailbox struct {
	Port     int             `yaml:"port"`
	TLS      TLSConfig       `yaml:"tls"`
	Timeouts MailboxTimeouts `yaml:"timeouts"`
}

// MailboxTimeouts are absolute times for one stage each.
type MailboxTimeouts struct {
	Connect Duration `yaml:"connect"`
	Banner  Duration `yaml:"banner"`
	Command Duration `yaml:"command"` // each command, the login among them
	TLS     Duration `yaml:"tls"`     // the handshake
	Quit    Duration `yaml:"quit"`    // LOGOUT or QUIT
}

// The ports of servers for users.
const (
	PortSubmission  = 587 // RFC 6409 section 3.1
	PortSubmissions = 465 // RFC 8314 section 7.3
	PortIMAP        = 143 // RFC 9051 section 2.1
	PortIMAPS       = 993 // RFC 8314 section 7.1
	PortPOP3        = 110 // RFC 1939 section 3
	PortPOP3S       = 995 // RFC 8314 section 7.2
)

// DefaultServicePort gives the port of a service for users, and 25 for probers
// mx and smtp.
func DefaultServicePort(p Prober, t ConnTLS) int {
	ports := map[Prober][2]int{
		ProberSubmission: {PortSubmissions, PortSubmission},
		ProberIMAP:       {PortIMAPS, PortIMAP},
		ProberPOP3:       {PortPOP3S, PortPOP3},
	}
	pair, ok := ports[p]
	switch {
	case !ok:
		return DefaultPort
	case t == ConnImplicit:
		return pair[0]
	}
	return pair[1]
}

func defaultMailbox(p Prober, t ConnTLS) Mailbox {
	return Mailbox{
		Port: DefaultServicePort(p, t),
		TLS:  defaultTLSConfig(),
		Timeouts: MailboxTimeouts{
			Connect: DefaultConnect, Banner: DefaultBanner, Command: DefaultCommand, TLS: DefaultTLS, Quit: DefaultQuit,
		},
	}
}

func defaultTLSConfig() TLSConfig {
	return TLSConfig{MinVersion: promconfig.TLSVersion(tls.VersionTLS12)}
}

// defaultConnTLS is what most servers of a kind offer: implicit TLS where RFC
// 8314 section 3 has made it the rule, STARTTLS for submission.
func defaultConnTLS(p Prober) ConnTLS {
	switch p {
	case ProberSubmission:
		return ConnStartTLS
	case ProberIMAP, ProberPOP3:
		return ConnImplicit
	case ProberMX, ProberSMTP:
	}
	return ""
}
