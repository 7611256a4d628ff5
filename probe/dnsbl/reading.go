package dnsbl

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/fact"
)

const (
	minTTL     = time.Minute // an answer is fresh at least so long
	maxTTL     = time.Hour   // and kept at most so long
	maxText    = 256         // bytes of a list's own words
	maxStrings = 16          // of TXT records that are looked at
)

// reading is how a question to a list ended. It never changes.
type reading struct {
	addrs  []netip.Addr // all A records
	failed Reason       // why there is no answer, or none that counts
	detail string       // of failed; without a name in it
	text   string       // TXT, cleaned
	took   time.Duration
	at     time.Time // when it was known
	fresh  time.Time // until when it is as good as a new one
}

// read makes a reading of an answer.
func read(a dnsq.Answer[*dns.A], err error, now time.Time) *reading {
	r := &reading{took: a.Took, at: now, fresh: now.Add(min(max(a.TTL, minTTL), maxTTL))}
	for _, rr := range a.Records {
		if addr, ok := netip.AddrFromSlice(rr.A.To4()); ok {
			r.addrs = append(r.addrs, addr)
		}
	}
	switch {
	case err != nil && !dnsq.NotFound(err):
		r.failed, r.detail = failure(dnsq.ReasonOf(err))
		r.fresh = now.Add(minTTL)
	case a.Truncated:
		r.failed, r.detail = Servfail, fmt.Sprintf("the answer holds %d records, too many to look at: a refusal may be among them", a.Total)
	case err == nil && len(r.addrs) == 0:
		r.failed, r.detail = Servfail, "the answer holds an address that is none"
	}
	return r
}

// failure puts a fault of DNS into this package's words. The error itself holds
// the name asked for, and with it the zone: it goes no further.
func failure(r fact.Reason) (Reason, string) {
	switch r {
	case fact.DNSTimeout:
		return Timeout, "no answer in time"
	case fact.DNSRefused:
		return Refused, "the resolver answered REFUSED or another error code"
	case fact.DNSServfail:
		return Servfail, "the resolver answered SERVFAIL: the list's name servers may be down, or refuse the resolver"
	case fact.DNSTruncated:
		return Servfail, "the answer was cut and could not be had over TCP"
	case fact.CNAMELoop:
		return Servfail, "the answer is a chain of aliases without end"
	}
	if r.Local() {
		return Local, "the resolver could not be asked: " + string(r)
	}
	return Servfail, "the answer cannot be used"
}

// universal are answers that no list uses for a listing: the errors that
// Spamhaus publishes and others have taken over
// (https://www.spamhaus.org/faqs/dnsbl-usage/), DBL's for a question about an
// address, and 127.0.0.1, with which URIBL and SURBL refuse
// (https://uribl.com/refused.shtml) and by which RFC 5782 section 5 tells broken
// lists.
var universal = Codes{
	{From: addr("127.255.255.252"), To: addr("127.255.255.252"), Meaning: string(Typo)},
	{From: addr("127.255.255.254"), To: addr("127.255.255.254"), Meaning: string(Refused)},
	{From: addr("127.255.255.255"), To: addr("127.255.255.255"), Meaning: string(Quota)},
	{From: addr("127.0.1.255"), To: addr("127.0.1.255"), Meaning: string(Typo)},
	{From: addr("127.0.0.1"), To: addr("127.0.0.1"), Meaning: string(Refused)},
	{From: addr("127.255.255.0"), To: addr("127.255.255.255"), Meaning: string(Refused)},
}

func addr(s string) netip.Addr { return netip.MustParseAddr(s) }

// judgement is what a reading means for a list.
type judgement struct {
	verdict Verdict
	reason  Reason
	hits    []Hit
	unnamed []string // answers behind the hit Other
	detail  string
}

// judge reads all answers. One error among them is enough: a list that refuses
// us says nothing else that can be relied on.
func (l *List) judge(r *reading) judgement {
	if r.failed != "" {
		return judgement{verdict: Unknown, reason: r.failed, detail: r.detail}
	}
	var hits []Hit
	var unnamed []string
	for _, a := range r.addrs {
		if reason, detail := l.wrong(a); reason != "" {
			return judgement{verdict: Unknown, reason: reason, detail: detail}
		}
		found := l.Codes.match(a)
		if len(found) == 0 {
			found = []Hit{{Other, Other}}
			unnamed = append(unnamed, a.String())
		}
		for _, h := range found {
			if !slices.Contains(hits, h) {
				hits = append(hits, h)
			}
		}
	}
	if len(hits) == 0 {
		return judgement{verdict: NotListed}
	}
	slices.SortFunc(hits, func(a, b Hit) int { return strings.Compare(a.Code+a.Meaning, b.Code+b.Meaning) })
	slices.Sort(unnamed)
	return judgement{verdict: Listed, hits: hits, unnamed: slices.Compact(unnamed)}
}

// wrong says why an answer is not a listing; the reason is empty where it is one.
func (l *List) wrong(a netip.Addr) (Reason, string) {
	if !loopback.Contains(a) {
		return Hijack, "answered " + a.String() + ", which is outside of 127.0.0.0/8: a resolver rewrites answers, or the zone has another owner"
	}
	for _, codes := range []Codes{l.Errors, universal} {
		if found := codes.match(a); len(found) > 0 {
			return Reason(found[0].Meaning), "answered " + a.String() + ": " + plea(Reason(found[0].Meaning))
		}
	}
	return "", ""
}

// plea puts a list's refusal into words.
func plea(r Reason) string {
	switch r {
	case Quota:
		return "the list says that we ask too much"
	case Typo:
		return "the list says that its zone, or the question, is misspelt"
	}
	return "the list refuses our resolver"
}

// words makes one text of TXT records: printable, without the key of the list's
// zone, of bounded length.
func (l *List) words(records []*dns.TXT) string {
	var b strings.Builder
	for i, rr := range records {
		if i == maxStrings || b.Len() > 4*maxText {
			break
		}
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(strings.Join(rr.Txt[:min(len(rr.Txt), maxStrings)], ""))
	}
	text := clean(l.Zone.scrub(b.String()))
	if len(text) <= maxText {
		return text
	}
	return text[:maxText]
}

// clean leaves visible ASCII and single blanks. Presentation format has escaped
// the rest, as \DDD.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' {
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}
