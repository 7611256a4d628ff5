package config

// RoundTrip is one way of a message that is walked again and again: sent, waited
// for, fetched and deleted.
type RoundTrip struct {
	Name          string     `yaml:"-"`
	Interval      Duration   `yaml:"interval"`           // from one message to the next
	Window        Duration   `yaml:"window"`             // a message that takes longer is lost until it comes, and then late
	Timeout       Duration   `yaml:"timeout"`            // of one attempt to send, or to look into the mailbox
	Overlap       bool       `yaml:"overlap"`            // send the next message although one is still awaited
	Instance      string     `yaml:"instance,omitempty"` // whose messages are whose in one mailbox; empty: this machine's name, found by the caller
	KeyFile       SecretFile `yaml:"key_file,omitempty"` // signs tokens; empty: a key derived from the password of Fetch, or made up where there is none
	Send          Send       `yaml:"send"`
	Fetch         Fetch      `yaml:"fetch"`
	Attachment    Attachment `yaml:"attachment"`
	EICAR         EICAR      `yaml:"eicar,omitempty"` // empty: none is sent
	DNS           DNS        `yaml:"dns"`
	AllowNetworks []Network  `yaml:"allow_networks"` // opened beside public unicast, for send.via mx; servers that are named are allowed
}

// Send is how a round trip's message leaves.
type Send struct {
	Via         Via              `yaml:"via"`
	To          string           `yaml:"to"`
	From        string           `yaml:"from"`
	EachMX      bool             `yaml:"each_mx"`             // via mx: another server in each run, in turn
	Server      string           `yaml:"server,omitempty"`    // via smtp: host or host:port; see [Send.Endpoint]
	TLS         ConnTLS          `yaml:"tls,omitempty"`       // via smtp
	TLSConfig   TLSConfig        `yaml:"tls_config"`          // via smtp and mx
	EHLOName    string           `yaml:"ehlo_name,omitempty"` // empty: this machine's name, found by the caller
	Command     []string         `yaml:"command,omitempty"`   // via sendmail: the program with its arguments; the recipient is added at the end
	Credentials `yaml:",inline"` // via smtp
}

// Via is the way by which a message leaves.
type Via string

// The ways to send.
const (
	ViaMX       Via = "mx"       // as a stranger does: to the recipient's MX
	ViaSMTP     Via = "smtp"     // through a named server
	ViaSendmail Via = "sendmail" // through a program on this machine
)

// Vias lists the ways to send.
func Vias() []Via { return []Via{ViaMX, ViaSMTP, ViaSendmail} }

// UnmarshalText takes one of [Vias].
func (v *Via) UnmarshalText(b []byte) error { return word(v, b, Vias()) }

func (Via) words() []string { return texts(Vias()) }

// Endpoint gives the server of via smtp and its port.
func (s Send) Endpoint() (host string, port int) {
	host, port, _ = splitEndpoint(s.Server, DefaultServicePort(ProberSubmission, s.TLS))
	return host, port
}

// Fetch is where a round trip's message is looked for: the recipient's mailbox,
// or one that it forwards to.
type Fetch struct {
	Protocol    MailboxProtocol `yaml:"protocol"`
	Server      string          `yaml:"server"` // host or host:port; see [Fetch.Endpoint]
	TLS         ConnTLS         `yaml:"tls"`
	TLSConfig   TLSConfig       `yaml:"tls_config"`
	Folders     []string        `yaml:"folders"` // IMAP: looked into beside INBOX and junk
	Poll        Duration        `yaml:"poll"`    // between looks where the server does not tell of new mail
	Credentials `yaml:",inline"`
}

// MailboxProtocol is how a mailbox is read.
type MailboxProtocol string

// The protocols of mailboxes.
const (
	FetchIMAP MailboxProtocol = "imap"
	FetchPOP3 MailboxProtocol = "pop3"
)

// MailboxProtocols lists the protocols of mailboxes.
func MailboxProtocols() []MailboxProtocol { return []MailboxProtocol{FetchIMAP, FetchPOP3} }

// UnmarshalText takes one of [MailboxProtocols].
func (p *MailboxProtocol) UnmarshalText(b []byte) error { return word(p, b, MailboxProtocols()) }

func (MailboxProtocol) words() []string { return texts(MailboxProtocols()) }

// Endpoint gives the server and its port.
func (f Fetch) Endpoint() (host string, port int) {
	host, port, _ = splitEndpoint(f.Server, DefaultServicePort(Prober(f.Protocol), f.TLS))
	return host, port
}

// Attachment is a file that goes with the message, to see whether it arrives.
type Attachment struct {
	Size int `yaml:"size"` // bytes; 0: none is sent
}

// EICAR is what becomes of a message with the EICAR test file, which every virus
// scanner knows, when all is well.
type EICAR string

// The outcomes of a virus.
const (
	EICARStripped  EICAR = "stripped"  // the message arrives without it
	EICARRefused   EICAR = "refused"   // the message is refused, or never arrives
	EICARDelivered EICAR = "delivered" // it arrives as it was sent
)

// EICARs lists the outcomes.
func EICARs() []EICAR { return []EICAR{EICARStripped, EICARRefused, EICARDelivered} }

// UnmarshalText takes one of [EICARs].
func (e *EICAR) UnmarshalText(b []byte) error { return word(e, b, EICARs()) }

func (EICAR) words() []string { return texts(EICARs()) }

func defaultRoundTrip() RoundTrip {
	return RoundTrip{
		Interval: DefaultInterval,
		Window:   DefaultInterval,
		Timeout:  DefaultAttempt,
		Send:     Send{Via: ViaMX, TLSConfig: defaultTLSConfig()},
		Fetch:    Fetch{Protocol: FetchIMAP, TLS: ConnImplicit, TLSConfig: defaultTLSConfig(), Poll: DefaultPoll},
		DNS:      defaultDNS(),
	}
}

// setDefaults lets the window be as long as the interval allows: a message that
// is still awaited when the next is due is what overlap is for.
func (r *RoundTrip) setDefaults(e named) {
	*r = defaultRoundTrip()
	r.Name = e.name
	r.Window = DefaultWindow
	interval := r.Interval
	if interval.UnmarshalText([]byte(e.said("interval"))) != nil {
		interval = r.Interval
	}
	if e.said("overlap") != "true" && interval > 0 {
		r.Window = min(r.Window, interval)
	}
}

// completed fills in what depends on the way that was chosen.
func (s *Send) completed() {
	if s.Via == ViaSMTP && s.TLS == "" {
		s.TLS = ConnStartTLS
	}
}
