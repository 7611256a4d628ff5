// Package dnsqtest answers DNS questions from zones written as text, as strictly
// as a resolver does: NXDOMAIN apart from NODATA, both with the SOA of the zone,
// empty non-terminals (RFC 8020), wildcards (RFC 4592), aliases followed, names
// compared without case. Faults are named per question.
//
//	z := dnsqtest.New(t, `
//	example.test.      60 IN MX 10 mx1.example.test.
//	mx1.example.test.  60 IN A  192.0.2.1
//	`)
//	z.Rcode["broken.test. MX"] = dns.RcodeServerFailure
//
// A [Zones] is an exchanger as package dnsq wants one, and [Zones.Serve] puts it
// on real sockets of the loopback interface. The zone parser is the one of
// miekg/dns, which the client uses as well: what is tested with it is the
// program's conduct, not the wire format.
package dnsqtest

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// dropTime is how long a dropped question takes where its context says nothing
// shorter: two tries of two seconds, as a client would wait.
const dropTime = 4 * time.Second

// Zones is a set of zones. The maps are keyed by "name. TYPE" or "name. *", the
// name in lower case; they are filled before the first question, or later inside
// [Zones.Change].
type Zones struct {
	Rcode     map[string]int           // answered with this code and nothing else
	Err       map[string]error         // the exchange itself fails; on a socket, like Drop
	Drop      map[string]bool          // never answered
	Delay     map[string]time.Duration // answered this late
	Authentic bool                     // AD bit of every answer to a question that asks for it
	AD        map[string]bool          // AD bit of single questions, over Authentic
	NoChase   bool                     // an answer holds the first alias only
	NoEDNS    bool                     // FORMERR for a question with EDNS, as before RFC 2671
	Noise     map[string][]Noise       // on sockets: what comes in place of, or before, the answer
	EDE       map[string]uint16        // extended error of the answer (RFC 8914)

	t       testing.TB
	mu      sync.Mutex
	checked bool                // the keys of the faults
	records map[string][]dns.RR // by lower-case owner
	exists  map[string]bool     // owners and the names above them
	counts  map[string]int
}

// New reads zones in master-file format (RFC 1035 section 5). Owners are
// absolute. A record without a TTL has that of the record before, the first one
// 300 s. A zone without a SOA record is denied by one of the root with a minimum
// of 60 s. A mistake in the text
// fails the test.
func New(t testing.TB, zone string) *Zones {
	t.Helper()
	z := &Zones{
		Rcode: map[string]int{}, Err: map[string]error{}, Drop: map[string]bool{},
		Delay: map[string]time.Duration{}, AD: map[string]bool{}, Noise: map[string][]Noise{}, EDE: map[string]uint16{},
		t: t, records: map[string][]dns.RR{}, exists: map[string]bool{".": true}, counts: map[string]int{},
	}
	p := dns.NewZoneParser(strings.NewReader(zone), ".", "")
	p.SetDefaultTTL(300)
	for rr, ok := p.Next(); ok; rr, ok = p.Next() {
		z.add(rr)
	}
	if err := p.Err(); err != nil {
		t.Fatalf("dnsqtest: %v", err)
	}
	return z
}

// add files a record under its owner.
func (z *Zones) add(rr dns.RR) {
	name := dns.CanonicalName(rr.Header().Name)
	z.records[name] = append(z.records[name], rr)
	for off, end := 0, false; !end; off, end = dns.NextLabel(name, off) {
		z.exists[name[off:]] = true
	}
}

// Change calls f while no question is being answered, so that a test may change
// zones and faults that are in use.
func (z *Zones) Change(f func()) {
	z.mu.Lock()
	defer z.mu.Unlock()
	f()
	z.checked = false
}

// Replace puts other zones in place of those of New.
func (z *Zones) Replace(t testing.TB, zone string) {
	t.Helper()
	other := New(t, zone)
	z.Change(func() { z.records, z.exists = other.records, other.exists })
}

// Count is how often a question "name. TYPE" was asked; "name. *" counts all
// types, and "* TYPE" and "* *" all names.
func (z *Zones) Count(question string) int {
	z.mu.Lock()
	defer z.mu.Unlock()
	name, qtype, ok := strings.Cut(question, " ")
	if !ok {
		z.t.Errorf("dnsqtest: question %q: want a name and a type, such as %q", question, "example.test. MX")
	}
	n := 0
	for asked, times := range z.counts {
		a, t, _ := strings.Cut(asked, " ")
		if (name == "*" || strings.EqualFold(name, a)) && (qtype == "*" || qtype == t) {
			n += times
		}
	}
	return n
}

// Exchange answers a question as the zones and the faults have it.
func (z *Zones) Exchange(ctx context.Context, q *dns.Msg) (*dns.Msg, error) {
	m, f := z.reply(q)
	switch {
	case f.err != nil:
		return nil, f.err
	case f.drop:
		ctx, cancel := context.WithTimeout(ctx, dropTime)
		defer cancel()
		<-ctx.Done()
		return nil, ctx.Err()
	case f.delay > 0:
		return m, pause(ctx, f.delay)
	}
	return m, ctx.Err()
}

// pause waits, or gives the error of a context that ends before.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
