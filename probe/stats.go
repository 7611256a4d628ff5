package probe

import "mx_exporter/probe/dnsq"

// DNSStats sums what the resolvers in use have been asked since they came into
// use.
func (e *Env) DNSStats() (dnsq.ClientStats, dnsq.CacheStats) {
	var c dnsq.ClientStats
	h := dnsq.CacheStats{Asked: map[dnsq.Asked]uint64{}}
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, r := range e.resolvers {
		s, k := r.client.Stats(), r.cache.Stats()
		c.Sent += s.Sent
		c.Retries += s.Retries
		c.Cut += s.Cut
		c.Dropped += s.Dropped
		c.Sockets += s.Sockets
		h.Hits += k.Hits
		h.Shared += k.Shared
		h.Entries += k.Entries
		for asked, n := range k.Asked {
			h.Asked[asked] += n
		}
	}
	return c, h
}
