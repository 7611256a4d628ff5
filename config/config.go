// Package config reads the exporter's YAML file.
//
// Reading is strict: an unknown key, a value out of bounds or a second document
// is an error that names the line, the column and what would be right. What
// [Load] gives is complete: every default is filled in, so that a reader of a
// [Module] never asks what an empty field means.
//
// A [Config] is never changed after it was loaded; [Store] swaps whole ones.
//
// What comes with the program beside this package, such as block lists, is
// handed in with a [Loader].
//
// The package decides the syntax, the bounds and the defaults. It asks neither
// the network nor the machine's own name: whether an EHLO name resolves is found
// out elsewhere. YAML is parsed by goccy/go-yaml and decoded here, because every
// error must have a position, all errors are to be told at once, and none may
// show the lines around it, where a password may stand.
//
// To add a key: a field in its struct, a line in one of the tables of keys
// (meaning and bounds), a default in defaults.go and, where two keys depend on
// each other, a function in check.go. The reference in README.md follows.
package config

import (
	"net/netip"
	"time"

	promconfig "github.com/prometheus/common/config"
)

// Config is one configuration file, with the built-in modules added and the
// shipped block lists that the modules name.
type Config struct {
	Modules map[string]Module `yaml:"modules"`

	// RoundTrips are the ways of messages that are walked on a schedule of their
	// own.
	RoundTrips map[string]RoundTrip `yaml:"round_trips,omitempty"`

	// BlockLists are the lists of the file, and the shipped ones that a module
	// names: every name in a module's dnsbl is one of these.
	BlockLists map[string]BlockList `yaml:"dnsbl_lists"`

	// Warnings are about what is allowed and likely a mistake: a key file that
	// anybody may read, an EHLO name without a dot. They have positions as
	// errors have.
	Warnings []*Error `yaml:"-"`
}

// Module says how to look at one target. It is a value: copy it freely, change
// it never.
type Module struct {
	Name          string               `yaml:"-"`
	Prober        Prober               `yaml:"prober"`
	Server        string               `yaml:"server,omitempty"` // the one server that the module talks to; empty: the target's; see [Module.Endpoint]
	TLS           ConnTLS              `yaml:"tls,omitempty"`    // empty for probers mx and smtp
	Timeout       Duration             `yaml:"timeout"`          // of one probe, unless the scrape's is shorter
	Reuse         Duration             `yaml:"reuse"`            // a second probe within this time is given the first one's result; 0: never
	Success       Success              `yaml:"success"`          // what makes probe_success 1
	DNS           DNS                  `yaml:"dns"`              // whom to ask
	Addresses     AddressMode          `yaml:"addresses"`        // which addresses of a host to talk to
	AllowNetworks []Network            `yaml:"allow_networks"`   // opened beside public unicast
	SMTP          SMTP                 `yaml:"smtp"`
	Sharing       bool                 `yaml:"share_connections"` // several domains that want one server at a time share a conversation; see [Module.Shares]
	Recipients    Recipients           `yaml:"recipients"`
	Greylisting   Greylisting          `yaml:"greylisting"`
	Expect        []Expectation        `yaml:"expect"` // the first that matches a host counts
	Checks        []Check              `yaml:"checks"` // empty: none; see [Module.Runs]
	DKIMSelectors []string             `yaml:"dkim_selectors"`
	DNSBL         DNSBL                `yaml:"dnsbl"`
	Lists         map[string]BlockList `yaml:"-"`                // what the lists are that DNSBL names
	Mailbox       Mailbox              `yaml:"mailbox,omitzero"` // for probers imap and pop3
	Limits        Limits               `yaml:"limits"`
	Credentials   `yaml:",inline"`     // who logs in, for the probers of servers for users; only with Server
}

// Prober is the kind of probe.
type Prober string

// The probers.
const (
	ProberMX         Prober = "mx"         // a domain: every address of every MX host
	ProberSMTP       Prober = "smtp"       // one named host: every address of it
	ProberSubmission Prober = "submission" // a domain or a host: where its users send from
	ProberIMAP       Prober = "imap"       // a domain or a host: where its users read
	ProberPOP3       Prober = "pop3"       // a domain or a host: where its users fetch
)

// ForUsers says whether the prober looks at a service that people log in to,
// which a domain announces with SRV records (RFC 6186), and not at what takes
// mail from strangers.
func (p Prober) ForUsers() bool {
	return p == ProberSubmission || p == ProberIMAP || p == ProberPOP3
}

// Success is what probe_success asks for.
type Success string

// What makes probe_success 1.
const (
	SuccessDeliverable  Success = "deliverable"  // the verdict is satisfactory or impaired
	SuccessSatisfactory Success = "satisfactory" // the verdict is satisfactory
)

