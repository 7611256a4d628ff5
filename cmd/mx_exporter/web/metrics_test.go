package web

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"mx_exporter/probe/dnsq"
)

func TestOwnMetricsAreClean(t *testing.T) {
	h := newHandler(t, well)
	ask(h, "GET", "/probe?target=example.org")
	problems, err := promlint.New(ask(h, "GET", "/metrics").Body).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		if strings.HasPrefix(p.Metric, "mx_") {
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
	}
}

func TestEveryOutcomeAndRefusalIsThereFromTheStart(t *testing.T) {
	h := newHandler(t, well)
	for _, module := range []string{"mx", "smtp"} {
		for _, o := range []string{"satisfactory", "impaired", "compromised", "unknown", "overload", "cancelled", "not_started", "stuck", "panic"} {
			wantMetric(t, h, `mx_exporter_probes_total{module="`+module+`",outcome="`+o+`"} 0`)
		}
	}
	for _, l := range []string{
		`mx_exporter_requests_rejected_total{code="503",reason="queue_full"} 0`, "mx_exporter_panics_total 0", "mx_exporter_probe_slots 200",
		"mx_exporter_module_unknown_total 0", "mx_exporter_probes_shared_total 0", `mx_exporter_probe_duration_seconds_count{module="mx"} 0`,
	} {
		wantMetric(t, h, l)
	}
	if !strings.Contains(ask(h, "GET", "/metrics").Body.String(), "mx_exporter_build_info{") {
		t.Error("no build information")
	}
}

// X11: a million targets are not a million series.
func TestOwnMetricsNameNoTarget(t *testing.T) {
	h := newHandler(t, well)
	ask(h, "GET", "/probe?target=example.org")
	if strings.Contains(ask(h, "GET", "/metrics").Body.String(), "example.org") {
		t.Error("the target is a label")
	}
}

func TestFurtherCollectorsAreShownAndClashesAreErrors(t *testing.T) {
	extra := prometheus.NewCounter(prometheus.CounterOpts{Name: "mx_exporter_extra_total", Help: "Extra."})
	h := newHandler(t, well, func(o *Options) { o.Collectors = []prometheus.Collector{extra} })
	wantMetric(t, h, "mx_exporter_extra_total 0")
	clash := prometheus.NewCounter(prometheus.CounterOpts{Name: "mx_exporter_panics_total", Help: "Other."})
	s := &fixedStore{}
	s.now.Store(modules())
	if _, err := New(Options{Prober: ProberFunc(well), Config: s, Collectors: []prometheus.Collector{clash}}); err == nil {
		t.Error("two families of one name are taken")
	}
}

func TestTheDefaultRegistryIsNotUsed(t *testing.T) {
	ask(newHandler(t, well), "GET", "/probe?target=example.org")
	w := httptest.NewRecorder()
	promhttp.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if strings.Contains(w.Body.String(), "mx_") {
		t.Error("families of ours are in the default registry")
	}
}

func TestDNSCountersAreShown(t *testing.T) {
	stats := func() (dnsq.ClientStats, dnsq.CacheStats) {
		return dnsq.ClientStats{Sent: 12, Retries: 2, Cut: 1, Dropped: 3, Sockets: 4},
			dnsq.CacheStats{Hits: 5, Shared: 6, Entries: 7, Asked: map[dnsq.Asked]uint64{{Type: "MX", Outcome: dnsq.Answered}: 8}}
	}
	h := newHandler(t, well, func(o *Options) { o.Collectors = []prometheus.Collector{DNSCollector(stats)} })
	for _, l := range []string{
		`mx_exporter_dns_questions_total{result="answered",type="MX"} 8`, "mx_exporter_dns_queries_sent_total 12", "mx_exporter_dns_queries_repeated_total 2",
		"mx_exporter_dns_answers_truncated_total 1", "mx_exporter_dns_messages_dropped_total 3", "mx_exporter_dns_sockets_opened_total 4",
		"mx_exporter_dns_cache_hits_total 5", "mx_exporter_dns_questions_shared_total 6", "mx_exporter_dns_cache_entries 7",
	} {
		wantMetric(t, h, l)
	}
}
