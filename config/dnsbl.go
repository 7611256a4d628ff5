package config

import (
	"errors"
	"io/fs"
	"maps"
	"net/netip"
	"slices"
	"strings"
)

// DNSBL is which block lists are asked, and about whom beside the servers that
// receive.
type DNSBL struct {
	Lists       []string `yaml:"lists"`        // asked about addresses; each is in [Config.BlockLists]
	DomainLists []string `yaml:"domain_lists"` // asked about names; each is in [Config.BlockLists]
	Senders     []string `yaml:"senders"`      // addresses that send, or the word spf; see [DNSBL.Addresses]
	Servers     []string `yaml:"servers"`      // resolvers for these questions; empty: those of dns; see [Module.DNSBLResolver]
	TXT         bool     `yaml:"txt"`          // ask for the list's own words about a listing, too
}

// fromSPF is the word of senders for the addresses of the domain's SPF record.
const fromSPF = "spf"

// Addresses gives the senders that are written down.
func (d DNSBL) Addresses() []netip.Addr {
	var out []netip.Addr
	for _, s := range d.Senders {
		if a, err := netip.ParseAddr(s); err == nil {
			out = append(out, a)
		}
	}
	return out
}

// named picks the lists that the module names.
func (d DNSBL) named(lists map[string]BlockList) map[string]BlockList {
	var mine map[string]BlockList
	for _, name := range slices.Concat(d.Lists, d.DomainLists) {
		if l, ok := lists[name]; ok {
			if mine == nil {
				mine = map[string]BlockList{}
			}
			mine[name] = l
		}
	}
	return mine
}

// FromSPF says whether the addresses that the domain's SPF record authorises
// are senders.
func (d DNSBL) FromSPF() bool { return slices.Contains(d.Senders, fromSPF) }

// DNSBLResolver gives whom to ask about block lists: the module's resolvers, or
// those of dnsbl.servers over UDP, as many times and for as long as the
// module's. Lists refuse public resolvers, so they often need another one.
func (m Module) DNSBLResolver() DNS {
	if len(m.DNSBL.Servers) == 0 {
		return m.DNS
	}
	return DNS{Servers: m.DNSBL.Servers, Transport: UDP, Timeout: m.DNS.Timeout, Tries: m.DNS.Tries}
}

// BlockList is one DNS block list (RFC 5782).
type BlockList struct {
	Zone      string            `yaml:"zone"`      // empty where ZoneFile has it; see [BlockList.ReadZone]
	ZoneFile  SecretFile        `yaml:"zone_file"` // a file that holds the zone, because a key is in its name
	Codes     map[string]string `yaml:"codes"`     // meanings by answers: 127.0.0.2, 127.0.0.10-127.0.0.11, 127.0.1.0/24 or 127.0.0.0&8; the narrowest counts
	IP4       bool              `yaml:"ip4"`       // has IPv4 addresses
	IP6       bool              `yaml:"ip6"`       // has IPv6 addresses
	Domains   bool              `yaml:"domains"`   // has names
	SelfTest  SelfTest          `yaml:"selftest"`
	PerSecond int               `yaml:"queries_per_second"` // over time; 0: as many as there are
	PolicyURL string            `yaml:"policy_url"`         // for people; empty: not known
	DelistURL string            `yaml:"delist_url"`         // for people; empty: not known
}

// SelfTest is how a list is tested before it is believed (RFC 5782 section 5).
type SelfTest string

// The self-tests.
const (
	SelfTestRequired SelfTest = "required" // a list without them is not believed
	SelfTestCanary   SelfTest = "canary"   // it has none; one that lists everything is not believed
	SelfTestSkip     SelfTest = "skip"     // it is believed as it is
)

// SelfTests lists the self-tests.
func SelfTests() []SelfTest { return []SelfTest{SelfTestRequired, SelfTestCanary, SelfTestSkip} }

// UnmarshalText takes one of [SelfTests].
func (s *SelfTest) UnmarshalText(b []byte) error { return word(s, b, SelfTests()) }

func (SelfTest) words() []string { return texts(SelfTests()) }

// ErrNoZone is the fault of a zone_file that holds something else. What it holds
// is not repeated.
var ErrNoZone = errors.New("does not hold the name of a zone")

// ReadZone gives the zone in lower case: the one in the configuration, or what
// its file holds now, so that a new key needs no reload. It is a [Secret] either
// way, and must stand in no label, log or error where ZoneFile is not empty. The
// error names the file and never its content.
func (l BlockList) ReadZone() (Secret, error) {
	if l.ZoneFile == "" {
		return NewSecret(strings.ToLower(l.Zone)), nil
	}
	s, err := l.ZoneFile.Read()
	if err != nil {
		return s, err
	}
	zone := strings.ToLower(strings.TrimSuffix(strings.TrimSpace(s.Reveal()), "."))
	if checkZoneName(zone) != nil {
		return Secret{}, &fs.PathError{Op: "read", Path: string(l.ZoneFile), Err: ErrNoZone}
	}
	return NewSecret(zone), nil
}

func (l BlockList) clone() BlockList {
	l.Codes = maps.Clone(l.Codes)
	return l
}

func defaultBlockList() BlockList { return BlockList{IP4: true, SelfTest: SelfTestRequired} }

// setDefaults begins with the shipped list of that name, so that a file which
// has a key for it need not repeat its codes. A list of names has no addresses
// unless it says so: to ask it about one is an error of its own at some lists.
func (l *BlockList) setDefaults(e named) {
	shipped, ok := e.lists[e.name]
	if !ok {
		*l = defaultBlockList()
		l.IP4 = e.said("domains") != "true"
		return
	}
	*l = shipped.clone()
	if e.said("zone_file") != "" {
		l.Zone = ""
	}
	if e.said("zone") != "" {
		l.ZoneFile = ""
	}
}
