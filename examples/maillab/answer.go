package maillab

import (
	"strings"

	"github.com/miekg/dns"
)

// maxAliases bounds how far the lab follows a chain of aliases.
const maxAliases = 20

// answer resolves the question of q, without its faults.
func (z *Zones) answer(q *dns.Msg) *dns.Msg {
	m := new(dns.Msg)
	m.SetReply(q)
	m.RecursionAvailable = true
	if rcode := refusal(q); rcode != dns.RcodeSuccess {
		m.Rcode = rcode
		return m
	}
	z.mu.Lock()
	defer z.mu.Unlock()
	signed := z.follow(m, q.Question[0])
	opt := q.IsEdns0()
	if opt != nil {
		m.SetEdns0(1232, opt.Do())
	}
	m.AuthenticatedData = signed && (q.AuthenticatedData || opt != nil && opt.Do())
	return m
}

// refusal is what a resolver says to a question it does not take.
func refusal(q *dns.Msg) int {
	switch {
	case q.Opcode != dns.OpcodeQuery:
		return dns.RcodeNotImplemented
	case len(q.Question) != 1:
		return dns.RcodeFormatError
	case q.Question[0].Qclass != dns.ClassINET, !q.RecursionDesired:
		return dns.RcodeRefused
	}
	return dns.RcodeSuccess
}

// follow puts the answer to a question into m, over aliases, and reports whether
// every zone on the way is signed. A loop ends where it closes, as BIND has it:
// the chain stands in the answer, and nothing at its end.
func (z *Zones) follow(m *dns.Msg, q dns.Question) (signed bool) {
	signed = true
	seen := map[string]bool{}
	name := q.Name
	for range maxAliases {
		if seen[dns.CanonicalName(name)] {
			return signed
		}
		seen[dns.CanonicalName(name)] = true
		zo := z.zoneOf(name)
		signed = signed && zo.signed
		rrs, exists := zo.lookup(name)
		if !exists {
			m.Rcode = dns.RcodeNameError
			m.Ns = append(m.Ns, zo.denial())
			return signed
		}
		found := ofType(rrs, q.Qtype)
		if len(found) == 0 && q.Qtype != dns.TypeCNAME {
			if alias := ofType(rrs, dns.TypeCNAME); len(alias) > 0 {
				m.Answer = append(m.Answer, alias[0])
				name = alias[0].(*dns.CNAME).Target
				continue
			}
		}
		m.Answer = append(m.Answer, found...)
		if len(found) == 0 {
			m.Ns = append(m.Ns, zo.denial())
		}
		return signed
	}
	return signed
}

// zoneOf gives the zone closest to name; the root holds all names.
func (z *Zones) zoneOf(name string) *zone {
	name = dns.CanonicalName(name)
	for i, end := 0, false; !end; i, end = dns.NextLabel(name, i) {
		if zo := z.zones[name[i:]]; zo != nil {
			return zo
		}
	}
	return z.zones["."]
}

// lookup gives the records of name, of whatever type, and whether it exists.
// Names that do not exist are made from the wildcard below their closest
// encloser (RFC 4592 section 3.3.1).
func (zo *zone) lookup(name string) ([]dns.RR, bool) {
	canon := dns.CanonicalName(name)
	if rrs, ok := zo.names[canon]; ok {
		return rrs, true
	}
	for i, end := dns.NextLabel(canon, 0); !end; i, end = dns.NextLabel(canon, i) {
		encloser := canon[i:]
		if _, ok := zo.names[encloser]; !ok {
			continue
		}
		wild, ok := zo.names["*."+strings.TrimPrefix(encloser, ".")]
		return renamed(wild, name), ok
	}
	return nil, false
}

func renamed(rrs []dns.RR, owner string) []dns.RR {
	out := make([]dns.RR, len(rrs))
	for i, rr := range rrs {
		out[i] = dns.Copy(rr)
		out[i].Header().Name = owner
	}
	return out
}

func ofType(rrs []dns.RR, t uint16) []dns.RR {
	var out []dns.RR
	for _, rr := range rrs {
		if rr.Header().Rrtype == t {
			out = append(out, dns.Copy(rr))
		}
	}
	return out
}

// denial is the SOA with the time for which a denial may be kept (RFC 2308
// section 3).
func (zo *zone) denial() dns.RR {
	soa := dns.Copy(zo.soa).(*dns.SOA)
	soa.Hdr.Ttl = min(soa.Hdr.Ttl, soa.Minttl)
	return soa
}
