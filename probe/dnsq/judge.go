package dnsq

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/miekg/dns"

	"mx_exporter/probe/fact"
)

// take judges a result. It gives a response that ends the race, or sends what
// has to follow.
func (r *race) take(ctx context.Context, res result) (m *dns.Msg, done bool) {
	t := res.try
	if res.err != nil {
		r.failed(ctx, t, res.err)
		return nil, false
	}
	m, err := unpack(res.raw, r.q)
	switch {
	case err == nil && m.Truncated && !t.cut && r.c.o.Transport == UDP:
		r.retryCut(ctx, t)
		return nil, false
	case err == nil && m.Truncated:
		r.settle(t, fact.DNSTruncated, fmt.Errorf("%v: cut over TCP as well", t.to.server))
	case err != nil:
		r.settle(t, fact.DNSMalformed, fmt.Errorf("%v: %w", t.to.server, err))
	case m.Rcode == dns.RcodeSuccess || m.Rcode == dns.RcodeNameError:
		t.to.markWell()
		m.AuthenticatedData = m.AuthenticatedData && t.to.trusted
		return m, true
	case r.dislikesEDNS(m):
		r.settle(t, "", nil)
		r.withoutEDNS(ctx, t.to)
		return nil, false
	default:
		m.AuthenticatedData = false
		r.settle(t, "", nil)
		if r.refusal == nil || r.refusal.Rcode != dns.RcodeServerFailure {
			r.refusal = m // SERVFAIL may be about the name, other codes are about us
		}
	}
	r.another(ctx)
	return nil, false
}

// failed judges a query that has no response.
func (r *race) failed(ctx context.Context, t *try, err error) {
	reason := transportReason(err)
	if errors.Is(err, errBusy) {
		reason = fact.LocalOverload
	}
	if t.cut && reason != fact.LocalFD {
		reason = fact.DNSTruncated
	}
	r.settle(t, reason, fmt.Errorf("%v: %w", t.to.server, err))
	if reason != fact.LocalResolver {
		r.another(ctx)
		return
	}
	// A resolver that is not there takes no time, so it takes no try either.
	t.to.markSick()
	r.spent--
	r.wait()
	r.another(ctx)
}

// another asks a resolver that has not been asked so far. The same one would
// only say the same again.
func (r *race) another(ctx context.Context) {
	if r.next < len(r.servers) && r.more() {
		r.c.stats.retries.Add(1)
		r.ask(ctx)
	}
}

// settle closes a try. An empty reason is no news.
func (r *race) settle(t *try, reason fact.Reason, err error) {
	t.stop()
	r.open = slices.DeleteFunc(r.open, func(o *try) bool { return o == t })
	if reason != "" {
		r.note(reason, err)
	}
}

// retryCut asks for a cut answer over TCP (RFC 7766 section 5). The resolver is
// there, so no other is asked before that has ended.
func (r *race) retryCut(ctx context.Context, t *try) {
	r.c.stats.cut.Add(1)
	t.cut, r.cut = true, true
	r.wait()
	r.stream(ctx, t)
}

// dislikesEDNS reports whether a response may come from a resolver of the time
// before EDNS (RFC 6891 section 7).
func (r *race) dislikesEDNS(m *dns.Msg) bool {
	old := m.Rcode == dns.RcodeFormatError || m.Rcode == dns.RcodeNotImplemented
	return old && m.IsEdns0() == nil && !r.plain && r.q.IsEdns0() != nil
}

// withoutEDNS asks the same resolver in the words of its time.
func (r *race) withoutEDNS(ctx context.Context, to *upstream) {
	q := r.q.Copy()
	q.Extra = slices.DeleteFunc(q.Extra, func(rr dns.RR) bool { return rr.Header().Rrtype == dns.TypeOPT })
	w, err := pack(q, false)
	if err != nil {
		return
	}
	r.w, r.plain = w, true
	r.spent--
	r.start(ctx, to)
}
