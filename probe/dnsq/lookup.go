package dnsq

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// maxRecords is how many records of one answer are kept (faults.md part 2).
const maxRecords = 100

// Exchanger sends one question and gives the response that belongs to it, with
// any response code. The error is for the case that there is none.
//
// The question is not changed. The response belongs to the caller.
type Exchanger interface {
	Exchange(ctx context.Context, q *dns.Msg) (*dns.Msg, error)
}

// Answer is what a question taught. It is filled as far as things are known also
// where the question failed.
type Answer[R dns.RR] struct {
	Name      string        // the name asked for, absolute, in lower case
	Records   []R           // at the end of the alias chain, in the answer's order, at most 100
	Total     int           // how many there were before the limit of 100
	Truncated bool          // Total is over the limit; of MX records, those of best preference were kept
	CNAMEs    []string      // the targets of the aliases passed, in order, in lower case; the last one owns Records
	Authentic bool          // the resolver vouches by DNSSEC for every part of the answer or denial (AD bit)
	TTL       time.Duration // the least along the chain; of a denial, by its SOA (RFC 2308)
	Took      time.Duration // how long the caller waited
	Cached    bool          // all of it came from a [Cache]
	Rcode     int           // of the last response
}

// Lookup asks for the records of R's type at name and follows aliases.
//
// R is one of the pointer types of A, AAAA, MX, TXT, PTR, TLSA, CNAME, SOA, SRV
// and NS; a look-up of CNAME follows nothing. The name is absolute, with or
// without its final dot, in presentation format (RFC 1035 section 5.1).
//
// The error is nil exactly when at least one record stands at the end of the
// chain, and otherwise an [*Error]. When ctx ends its reason is dns_timeout, and
// it wraps the context's error.
func Lookup[R dns.RR](ctx context.Context, x Exchanger, name string) (Answer[R], error) {
	start := time.Now()
	t := newTrail[R](name)
	err := t.follow(ctx, x)
	a := learned[R](t, err)
	a.Took = time.Since(start)
	return a, err
}

func newTrail[R dns.RR](name string) *trail {
	return &trail{qtype: typeOf[R](), name: name, authentic: true, cached: true}
}

// learned is what stands at the end of a trail that ended with err.
func learned[R dns.RR](t *trail, err error) Answer[R] {
	a := Answer[R]{
		Name: t.name, CNAMEs: t.aliases, TTL: max(t.ttl, 0), Rcode: t.rcode,
		Authentic: t.authentic && t.queries > 0, Cached: t.cached && t.queries > 0,
	}
	if err == nil {
		a.Records, a.Total = collect[R](t.last, t.end)
		a.Truncated = a.Total > len(a.Records)
	}
	return a
}

// collect gives the records of type R that owner holds in the answer section,
// and how many there were before the limit.
func collect[R dns.RR](m *dns.Msg, owner string) ([]R, int) {
	var all []R
	for _, rr := range m.Answer {
		if r, ok := rr.(R); ok && owns(rr, owner) {
			all = append(all, r)
		}
	}
	total := len(all)
	if total > maxRecords {
		// The order within an answer means nothing (RFC 1034 section 3.6), but
		// the preference does: a cut by place would lose the primary hosts.
		slices.SortStableFunc(all, byPreference[R])
		all = slices.Clone(all[:maxRecords])
	}
	return all, total
}

// byPreference orders MX records and leaves all others as they are.
func byPreference[R dns.RR](a, b R) int {
	x, ok := any(a).(*dns.MX)
	if !ok {
		return 0
	}
	return cmp.Compare(x.Preference, any(b).(*dns.MX).Preference)
}

// owns reports whether rr is an Internet record of the given name.
func owns(rr dns.RR, name string) bool {
	h := rr.Header()
	return h.Class == dns.ClassINET && strings.EqualFold(h.Name, name)
}

// typeOf gives the type code of R, and 0 for a type that this package does not
// ask for.
func typeOf[R dns.RR]() uint16 {
	var zero R
	switch any(zero).(type) {
	case *dns.A:
		return dns.TypeA
	case *dns.AAAA:
		return dns.TypeAAAA
	case *dns.MX:
		return dns.TypeMX
	case *dns.TXT:
		return dns.TypeTXT
	case *dns.PTR:
		return dns.TypePTR
	case *dns.TLSA:
		return dns.TypeTLSA
	case *dns.CNAME:
		return dns.TypeCNAME
	case *dns.SOA:
		return dns.TypeSOA
	case *dns.SRV:
		return dns.TypeSRV
	case *dns.NS:
		return dns.TypeNS
	}
	return dns.TypeNone
}
