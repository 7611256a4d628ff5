package dnsq

import (
	"strconv"
	"strings"
	"time"

	"github.com/miekg/dns"
)

const (
	ednsSize = 1232 // bytes over UDP without fragments (DNS Flag Day 2020)
	maxEDE   = 256  // bytes kept of a resolver's own words
	maxTTL   = 1<<31 - 1
)

// question makes a query as this package sends them: recursion desired, EDNS,
// and the AD bit, which asks a validating resolver for its verdict without the
// signatures (RFC 6840 section 5.7).
func question(name string, qtype uint16) *dns.Msg {
	q := new(dns.Msg)
	q.RecursionDesired = true
	q.AuthenticatedData = true
	q.Question = []dns.Question{{Name: name, Qtype: qtype, Qclass: dns.ClassINET}}
	return q.SetEdns0(ednsSize, false)
}

// normal gives the absolute form of a name, in lower case and with one spelling
// for each byte, so that names compare as strings.
func normal(name string) (string, bool) {
	if name == "" {
		return "", false
	}
	if _, ok := dns.IsDomainName(name); !ok {
		return "", false
	}
	name = dns.CanonicalName(name)
	if !strings.ContainsFunc(name, unusual) {
		return name, true
	}
	wire := make([]byte, 256)
	if _, err := dns.PackDomainName(name, wire, 0, nil, false); err != nil {
		return "", false
	}
	name, _, err := dns.UnpackDomainName(wire, 0)
	return dns.CanonicalName(name), err == nil
}

// unusual reports whether a character may have more than one spelling.
func unusual(c rune) bool {
	return (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' && c != '.'
}

// ttlOf is a record's time to live. One with the top bit set counts as zero
// (RFC 2181 section 8).
func ttlOf(rr dns.RR) time.Duration {
	ttl := rr.Header().Ttl
	if ttl > maxTTL {
		return 0
	}
	return time.Duration(ttl) * time.Second
}

// denialTTL is how long a denial with this SOA holds (RFC 2308 section 5).
func denialTTL(soa *dns.SOA) time.Duration {
	return min(ttlOf(soa), time.Duration(soa.Minttl)*time.Second)
}

// extended gives the first extended error of a response (RFC 8914) as text of
// bounded length.
func extended(m *dns.Msg) string {
	opt := m.IsEdns0()
	if opt == nil {
		return ""
	}
	for _, o := range opt.Option {
		e, ok := o.(*dns.EDNS0_EDE)
		if !ok {
			continue
		}
		s := dns.ExtendedErrorCodeToString[e.InfoCode]
		if s == "" {
			s = "extended error " + strconv.Itoa(int(e.InfoCode))
		}
		if e.ExtraText != "" {
			s += ": " + e.ExtraText
		}
		return s[:min(len(s), maxEDE)]
	}
	return ""
}
