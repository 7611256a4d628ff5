package dnsq

import (
	"context"
	"time"

	"github.com/jellydator/ttlcache/v3"
	"github.com/miekg/dns"

	"mx_exporter/probe/fact"
)

const (
	maxPositive   = 24 * time.Hour // remembered at most
	maxNegative   = time.Hour      // a denial is remembered at most
	bytesPerEntry = 1 << 10        // allowed on average
)

// Cache is an [Exchanger] that remembers the answers of another one for their
// own time to live, and asks identical questions that are under way only once.
//
// A denial is remembered as its SOA says (RFC 2308), at most one hour; records
// at most one day. SERVFAIL, other error codes, answers that were cut, answers
// about another name, a time to live of zero and failed exchanges are not
// remembered at all. A remembered answer is handed out as a copy, its times to
// live lessened by its age.
type Cache struct {
	x       Exchanger
	answers *ttlcache.Cache[key, entry]
	flights flights
	tally   tally
}

// key tells questions apart. The header bits change what a resolver answers.
type key struct {
	name           string
	qtype, class   uint16
	rd, ad, cd, do bool
}

// entry is a remembered answer. Its message is never changed.
type entry struct {
	m      *dns.Msg
	stored time.Time
}

// NewCache remembers at most size answers of x, and of large ones fewer, so that
// they take size KiB in wire format. A size below 1 remembers none.
func NewCache(x Exchanger, size int) *Cache {
	c := &Cache{x: x}
	c.flights.under, c.tally.asked = map[key]*flight{}, map[Asked]uint64{}
	if size > 0 {
		c.answers = ttlcache.New(
			ttlcache.WithCapacity[key, entry](uint64(size)),
			ttlcache.WithMaxCost(uint64(size)*bytesPerEntry, cost),
			ttlcache.WithDisableTouchOnHit[key, entry](),
		)
	}
	return c
}

// cost is the length of a message without compression.
func cost(item ttlcache.CostItem[key, entry]) uint64 { return uint64(item.Value.m.Len()) }

// Exchange answers q, from memory if it can. When ctx ends it returns at once;
// the question goes on for others who wait for it.
func (c *Cache) Exchange(ctx context.Context, q *dns.Msg) (*dns.Msg, error) {
	k, ok := keyOf(q)
	if !ok {
		return c.ask(ctx, q)
	}
	n := noteIn(ctx)
	if !n.fresh {
		if m := c.remembered(k, q); m != nil {
			n.hit = true
			c.tally.hits.Add(1)
			return m, nil
		}
	}
	m, shared, err := c.flights.join(ctx, k, func(ctx context.Context) (*dns.Msg, error) {
		m, err := c.ask(ctx, q.Copy())
		if err == nil {
			c.remember(k, m)
		}
		return m, err
	})
	if shared {
		c.tally.shared.Add(1)
	}
	if err != nil {
		return nil, err
	}
	return forQuestion(m, q, 0), nil
}

// ask passes a question on and counts how it ended.
func (c *Cache) ask(ctx context.Context, q *dns.Msg) (*dns.Msg, error) {
	m, err := c.x.Exchange(ctx, q)
	c.tally.count(q, m, err)
	return m, err
}

// remembered gives a fresh copy of a remembered answer, or nil.
func (c *Cache) remembered(k key, q *dns.Msg) *dns.Msg {
	if c.answers == nil {
		return nil
	}
	item := c.answers.Get(k)
	if item == nil {
		return nil
	}
	e := item.Value()
	return forQuestion(e.m, q, time.Since(e.stored))
}

// remember keeps an answer for as long as it may be kept.
func (c *Cache) remember(k key, m *dns.Msg) {
	ttl := lifetime(m, k.qtype)
	if ttl <= 0 || c.answers == nil || !k.fits(m) {
		return
	}
	for _, rr := range m.Ns {
		if soa, ok := rr.(*dns.SOA); ok {
			soa.Hdr.Ttl = min(soa.Hdr.Ttl, soa.Minttl) // so that a denial ages as a whole, RFC 2308 section 5
		}
	}
	c.answers.Set(k, entry{m, time.Now()}, ttl)
}

// keyOf gives the key of a question, and false for one that is not to be
// remembered: it asks for more than its key says.
func keyOf(q *dns.Msg) (key, bool) {
	if len(q.Question) != 1 || q.Opcode != dns.OpcodeQuery {
		return key{}, false
	}
	k := key{
		name: dns.CanonicalName(q.Question[0].Name), qtype: q.Question[0].Qtype, class: q.Question[0].Qclass,
		rd: q.RecursionDesired, ad: q.AuthenticatedData, cd: q.CheckingDisabled,
	}
	if opt := q.IsEdns0(); opt != nil {
		k.do = opt.Do()
		return k, len(opt.Option) == 0
	}
	return k, true
}

// fits reports whether an answer is about the name that was asked for.
func (k key) fits(m *dns.Msg) bool {
	t := &trail{name: k.name, end: k.name, qtype: k.qtype, last: m}
	_, err := t.read()
	return ReasonOf(err) != fact.DNSMalformed
}

// lifetime is how long an answer may be remembered; zero is not at all.
func lifetime(m *dns.Msg, qtype uint16) time.Duration {
	if m.Truncated || (m.Rcode != dns.RcodeSuccess && m.Rcode != dns.RcodeNameError) {
		return 0
	}
	ttl, found := maxPositive, false
	for _, rr := range m.Answer {
		ttl = min(ttl, ttlOf(rr))
		found = found || qtype == dns.TypeANY || rr.Header().Rrtype == qtype
	}
	if found && m.Rcode == dns.RcodeSuccess {
		return ttl
	}
	for _, rr := range m.Ns {
		if soa, ok := rr.(*dns.SOA); ok {
			return min(ttl, denialTTL(soa), maxNegative)
		}
	}
	return 0 // RFC 2308 section 5: a denial without SOA is not to be cached
}

// forQuestion copies an answer for one asker, with what is left of its times to
// live.
func forQuestion(m, q *dns.Msg, age time.Duration) *dns.Msg {
	m = m.Copy()
	m.Id = q.Id
	m.Question = append(m.Question[:0], q.Question...)
	old := uint32(age / time.Second)
	if old == 0 {
		return m
	}
	for _, section := range [][]dns.RR{m.Answer, m.Ns, m.Extra} {
		for _, rr := range section {
			if h := rr.Header(); h.Rrtype != dns.TypeOPT { // its TTL field holds flags
				h.Ttl -= min(h.Ttl, old)
			}
		}
	}
	return m
}
