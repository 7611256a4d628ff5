package dnsqtest

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// maxChain is how many aliases are followed inside one answer.
const maxChain = 16

// fault is what happens to one answer.
type fault struct {
	drop  bool
	delay time.Duration
	err   error
	noise []Noise
}

// reply makes the response to a question and says what is to happen to it.
func (z *Zones) reply(q *dns.Msg) (*dns.Msg, fault) {
	z.mu.Lock()
	defer z.mu.Unlock()
	m := new(dns.Msg).SetReply(q)
	m.RecursionAvailable = true
	if len(q.Question) != 1 {
		m.Rcode = dns.RcodeFormatError
		return m, fault{}
	}
	z.check()
	name, qtype := dns.CanonicalName(q.Question[0].Name), q.Question[0].Qtype
	key := name + " " + dns.Type(qtype).String()
	z.counts[key]++
	opt := q.IsEdns0()
	if opt != nil && z.NoEDNS {
		m.Rcode = dns.RcodeFormatError
		return m, fault{}
	}
	if opt != nil {
		m.SetEdns0(4096, opt.Do())
	}
	f := fault{drop: of(z.Drop, name, key), delay: of(z.Delay, name, key), err: of(z.Err, name, key), noise: of(z.Noise, name, key)}
	if code, ok := lookup(z.EDE, name, key); ok && opt != nil {
		answered := m.IsEdns0()
		answered.Option = append(answered.Option, &dns.EDNS0_EDE{InfoCode: code})
	}
	if rcode := of(z.Rcode, name, key); rcode != dns.RcodeSuccess {
		m.Rcode = rcode
		return m, f
	}
	z.fill(m, name, qtype)
	wanted := q.AuthenticatedData || (opt != nil && opt.Do())
	ad, set := lookup(z.AD, name, key)
	m.AuthenticatedData = wanted && (ad || (!set && z.Authentic))
	return m, f
}

// fill puts the records of a name, or their denial, into a response.
func (z *Zones) fill(m *dns.Msg, name string, qtype uint16) {
	for range maxChain {
		node, ok := z.node(name)
		if !ok {
			m.Rcode = dns.RcodeNameError
			m.Ns = append(m.Ns, z.soa(name))
			return
		}
		found, alias := pick(node, name, qtype)
		m.Answer = append(m.Answer, found...)
		switch {
		case alias == nil && len(found) == 0:
			m.Ns = append(m.Ns, z.soa(name))
			return
		case alias == nil || z.NoChase || seen(m, alias.Target):
			return
		}
		name = dns.CanonicalName(alias.Target)
	}
}

// node finds the records that a name owns, itself or by a wildcard of its
// closest encloser (RFC 4592 section 3.3.1), and reports whether it exists.
func (z *Zones) node(name string) ([]dns.RR, bool) {
	if z.exists[name] {
		return z.records[name], true
	}
	for off, end := dns.NextLabel(name, 0); ; off, end = dns.NextLabel(name, off) {
		above := "."
		if !end {
			above = name[off:]
		}
		if z.exists[above] {
			wild := "*." + strings.TrimPrefix(above, ".")
			return z.records[wild], z.exists[wild]
		}
	}
}

// pick copies the records of one type with name as their owner. Where there are
// none but an alias, it gives the alias, also as the only record.
func pick(node []dns.RR, name string, qtype uint16) (found []dns.RR, alias *dns.CNAME) {
	for _, rr := range node {
		t := rr.Header().Rrtype
		if t != qtype && t != dns.TypeCNAME && qtype != dns.TypeANY {
			continue
		}
		own := dns.Copy(rr)
		own.Header().Name = name
		found = append(found, own)
		if c, ok := own.(*dns.CNAME); ok && qtype != dns.TypeCNAME && qtype != dns.TypeANY {
			alias = c
		}
	}
	return found, alias
}

// seen reports whether an answer already tells of this name.
func seen(m *dns.Msg, name string) bool {
	for _, rr := range m.Answer {
		if strings.EqualFold(rr.Header().Name, name) {
			return true
		}
	}
	return false
}

// soa gives the SOA record of the zone that a name is in.
func (z *Zones) soa(name string) dns.RR {
	for off, end := 0, false; ; off, end = dns.NextLabel(name, off) {
		apex := name[off:]
		if end {
			apex = "."
		}
		for _, rr := range z.records[apex] {
			if rr.Header().Rrtype == dns.TypeSOA {
				return dns.Copy(rr)
			}
		}
		if end {
			break
		}
	}
	return &dns.SOA{
		Hdr: dns.RR_Header{Name: ".", Rrtype: dns.TypeSOA, Class: dns.ClassINET, Ttl: 60},
		Ns:  "ns.test.", Mbox: "hostmaster.test.", Serial: 1, Refresh: 3600, Retry: 600, Expire: 86400, Minttl: 60,
	}
}

// check fails the test for a fault whose key can never match.
func (z *Zones) check() {
	if z.checked {
		return
	}
	z.checked = true
	for _, k := range slices.Concat(
		keys(z.Rcode), keys(z.Err), keys(z.Drop), keys(z.Delay), keys(z.AD), keys(z.Noise), keys(z.EDE),
	) {
		name, qtype, _ := strings.Cut(k, " ")
		if _, known := dns.StringToType[qtype]; name != dns.CanonicalName(name) || (qtype != "*" && !known) {
			z.t.Errorf("dnsqtest: fault %q: want a name in lower case with a final dot, and a type or *, such as %q", k, "example.test. MX")
		}
	}
}

func keys[V any](m map[string]V) []string { return slices.Collect(maps.Keys(m)) }

// of gives the fault of a question, or the zero value.
func of[V any](faults map[string]V, name, key string) V {
	v, _ := lookup(faults, name, key)
	return v
}

// lookup finds the fault of a question, or of all questions about its name.
func lookup[V any](faults map[string]V, name, key string) (V, bool) {
	if v, ok := faults[key]; ok {
		return v, true
	}
	v, ok := faults[name+" *"]
	return v, ok
}
