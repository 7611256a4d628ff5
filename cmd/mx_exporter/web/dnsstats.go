package web

import (
	"github.com/prometheus/client_golang/prometheus"

	"mx_exporter/probe/dnsq"
)

// dnsCollector shows the counters of the resolvers that probes ask.
type dnsCollector struct {
	stats  func() (dnsq.ClientStats, dnsq.CacheStats)
	asked  *prometheus.Desc
	others []dnsFamily
}

type dnsFamily struct {
	desc  *prometheus.Desc
	kind  prometheus.ValueType
	value func(dnsq.ClientStats, dnsq.CacheStats) float64
}

// DNSCollector shows what stats gives as metrics of the exporter, for
// [Options].Collectors. stats sums over all resolvers that are in use; what it
// gives never gets smaller, but for the entries of the cache.
func DNSCollector(stats func() (dnsq.ClientStats, dnsq.CacheStats)) prometheus.Collector {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("mx_exporter_dns_"+name, help, labels, nil)
	}
	counts := func(name, help string, f func(dnsq.ClientStats, dnsq.CacheStats) float64) dnsFamily {
		return dnsFamily{desc(name, help), prometheus.CounterValue, f}
	}
	return &dnsCollector{
		stats: stats,
		asked: desc("questions_total", "Questions that resolvers were asked, by record type and how they ended, each once however often it was repeated.", "type", "result"),
		others: []dnsFamily{
			counts("cache_hits_total", "Questions that were answered from memory.", func(_ dnsq.ClientStats, c dnsq.CacheStats) float64 { return float64(c.Hits) }),
			counts("questions_shared_total", "Questions that waited for the same question of another probe.", func(_ dnsq.ClientStats, c dnsq.CacheStats) float64 { return float64(c.Shared) }),
			counts("queries_sent_total", "Queries sent to resolvers, with those that were repeated.", func(c dnsq.ClientStats, _ dnsq.CacheStats) float64 { return float64(c.Sent) }),
			counts("queries_repeated_total", "Queries sent because another was late or failed.", func(c dnsq.ClientStats, _ dnsq.CacheStats) float64 { return float64(c.Retries) }),
			counts("answers_truncated_total", "Answers that were asked for again over TCP because they were cut.", func(c dnsq.ClientStats, _ dnsq.CacheStats) float64 { return float64(c.Cut) }),
			counts("messages_dropped_total", "Messages that answered nothing asked: late, forged or broken.", func(c dnsq.ClientStats, _ dnsq.CacheStats) float64 { return float64(c.Dropped) }),
			counts("sockets_opened_total", "Sockets opened to resolvers.", func(c dnsq.ClientStats, _ dnsq.CacheStats) float64 { return float64(c.Sockets) }),
			{desc("cache_entries", "Answers in memory, those that are over included."), prometheus.GaugeValue, func(_ dnsq.ClientStats, c dnsq.CacheStats) float64 { return float64(c.Entries) }},
		},
	}
}

// Describe implements [prometheus.Collector].
func (d *dnsCollector) Describe(ch chan<- *prometheus.Desc) {
	ch <- d.asked
	for _, f := range d.others {
		ch <- f.desc
	}
}

// Collect implements [prometheus.Collector].
func (d *dnsCollector) Collect(ch chan<- prometheus.Metric) {
	client, cache := d.stats()
	for asked, n := range cache.Asked {
		ch <- prometheus.MustNewConstMetric(d.asked, prometheus.CounterValue, float64(n), asked.Type, string(asked.Outcome))
	}
	for _, f := range d.others {
		ch <- prometheus.MustNewConstMetric(f.desc, f.kind, f.value(client, cache))
	}
}
