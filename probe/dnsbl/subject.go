package dnsbl

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"mx_exporter/probe/dial"
)

// Family is what kind of subject a list is asked about.
type Family string

// The families.
const (
	IP4    Family = "ip4"
	IP6    Family = "ip6"
	Domain Family = "domain"
)

// Families lists every Family.
func Families() []Family { return []Family{IP4, IP6, Domain} }

// Role says why a subject is asked about.
type Role string

// The roles. Those of an MX address are fact.Role's words. Block lists judge
// senders: of a server that only receives, a listing tells little.
const (
	Primary Role = "primary" // an address of a host of the lowest preference
	Backup  Role = "backup"  // an address of another MX host
	Sender  Role = "sender"  // an address that sends the domain's mail
	Named   Role = "named"   // the domain itself, or the name of one of its hosts
)

// Roles lists every Role.
func Roles() []Role { return []Role{Primary, Backup, Sender, Named} }

// Subject is an address or a domain, exactly one of them.
type Subject struct {
	Address netip.Addr `json:"address,omitzero"`
	Domain  string     `json:"domain,omitempty"` // in A-label form, with or without the final dot
	Host    string     `json:"host,omitempty"`   // label of the MX host that has the address; carried along
	Role    Role       `json:"role"`
}

// key tells subjects apart that are asked about in the same words.
func (s Subject) key() string {
	if s.Domain != "" {
		return strings.ToLower(strings.TrimSuffix(s.Domain, "."))
	}
	return s.Address.Unmap().WithZone("").String()
}

func (s Subject) family() Family {
	switch {
	case s.Domain != "":
		return Domain
	case s.Address.Unmap().Is4():
		return IP4
	}
	return IP6
}

// labels gives what stands before the zone in a question: the octets of an IPv4
// address in reverse (RFC 5782 section 2.1), the nibbles of an IPv6 address in
// reverse (section 2.4), or the domain.
func (s Subject) labels() string {
	switch s.family() {
	case Domain:
		return s.key()
	case IP4:
		return reversed4(s.Address.Unmap())
	}
	return nibbles(s.Address)
}

func reversed4(a netip.Addr) string {
	b := a.As4()
	parts := make([]string, 0, len(b))
	for _, o := range slices.Backward(b[:]) {
		parts = append(parts, strconv.Itoa(int(o)))
	}
	return strings.Join(parts, ".")
}

func nibbles(a netip.Addr) string {
	const hex = "0123456789abcdef"
	b := a.As16()
	out := make([]byte, 0, 4*len(b))
	for _, o := range slices.Backward(b[:]) {
		out = append(out, hex[o&15], '.', hex[o>>4], '.')
	}
	return string(out[:len(out)-1])
}

// innerNames are top-level names that mean something only inside a network
// (RFC 6762, RFC 7686, RFC 8375, RFC 9476, ICANN's .internal of 2024 and those
// that ICANN will not give out for name collisions).
var innerNames = []string{"local", "localhost", "internal", "onion", "alt", "arpa", "lan", "home", "corp", "mail"}

// Allows says whether a client asks third parties about a subject.
func (c *Client) Allows(s Subject) bool { return Allows(c.policy, s) }

// Allows says whether third parties may be asked about a subject (faults.md B13).
// Only public unicast addresses are asked about, since others would tell
// strangers about the inside of a network. Documentation, benchmark and loopback
// addresses tell nobody anything, and are asked about where the policy has them; a
// sender that somebody wrote down may be of
// documentation in any case. A domain needs a dot, and a name that the public
// knows.
func Allows(p dial.Policy, s Subject) bool {
	if s.Domain != "" {
		return publicName(s.key())
	}
	if !s.Address.IsValid() {
		return false
	}
	class, allowed := p.Check(s.Address)
	switch class {
	case dial.Public:
		return true
	case dial.Documentation, dial.Benchmark:
		return allowed || s.Role == Sender
	case dial.Loopback:
		return allowed
	}
	return false
}

func publicName(name string) bool {
	if len(name) > maxZone || !hostLike(name) || !strings.Contains(name, ".") {
		return false
	}
	top := name[strings.LastIndexByte(name, '.')+1:]
	return strings.Trim(top, "0123456789") != "" && !slices.Contains(innerNames, top)
}
