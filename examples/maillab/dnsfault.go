package maillab

import (
	"context"
	"time"

	"github.com/miekg/dns"
)

// Fault is what is wrong with the answer to a question. The zero value is
// nothing.
type Fault struct {
	Rcode    int           // the answer is this code and nothing else, such as dns.RcodeServerFailure
	EDE      uint16        // with Rcode: the extended error's code (RFC 8914); 0: none
	Drop     bool          // no answer ever comes
	Delay    time.Duration // the answer comes this much later
	Truncate bool          // over UDP: the TC bit and no records
	NoTCP    bool          // over TCP: the connection is closed instead of an answer
}

// SetFault makes the answers to a question go wrong; "*" as rrtype stands for
// every type, and as name for every name; *.example.test stands for all names
// below example.test. The zero Fault sets it right again.
func (z *Zones) SetFault(name, rrtype string, f Fault) {
	z.mu.Lock()
	defer z.mu.Unlock()
	key := questionKey(name, rrtype)
	if f == (Fault{}) {
		delete(z.faults, key)
		return
	}
	z.faults[key] = f
}

// asked counts the question of q and gives its fault.
func (z *Zones) asked(q *dns.Msg) Fault {
	if len(q.Question) != 1 {
		return Fault{}
	}
	name, rrtype := q.Question[0].Name, dns.TypeToString[q.Question[0].Qtype]
	z.mu.Lock()
	defer z.mu.Unlock()
	z.counts[questionKey(name, rrtype)]++
	for _, n := range patterns(name) {
		for _, t := range []string{rrtype, "*"} {
			if f, ok := z.faults[questionKey(n, t)]; ok {
				return f
			}
		}
	}
	return Fault{}
}

// patterns are the names by which a fault of name may be known, the nearest one
// first.
func patterns(name string) []string {
	all := []string{name}
	for i, end := dns.NextLabel(name, 0); !end; i, end = dns.NextLabel(name, i) {
		all = append(all, "*."+name[i:])
	}
	return append(all, "*")
}

// Exchange answers a question inside the process, with the transport left out:
// nothing is truncated, and what would be dropped hangs until ctx is done.
func (z *Zones) Exchange(ctx context.Context, q *dns.Msg) (*dns.Msg, error) {
	f := z.asked(q)
	if f.Drop {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	if err := pause(ctx, f.Delay); err != nil {
		return nil, err
	}
	return z.faulty(q, f), nil
}

// faulty is the answer to q, or the error code that stands in its place.
func (z *Zones) faulty(q *dns.Msg, f Fault) *dns.Msg {
	if f.Rcode == dns.RcodeSuccess {
		return z.answer(q)
	}
	m := new(dns.Msg)
	m.SetRcode(q, f.Rcode)
	m.RecursionAvailable = true
	if q.IsEdns0() != nil {
		m.SetEdns0(1232, false)
		if f.EDE != 0 {
			opt := m.IsEdns0()
			opt.Option = append(opt.Option, &dns.EDNS0_EDE{InfoCode: f.EDE})
		}
	}
	return m
}

// pause waits for d, or for the end of ctx.
func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
