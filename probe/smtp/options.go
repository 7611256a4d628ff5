package smtp

import (
	"crypto/tls"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"mx_exporter/probe/cert"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/reply"
)

// Options shape a conversation. The zero value greets, uses TLS where it is
// offered, and stops before MAIL.
type Options struct {
	Host        string         // SNI, and the name in PKIX verification; an address literal has no SNI
	Name        string         // announced in EHLO; empty: our own address as a literal (RFC 5321 section 4.1.4)
	MailFrom    string         // "": stop before MAIL; "<>": the null sender; else an address without brackets
	Recipients  []string       // addresses without brackets; empty: stop after MAIL
	Unknown     string         // a recipient that cannot exist, tried after the others; "": none; see Dialogue.Unknown
	Relay       []string       // recipients that are none of the server's business, tried after the others; see Dialogue.Relay
	StartTLS    StartTLS       // what is made of STARTTLS; the zero value is WhenOffered
	ImplicitTLS bool           // TLS begins before the greeting (RFC 8314 section 3.3)
	TLS         *tls.Config    // least version, client certificates, roots; nil: TLS 1.2 and the system's roots
	Verifier    *cert.Verifier // judges chains, with its own roots; nil: judged afresh with the roots of TLS
	Auth        *Auth          // log in; nil: do not
	Timeouts    Timeouts       // a field that is 0 has its default
	Grace       time.Duration  // for QUIT when ctx is over; 0: 250 ms
	Pipelining  bool           // MAIL, RCPT and QUIT in one flight where the server announces PIPELINING
	Limits      reply.Limits   // a field that is 0 has its default
}

// StartTLS is what is made of the STARTTLS extension.
type StartTLS string

// The ways to treat STARTTLS.
const (
	WhenOffered StartTLS = "when_offered" // use it, and go on in clear where it is not offered
	Required    StartTLS = "required"     // its absence is a failure
	Never       StartTLS = "never"        // stay in clear
)

// Timeouts are absolute times for one stage each, whatever the server trickles
// meanwhile. RFC 5321 section 4.5.3.2 asks senders for minutes; a probe has
// seconds.
type Timeouts struct {
	Banner  time.Duration // the whole greeting
	Command time.Duration // EHLO with its HELO, STARTTLS, each line of AUTH, MAIL, and each RCPT
	TLS     time.Duration // the handshake
	Quit    time.Duration // QUIT and its reply

	// With a message only, see [Deliver].
	Data  time.Duration // the reply to the command that begins it
	Block time.Duration // each piece of it
	Final time.Duration // the reply to its end
}

// DefaultTimeouts allow for the delays that servers make on purpose: postscreen
// waits for 6 seconds before its greeting, tarpits for 30 and more. A message
// nobody waits for at a terminal: it has the times of RFC 5321 section 4.5.3.2.4
// to 6, the last of which is cut from ten minutes to five.
func DefaultTimeouts() Timeouts {
	return Timeouts{
		Banner: 30 * time.Second, Command: 15 * time.Second, TLS: 10 * time.Second, Quit: 2 * time.Second,
		Data: 2 * time.Minute, Block: 3 * time.Minute, Final: 5 * time.Minute,
	}
}

func (t Timeouts) withDefaults() Timeouts {
	d := DefaultTimeouts()
	for _, f := range []struct{ have, want *time.Duration }{
		{&t.Banner, &d.Banner},
		{&t.Command, &d.Command},
		{&t.TLS, &d.TLS},
		{&t.Quit, &d.Quit},
		{&t.Data, &d.Data},
		{&t.Block, &d.Block},
		{&t.Final, &d.Final},
	} {
		if *f.have <= 0 {
			*f.have = *f.want
		}
	}
	return t
}

// check builds every command once before anything is said, so that a wrong
// option never breaks off a conversation in its middle.
func (o Options) check() *fact.Failure {
	cmds := []command{{verb: ehlo, arg: o.Name}}
	if strings.Contains(o.Name, " ") {
		return ours(fact.EHLO, errSpace)
	}
	if o.MailFrom != "" {
		cmds = append(cmds, mailFrom(o.MailFrom))
		for _, to := range slices.Concat(o.Recipients, o.Relay) {
			cmds = append(cmds, rcptTo(to))
		}
		if o.Unknown != "" {
			cmds = append(cmds, rcptTo(o.Unknown))
		}
	}
	for _, c := range cmds {
		if _, err := c.line(); err != nil {
			return ours(stageOf(c.verb), err)
		}
	}
	return nil
}

// asides reports that there is something to ask beside the server's own mail.
func (o Options) asides() bool { return o.Unknown != "" || len(o.Relay) > 0 }

// errSpace is about the name in EHLO, which is one word.
var errSpace = errors.New("the EHLO name has a space in it, want a domain or an address literal")

// ours is a failure that lies in what we were told to say.
func ours(stage fact.Stage, err error) *fact.Failure {
	return &fact.Failure{Stage: stage, Reason: fact.NotTested, Detail: fmt.Sprintf("cannot be said: %v", err)}
}
