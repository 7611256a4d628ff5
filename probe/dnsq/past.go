package dnsq

import (
	"context"

	"github.com/miekg/dns"
)

// Past is an [Exchanger] that asks what the cache asks, and is counted with it, but
// leaves its memory alone. It is for who remembers answers in a shorter form, and
// would only fill the memory with what nobody looks up in it.
func (c *Cache) Past() Exchanger { return past{c} }

type past struct{ c *Cache }

// Exchange implements [Exchanger].
func (p past) Exchange(ctx context.Context, q *dns.Msg) (*dns.Msg, error) { return p.c.ask(ctx, q) }

// enter counts the answer on its way back.
func (p past) enter(i inquiry) (below Exchanger, next inquiry, ok bool) {
	return p.c.x, inquiry{i.q, func(r reply) {
		p.c.tally.count(i.q, r.m, r.err)
		i.then(r)
	}}, true
}
