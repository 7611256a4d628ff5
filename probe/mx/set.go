// Package mx finds the servers that take a domain's mail (RFC 5321 section 5.1,
// RFC 7505).
//
// It follows what a careful sender does, and notes what a careless publisher
// did: a null MX beside others, a name that is an address or an alias, a host
// listed twice or without an address. One broken record never hides the good
// ones beside it. Whether any of this is a fault is for the judge to say, not
// for this package.
package mx

import (
	"net/netip"

	"mx_exporter/probe/fact"
)

// Set is the mail servers of a domain.
type Set struct {
	Domain    string   `json:"domain"`
	Aliases   []string `json:"aliases,omitempty"` // CNAME chain of the domain itself
	Null      bool     `json:"null"`              // takes no mail (RFC 7505)
	NullMixed bool     `json:"null_mixed"`        // a null MX that is not alone, or whose preference is not 0
	Implicit  bool     `json:"implicit"`          // no MX record: the domain's own addresses take its mail
	Authentic bool     `json:"authentic"`         // the resolver validated the answer with DNSSEC
	Unsigned  bool     `json:"unsigned"`          // the resolver validates, and did not vouch for the answer; see [Validates]
	TTL       uint32   `json:"ttl_seconds"`       // time to live of the MX records, as far as a resolver shows it: what is left

	Records    int      `json:"records"`              // MX records, before any limit
	Named      int      `json:"named"`                // distinct hosts, before any limit
	Addressed  int      `json:"addressed"`            // addresses of all hosts, before any limit
	Duplicates []string `json:"duplicates,omitempty"` // hosts listed more than once
	Limited    []Limit  `json:"limited,omitempty"`    // limits that cut something off

	Hosts []Host `json:"hosts"` // by preference, then name
}

// Host is one mail server by name.
type Host struct {
	Name       string        `json:"name"`  // lower case, without the final dot
	Label      string        `json:"label"` // see [Label]
	Preference uint16        `json:"preference"`
	Role       fact.Role     `json:"role"`
	Aliases    []string      `json:"aliases,omitempty"` // CNAME chain (RFC 2181 section 10.3 forbids one)
	Authentic  bool          `json:"authentic"`         // every address answer was validated with DNSSEC
	Addresses  []netip.Addr  `json:"addresses"`
	Failure    *fact.Failure `json:"failure,omitempty"` // why there is no address, or why one family is missing
}

// Limit names a bound that was reached. It is a label value.
type Limit string

// The limits.
const (
	LimitRecords          Limit = "mx_records" // records looked at in the answer
	LimitHosts            Limit = "mx_hosts"
	LimitAddressesPerHost Limit = "addresses_per_host"
	LimitAddresses        Limit = "addresses"
)

// Family is which kinds of address are looked up.
type Family string

// The families.
const (
	Both Family = "both"
	IP4  Family = "ip4"
	IP6  Family = "ip6"
)

// Options bound a look-up. A zero number means no bound; a zero Family means
// [Both].
type Options struct {
	Family        Family
	Hosts         int  // the best ones are kept
	PerHost       int  // addresses of one host, both families in turn
	Addresses     int  // addresses over all hosts, each host in turn
	OneOfEachHost bool // one address of each host
}
