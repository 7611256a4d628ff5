package maillab

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/miekg/dns"
)

// Zones is the lab's DNS, as a resolver shows it: whole answers, aliases
// followed, denials with the SOA. All methods may be called at the same time.
type Zones struct {
	mu     sync.Mutex
	zones  map[string]*zone // by origin, lower case, absolute
	faults map[string]Fault
	counts map[string]int
}

// zone is one origin and the records below it.
type zone struct {
	soa    *dns.SOA
	signed bool                // answers carry the AD bit
	names  map[string][]dns.RR // by owner, lower case; empty non-terminals have no records
}

// zoneTTL is the time to live of records that do not state one, in seconds, and
// deniedTTL that of a denial (RFC 2308 section 5).
const (
	zoneTTL   = 60
	deniedTTL = 30
)

// NewZones gives a DNS with a root that answers for its name servers, and
// nothing else in it.
func NewZones() (*Zones, error) {
	z := &Zones{zones: map[string]*zone{}, faults: map[string]Fault{}, counts: map[string]int{}}
	if err := z.Add(".", "@ NS ns.lab.test."); err != nil {
		return nil, err
	}
	// The root is signed, as it is in the world: by that a client sees that the
	// lab's resolver validates.
	if err := z.Sign(".", true); err != nil {
		return nil, err
	}
	if err := z.Add("test.", "@ NS ns.lab.test."); err != nil {
		return nil, err
	}
	return z, z.Add("lab.test.", `
@        A     192.0.2.53
ns       A     192.0.2.53
monitor  A     192.0.2.54
monitor  MX 10 monitor
`)
}

// Add reads text, in master-file form (RFC 1035 section 5) relative to origin,
// as a zone, or adds it to the zone there is. SOA and NS are given unless the
// text has them. $GENERATE works, $INCLUDE does not.
func (z *Zones) Add(origin, text string) error {
	origin = dns.CanonicalName(origin)
	z.mu.Lock()
	defer z.mu.Unlock()
	zo := z.zones[origin]
	if zo == nil {
		zo = &zone{soa: newSOA(origin), names: map[string][]dns.RR{}}
		z.zones[origin] = zo
		zo.add(origin, zo.soa)
		if origin != "." {
			zo.add(origin, newNS(origin))
		}
	}
	p := dns.NewZoneParser(strings.NewReader(text), origin, "")
	p.SetDefaultTTL(zoneTTL)
	for rr, ok := p.Next(); ok; rr, ok = p.Next() {
		if !dns.IsSubDomain(origin, rr.Header().Name) {
			return fmt.Errorf("zone %s: %s lies outside of it", origin, rr.Header().Name)
		}
		zo.add(origin, rr)
	}
	if err := p.Err(); err != nil {
		return fmt.Errorf("zone %s: %w", origin, err)
	}
	return nil
}

func newSOA(origin string) *dns.SOA {
	return &dns.SOA{
		Hdr: dns.RR_Header{Name: origin, Rrtype: dns.TypeSOA, Class: dns.ClassINET, Ttl: zoneTTL},
		Ns:  "ns.lab.test.", Mbox: "hostmaster.lab.test.",
		Serial: 1, Refresh: 3600, Retry: 600, Expire: 86400, Minttl: deniedTTL,
	}
}

func newNS(origin string) *dns.NS {
	return &dns.NS{
		Hdr: dns.RR_Header{Name: origin, Rrtype: dns.TypeNS, Class: dns.ClassINET, Ttl: zoneTTL},
		Ns:  "ns.lab.test.",
	}
}

// add files a record, and makes the names between it and the origin exist (RFC
// 4592 section 2.2.2: empty non-terminals).
func (zo *zone) add(origin string, rr dns.RR) {
	owner := dns.CanonicalName(rr.Header().Name)
	zo.names[owner] = append(zo.names[owner], rr)
	for i, end := dns.NextLabel(owner, 0); !end; i, end = dns.NextLabel(owner, i) {
		parent := owner[i:]
		if !dns.IsSubDomain(origin, parent) {
			return
		}
		if _, ok := zo.names[parent]; !ok {
			zo.names[parent] = nil
		}
	}
}

// Replace puts one record, given as its type and data, in place of all that name
// has of the type, as when an administrator changes it.
func (z *Zones) Replace(name, rrtype, data string) error {
	name = dns.CanonicalName(name)
	rr, err := dns.NewRR(fmt.Sprintf("%s %d IN %s %s", name, zoneTTL, rrtype, data))
	if err != nil {
		return fmt.Errorf("%s %s: %q is no record: %w", name, rrtype, data, err)
	}
	if rr == nil {
		return fmt.Errorf("%s %s: the record is empty", name, rrtype)
	}
	z.mu.Lock()
	defer z.mu.Unlock()
	zo := z.zoneOf(name)
	zo.names[name] = slices.DeleteFunc(zo.names[name], func(old dns.RR) bool {
		return old.Header().Rrtype == rr.Header().Rrtype
	})
	zo.add(zo.soa.Hdr.Name, rr)
	return nil
}

// Sign makes the answers of a zone carry the AD bit, for a client that sets AD
// or DO (RFC 6840 section 5.8), or takes the bit away.
func (z *Zones) Sign(origin string, signed bool) error {
	z.mu.Lock()
	defer z.mu.Unlock()
	zo := z.zones[dns.CanonicalName(origin)]
	if zo == nil {
		return fmt.Errorf("there is no zone %s to sign", origin)
	}
	zo.signed = signed
	return nil
}

// Queries gives how often a question was asked, such as ("good.test", "MX").
func (z *Zones) Queries(name, rrtype string) int {
	z.mu.Lock()
	defer z.mu.Unlock()
	return z.counts[questionKey(name, rrtype)]
}

func questionKey(name, rrtype string) string {
	return dns.CanonicalName(name) + " " + strings.ToUpper(rrtype)
}