// AddressMode is which addresses of a host are talked to.
type AddressMode string

// The address modes.
const (
	AllAddresses AddressMode = "all"
	IP4          AddressMode = "ip4"
	IP6          AddressMode = "ip6"
	OnePerHost   AddressMode = "one_per_host"
)

// DNS is how names are resolved.
type DNS struct {
	Servers       []string     `yaml:"servers"`         // address:port of resolvers, or the address alone; empty: those of resolv.conf
	Transport     DNSTransport `yaml:"transport"`       // udp falls back to TCP where an answer is truncated
	TLSServerName string       `yaml:"tls_server_name"` // name in the resolver's certificate; empty: the address
	CAFile        string       `yaml:"ca_file"`         // for transport tls; empty: the system's roots
	Timeout       Duration     `yaml:"timeout"`         // of one query to one server
	Tries         int          `yaml:"tries"`           // queries per question, over all servers
	TrustAD       bool         `yaml:"trust_ad"`        // believe that answers are signed where a resolver beyond loopback says so without TLS
}

// DNSTransport is how a resolver is spoken to.
type DNSTransport string

// The transports.
const (
	UDP DNSTransport = "udp"
	TCP DNSTransport = "tcp"
	TLS DNSTransport = "tls" // RFC 7858
)

// SMTP is how a server is spoken to.
type SMTP struct {
	Port       int                  `yaml:"port"`
	EHLOName   string               `yaml:"ehlo_name"` // empty: this machine's name, found by the caller
	MailFrom   string               `yaml:"mail_from"` // empty: postmaster@ the EHLO name; "<>": the null sender; "none": the dialogue ends before MAIL; see [SMTP.Sender]
	StartTLS   StartTLS             `yaml:"starttls"`
	TLS        promconfig.TLSConfig `yaml:"tls"`
	Timeouts   Timeouts             `yaml:"timeouts"`
	Pipelining bool                 `yaml:"pipelining"` // send MAIL, RCPT and QUIT in one flight where the server offers it
	OpenRelay  bool                 `yaml:"open_relay"`
	// Ask, in a second conversation, for the certificate of the other kind of key.
	BothCertificates bool `yaml:"both_certificates"`
}

// StartTLS is what is made of the STARTTLS extension.
type StartTLS string

// The ways to treat STARTTLS.
const (
	StartTLSWhenOffered StartTLS = "when_offered"
	StartTLSRequired    StartTLS = "required"
	StartTLSNever       StartTLS = "never"
)

// Timeouts are absolute times for one stage each.
type Timeouts struct {
	Connect Duration `yaml:"connect"`
	Banner  Duration `yaml:"banner"`
	Command Duration `yaml:"command"` // EHLO, STARTTLS, MAIL and each RCPT
	TLS     Duration `yaml:"tls"`     // the handshake
	Quit    Duration `yaml:"quit"`
}

// Recipients are the addresses that RCPT may name.
type Recipients struct {
	Check  []string `yaml:"check"`  // local parts tried at the domain; empty: stop after MAIL
	Allow  []string `yaml:"allow"`  // patterns that a target of the form user@domain may match, see [Recipients.Allows]
	Random bool     `yaml:"random"` // ask each server once a day whether it takes mail for a mailbox that cannot exist
}

// Expectation is what is right for the hosts that a pattern matches.
type Expectation struct {
	Host    string  `yaml:"host"` // * is any run of characters; "." is the host of a null MX
	Outcome Outcome `yaml:"outcome"`
}

// Outcome is what a host is expected to do with mail.
type Outcome string

// The outcomes.
const (
	Accept      Outcome = "accept"      // take it: the default
	TempFail    Outcome = "tempfail"    // answer 4yz, as spam traps do
	Refuse      Outcome = "refuse"      // answer 5yz
	Unreachable Outcome = "unreachable" // not answer at all, as no-listing decoys do
)

// Limits bound what one probe may do. Each has a ceiling in limits.go.
type Limits struct {
	MXHosts          int `yaml:"mx_hosts"`           // the best ones are kept
	AddressesPerHost int `yaml:"addresses_per_host"` // both families in turn
	Addresses        int `yaml:"addresses"`          // over all hosts
	ReplyLine        int `yaml:"reply_line_bytes"`
	ReplyLines       int `yaml:"reply_lines"`
	ReplyBytes       int `yaml:"reply_bytes"`
	ConnectionBytes  int `yaml:"connection_bytes"`
}

// Duration is a length of time written as Prometheus writes it: 30s, 1m30s,
// 500ms.
type Duration time.Duration

// Network is an address range in CIDR notation; a bare address is a range of
// one.
type Network netip.Prefix
