package dnsq

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/miekg/dns"

	"mx_exporter/probe/fact"
)

// Outcome is how a question ended: answered, or the reason why it was not.
type Outcome string

// Answered is the outcome of a question that has records, or an alias to them.
// All other outcomes are reasons of [Error].
const Answered Outcome = "answered"

// Outcomes lists every Outcome that [CacheStats] counts.
func Outcomes() []Outcome {
	list := []Outcome{Answered}
	for _, r := range []fact.Reason{
		fact.DNSNXDomain, fact.DNSNoData, fact.DNSServfail, fact.DNSRefused, fact.DNSTimeout, fact.DNSTruncated,
		fact.DNSMalformed, fact.LocalFD, fact.LocalNetwork, fact.LocalOverload, fact.LocalResolver, fact.LocalPanic,
	} {
		list = append(list, Outcome(r))
	}
	return list
}

// OtherType stands in [Asked] for the record types that [Lookup] does not ask
// for.
const OtherType = "other"

// Types lists every record type that [CacheStats] counts by name.
func Types() []string {
	return []string{"A", "AAAA", "MX", "TXT", "PTR", "TLSA", "CNAME", "SOA", "SRV", "NS", OtherType}
}

// Asked is a kind of question that was passed on.
type Asked struct {
	Type    string // one of [Types]
	Outcome Outcome
}

// CacheStats are counters since the cache was made.
type CacheStats struct {
	Asked   map[Asked]uint64 // questions passed on, each once however often the client repeated it
	Hits    uint64           // answers from memory
	Shared  uint64           // askers who waited for somebody else's question
	Entries int              // answers in memory, those that are over included
}

// Stats gives the counters as they are now.
func (c *Cache) Stats() CacheStats {
	s := CacheStats{Hits: c.tally.hits.Load(), Shared: c.tally.shared.Load()}
	if c.answers != nil {
		s.Entries = c.answers.Len()
	}
	c.tally.mu.Lock()
	defer c.tally.mu.Unlock()
	s.Asked = maps.Clone(c.tally.asked)
	return s
}

// tally counts what a cache does.
type tally struct {
	hits, shared atomic.Uint64
	mu           sync.Mutex
	asked        map[Asked]uint64
}

// count counts a question that was passed on.
func (t *tally) count(q, m *dns.Msg, err error) {
	name := OtherType
	if len(q.Question) == 1 {
		if s := typeName(q.Question[0].Qtype); slices.Contains(Types(), s) {
			name = s
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.asked[Asked{name, outcomeOf(m, err)}]++
}

// outcomeOf judges the end of an exchange.
func outcomeOf(m *dns.Msg, err error) Outcome {
	switch {
	case err != nil:
		return Outcome(ReasonOf(err))
	case m.Rcode != dns.RcodeSuccess:
		return Outcome(rcodeReason(m.Rcode))
	case len(m.Answer) == 0:
		return Outcome(fact.DNSNoData)
	}
	return Answered
}
