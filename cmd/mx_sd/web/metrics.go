package web

import (
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"mx_exporter/cmd/mx_sd/discovery"
	"mx_exporter/probe/crawl"
)

// metrics tells how the refreshes go. Labels are names of the configuration and
// closed lists; no address and no domain that was found is one (W6).
type metrics struct {
	d        *discovery.Discovery
	families map[string]*prometheus.Desc
}

// Metrics makes what a handler shows of a discovery on /metrics.
func Metrics(d *discovery.Discovery) prometheus.Collector { return newMetrics(d) }

func newMetrics(d *discovery.Discovery) *metrics {
	m := &metrics{d: d, families: map[string]*prometheus.Desc{}}
	of := func(labels []string, help map[string]string) {
		for name, text := range help {
			m.families[name] = prometheus.NewDesc(name, text, labels, nil)
		}
	}
	of([]string{"kind", "name"}, map[string]string{
		"mx_sd_refresh_successful":             "Whether the last refresh succeeded.",
		"mx_sd_refresh_duration_seconds":       "How long the last refresh took.",
		"mx_sd_refreshes_total":                "Refreshes.",
		"mx_sd_refresh_failures_total":         "Refreshes that failed; what was found before them stays.",
		"mx_sd_last_success_timestamp_seconds": "When the result that is served was found, as Unix time; absent while there is none.",
		"mx_sd_refresh_interval_seconds":       "How much time the configuration lets pass between two refreshes.",
		"mx_sd_result_age_seconds":             "How old the result that is served is; absent while there is none.",
	})
	of([]string{"site"}, map[string]string{
		"mx_crawl_pages":                "Pages and PDFs that were read.",
		"mx_crawl_pages_unread":         "Pages and PDFs that were asked for and not read.",
		"mx_crawl_bytes":                "Bytes that were read, decompressed.",
		"mx_crawl_truncated":            "Whether a limit left something out.",
		"mx_crawl_domains":              "Domains of the addresses on the site.",
		"mx_crawl_addresses_missing":    "Addresses that expect_addresses names and that do not stand on the site.",
		"mx_crawl_addresses_unexpected": "Addresses that stand on the site and that expect_addresses does not name.",
		"mx_pdf_parse_errors":           "PDFs that could not be read.",
	})
	of([]string{"site", "state"}, map[string]string{"mx_crawl_addresses": "Distinct addresses on the site, valid or broken."})
	of([]string{"site", "limit"}, map[string]string{"mx_crawl_limit_reached": "1 for each limit that the crawl reached."})
	of([]string{"set"}, map[string]string{
		"mx_sd_domains":        "Domains of the set.",
		"mx_sd_domains_failed": "Domains that could not be looked up for a reason that says nothing of them; their servers stay.",
		"mx_sd_servers":        "Mail servers of the set, each once.",
	})
	return m
}

// Describe implements [prometheus.Collector].
func (m *metrics) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range m.families {
		ch <- d
	}
}

// Collect implements [prometheus.Collector].
func (m *metrics) Collect(ch chan<- prometheus.Metric) {
	put := func(kind prometheus.ValueType, name string, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(m.families[name], kind, v, labels...)
	}
	gauge := func(name string, v float64, labels ...string) { put(prometheus.GaugeValue, name, v, labels...) }
	for _, s := range m.d.States() {
		labels := []string{string(s.Kind), s.Name}
		gauge("mx_sd_refresh_interval_seconds", s.Interval.Seconds(), labels...)
		put(prometheus.CounterValue, "mx_sd_refreshes_total", float64(s.Refreshes), labels...)
		put(prometheus.CounterValue, "mx_sd_refresh_failures_total", float64(s.Failures), labels...)
		if s.Refreshes > 0 {
			gauge("mx_sd_refresh_successful", truth(s.Err == nil), labels...)
			gauge("mx_sd_refresh_duration_seconds", s.Took.Seconds(), labels...)
		}
		if !s.Last.IsZero() {
			gauge("mx_sd_last_success_timestamp_seconds", float64(s.Last.UnixMilli())/1000, labels...)
			gauge("mx_sd_result_age_seconds", time.Since(s.Last).Seconds(), labels...)
		}
		switch s.Kind {
		case discovery.Site:
			m.site(s.Name, gauge)
		case discovery.Domains:
			m.set(s.Name, gauge)
		}
	}
}

type gaugeFunc func(name string, v float64, labels ...string)

func (m *metrics) set(name string, gauge gaugeFunc) {
	r := m.d.Domains(name)
	if r == nil {
		return
	}
	gauge("mx_sd_domains", float64(len(r.Domains)), name)
	gauge("mx_sd_domains_failed", float64(r.Failed()), name)
	gauge("mx_sd_servers", float64(len(r.Servers)), name)
}

func (m *metrics) site(name string, gauge gaugeFunc) {
	r, c := m.d.Site(name)
	if r == nil {
		return
	}
	read, unread, pdfs := 0, 0, 0
	for _, p := range r.Pages {
		switch {
		case p.Reason == "":
			read++
		case p.Reason != crawl.Duplicate:
			unread++
		}
		if p.Kind == crawl.PDF && p.Reason != "" {
			pdfs++
		}
	}
	gauge("mx_crawl_pages", float64(read), name)
	gauge("mx_crawl_pages_unread", float64(unread), name)
	gauge("mx_pdf_parse_errors", float64(pdfs), name)
	gauge("mx_crawl_bytes", float64(r.Bytes), name)
	gauge("mx_crawl_truncated", truth(len(r.Limited) > 0), name)
	gauge("mx_crawl_domains", float64(len(r.Domains)), name)
	for _, l := range r.Limited {
		gauge("mx_crawl_limit_reached", 1, name, string(l))
	}
	addressGauges(name, r, c.ExpectAddresses, gauge)
}

// addressGauges counts addresses and compares them with those that are expected.
func addressGauges(name string, r *crawl.Result, expected []string, gauge gaugeFunc) {
	expect := map[string]bool{}
	for _, a := range expected {
		local, domain, _ := strings.Cut(a, "@")
		expect[local+"@"+strings.ToLower(domain)] = true
	}
	valid, broken, met := 0, 0, 0
	for _, a := range r.Addresses {
		switch {
		case a.Fault != nil:
			broken++
		case expect[a.Address]:
			met++
			valid++
		default:
			valid++
		}
	}
	gauge("mx_crawl_addresses", float64(valid), name, "valid")
	gauge("mx_crawl_addresses", float64(broken), name, "broken")
	if len(expect) > 0 {
		gauge("mx_crawl_addresses_missing", float64(len(expect)-met), name)
		gauge("mx_crawl_addresses_unexpected", float64(valid-met), name)
	}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
