package dnsq

import "time"

// enter answers from memory, or remembers the answer on its way back.
func (c *Cache) enter(i inquiry) (below Exchanger, next inquiry, ok bool) {
	k, cacheable := keyOf(i.q)
	if cacheable {
		if m := c.remembered(k, i.q); m != nil {
			c.tally.hits.Add(1)
			i.then(reply{m: m, hit: true})
			return nil, inquiry{}, false
		}
	}
	return c.x, inquiry{i.q, func(r reply) {
		c.tally.count(i.q, r.m, r.err)
		if r.err == nil && cacheable {
			c.remember(k, r.m)
			r.m = forQuestion(r.m, i.q, 0)
		}
		i.then(r)
	}}, true
}

// enter takes the time until the answer is back.
func (r *Recorder) enter(i inquiry) (below Exchanger, next inquiry, ok bool) {
	began := time.Now()
	return r.x, inquiry{i.q, func(a reply) {
		r.record(i.q, time.Since(began))
		i.then(a)
	}}, true
}
