package probe

import (
	"net/netip"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe/cert"
	"mx_exporter/probe/dane"
	"mx_exporter/probe/dial"
	"mx_exporter/probe/dnsbl"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/fcrdns"
	"mx_exporter/probe/mailbox"
	"mx_exporter/probe/mx"
	"mx_exporter/probe/smtp"
	"mx_exporter/probe/srv"
)

// Result is everything that one probe learned. Every view (metrics, report
// page, terminal text, JSON) reads a Result and nothing else. A nil part was
// not looked at, which is not the same as nothing found.
type Result struct {
	Target   Target        `json:"target"`
	Module   string        `json:"module"`
	Prober   config.Prober `json:"prober"`
	Started  time.Time     `json:"started"`
	Duration fact.Elapsed  `json:"duration_seconds"`
	Timeout  fact.Elapsed  `json:"timeout_seconds"`

	Verdict  fact.Verdict   `json:"verdict"`
	Success  bool           `json:"success"`           // what the module asks of the verdict
	Why      string         `json:"why"`               // the verdict's reason in one sentence, for people
	Failure  *fact.Failure  `json:"failure,omitempty"` // why there is no MX set, or why nothing could be told
	Findings []fact.Finding `json:"findings"`

	MX *mx.Set `json:"mx,omitempty"` // nil when the look-up failed
	// SRV is what the domain announces of a service for users; nil where the
	// module names the server, and with the other probers.
	SRV *srv.Set `json:"srv,omitempty"`
	// MXTTL is the time to live with which the domain publishes its MX records,
	// in seconds: 0 until it has been watched for long enough to tell, since a
	// resolver shows what is left of it.
	MXTTL   uint32   `json:"mx_ttl_seconds,omitempty"`
	Lookups []Lookup `json:"dns"` // by record type, the slowest of each
	Policies
	DNSBL *dnsbl.Result `json:"dnsbl,omitempty"` // nil: the module names no list

	// EgressSuspect says that our own network seems to let nothing out to the
	// port, so that silence says nothing about a server.
	EgressSuspect bool `json:"egress_suspect,omitempty"`
	// ResolverLies says that our resolver gives records to names that do not
	// exist, so that neither its denials nor the addresses it is known to make up
	// say anything.
	ResolverLies bool `json:"resolver_lies,omitempty"`
	// ClockSuspect says that our clock cannot be right, so that dates say nothing.
	ClockSuspect bool `json:"clock_suspect,omitempty"`

	Hosts []Host `json:"hosts"` // by preference, then name
}

// Lookup is the slowest question of one record type.
type Lookup struct {
	Type string       `json:"type"` // "MX", "A", "AAAA", …
	Took fact.Elapsed `json:"seconds"`
}

// Host is one MX host and what its addresses did.
type Host struct {
	Name       string         `json:"name"`  // as in the MX or SRV record, lower case, without the final dot; or an address that the module names
	Label      string         `json:"label"` // Name where it may be a label value, else "invalid-" and a hash
	Port       int            `json:"port,omitempty"`
	TLS        config.ConnTLS `json:"tls,omitempty"` // of a service for users: how connections to this host are protected
	Preference uint16         `json:"preference"`    // or the priority of its SRV record
	Role       fact.Role      `json:"role"`
	Expect     config.Outcome `json:"expect"`
	State      State          `json:"state"`
	Failure    *fact.Failure  `json:"failure,omitempty"` // why there are no addresses
	Addresses  []Address      `json:"addresses"`
	DANE       *dane.Result   `json:"dane,omitempty"` // nil: not looked at
}

// Address is one address of a host and the conversation held there.
type Address struct {
	IP       netip.Addr        `json:"address"`
	Class    dial.Class        `json:"class"`
	State    State             `json:"state"`
	Dialogue *smtp.Dialogue    `json:"dialogue,omitempty"` // nil when none was begun, and with probers imap and pop3
	Mailbox  *mailbox.Dialogue `json:"mailbox,omitempty"`  // with probers imap and pop3; nil when none was begun
	// Backoff says that the login was not tried, because it was refused before.
	Backoff *Backoff       `json:"auth_backoff,omitempty"`
	Failure *fact.Failure  `json:"failure,omitempty"` // nil when every stage asked for went well
	PTR     *fcrdns.Result `json:"ptr,omitempty"`     // nil: not looked at
	// Other is the chain with the other kind of key (RSA, ECDSA), where the module
	// asks for it and the server has one.
	Other *cert.Facts `json:"other_certificate,omitempty"`
	// Unknown is nil where the module does not ask, or the server was not asked yet.
	Unknown *UnknownRecipient `json:"unknown_recipient,omitempty"`
	MTASTS  *Strict           `json:"mta_sts,omitempty"` // nil where the domain has no policy, or the server was not talked to
}

// State is how an address, or a host by the best of its addresses, did against
// what is expected of it.
type State string

// The states.
const (
	Up        State = "up"         // did as expected
	Down      State = "down"       // did not
	NotTested State = "not_tested" // a fault or a lack on our side: nothing can be said
)
