//go:build real

package alerts

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"mx_exporter/cmd/mx_exporter/web"
	"mx_exporter/collector"
	"mx_exporter/config"
	"mx_exporter/examples/maillab"
	"mx_exporter/examples/maillab/labtest"
	"mx_exporter/examples/realservers/server"
	"mx_exporter/probe"
	"mx_exporter/probe/roundtrip"
)

// Addresses that the shipped files name.
const (
	exporterAddress     = "127.0.0.1:10925"
	alertmanagerAddress = "127.0.0.1:9093"
	webhookURL          = "http://127.0.0.1:9095/alerts"
)

// world is the lab with an exporter before it, as the demo has it, and the real
// programs that watch it.
type world struct {
	lab          *maillab.Lab
	webhook      *server.Webhook
	alertmanager *server.Alertmanager
	prometheus   *server.Prometheus
	started      time.Time
}

// edit changes a shipped file, given without the folder that it came from.
type edit func(t *testing.T, file string, b []byte) []byte

// watch starts everything with the shipped files, each changed by edit.
func watch(t *testing.T, exporter string, extra []string, edit edit) *world {
	t.Helper()
	w := &world{webhook: server.StartWebhook(t, "127.0.0.1:0"), started: time.Now()}
	am := replace(t, read(t, "../../alertmanager/alertmanager.yml"), webhookURL, w.webhook.URL)
	w.alertmanager = server.StartAlertmanager(t, edit(t, "alertmanager.yml", am))

	dir := server.Folder(t, "shipped")
	copied(t, "../../prometheus", dir, "rules/*.yml", edit)
	copied(t, "../../prometheus", dir, "targets/*.yml", edit)
	c := read(t, "../../prometheus/prometheus.yml")
	c = replace(t, c, exporterAddress, exporter)
	c = replace(t, c, alertmanagerAddress, w.alertmanager.Address)
	// More exporters, for what the demo does not show of itself.
	c = replace(t, c, `targets: ["`+exporter+`"]`, `targets: ["`+strings.Join(append([]string{exporter}, extra...), `", "`)+`"]`)
	// Prometheus reads rules and targets from beside its configuration.
	c = replace(t, c, "rules/*.yml", filepath.Join(dir, "rules/*.yml"))
	c = replace(t, c, "targets/*.yml", filepath.Join(dir, "targets/*.yml"))
	w.prometheus = server.StartPrometheus(t, edit(t, "prometheus.yml", c))
	return w
}

// hurried is the shipped files at another pace: minutes and hours become
// seconds, so that what comes after what stays as it is.
func hurried(t *testing.T, file string, b []byte) []byte {
	t.Helper()
	for pattern, with := range map[string]string{
		`(?m)^( +)for: \w+$`:             "${1}for: 5s",
		`(?m)^( +)keep_firing_for: \w+$`: "${1}keep_firing_for: 3s",
		`(?m)^    interval: \w+$`:        "    interval: 1s",
		`scrape_interval: 1m`:            "scrape_interval: 4s",
		`scrape_timeout: 1m`:             "scrape_timeout: 4s",
		`evaluation_interval: 10s`:       "evaluation_interval: 1s",
		`group_wait: \w+`:                "group_wait: 3s",
		`group_interval: \w+`:            "group_interval: 3s",
	} {
		b = regexp.MustCompile(pattern).ReplaceAll(b, []byte(with))
	}
	if file == "recording.yml" {
		b = replace(t, b, "offset 1h", "offset 5s") // so that there is a past to compare with
	}
	return b
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// replace changes what must be there.
func replace(t *testing.T, b []byte, old, with string) []byte {
	t.Helper()
	if !bytes.Contains(b, []byte(old)) {
		t.Fatalf("the file does not say %q any more, which the test replaces", old)
	}
	return bytes.ReplaceAll(b, []byte(old), []byte(with))
}

func copied(t *testing.T, from, to, pattern string, edit edit) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(from, pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: no files: %v", pattern, err)
	}
	folder := filepath.Join(to, filepath.Dir(pattern))
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b := edit(t, filepath.Base(f), read(t, f))
		if err := os.WriteFile(filepath.Join(folder, filepath.Base(f)), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// demo is the exporter before a lab in this process, wired as examples/demo wires
// it, so that a test can stop a server of the lab.
func demo(t *testing.T) (lab *maillab.Lab, address string) {
	t.Helper()
	lab = labtest.Start(t)
	file, err := lab.WriteConfig(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	store, err := probe.Loader().NewStore(file)
	if err != nil {
		t.Fatal(err)
	}
	env := &probe.Env{
		Dial:     lab.Net.DialContext,
		Routed:   func(netip.Addr) bool { return true },
		Hostname: "monitor.lab.test",
	}
	trips := roundtrip.New(roundtrip.Options{Env: env})
	h, err := web.New(web.Options{
		Prober: web.ProberFunc(func(ctx context.Context, target probe.Target, m config.Module) (*probe.Result, error) {
			return probe.Run(ctx, env, target, m)
		}),
		Config: store, TimeoutOffset: web.DefaultTimeoutOffset, RoundTrips: trips.Snapshot,
		Collectors: []prometheus.Collector{web.DNSCollector(env.DNSStats), collector.RoundTrips(trips.Snapshot)},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(env.Close)
	trips.Start(context.WithoutCancel(t.Context()), quick(store.Snapshot().RoundTrips))
	t.Cleanup(func() { trips.Stop(roundtrip.StopTime) })
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return lab, s.Listener.Addr().String()
}

// quick is round trips at the hurried pace, which no configuration may ask for.
func quick(trips map[string]config.RoundTrip) map[string]config.RoundTrip {
	all := map[string]config.RoundTrip{}
	for name, t := range trips {
		t.Interval, t.Window = config.Duration(12*time.Second), config.Duration(12*time.Second)
		all[name] = t
	}
	return all
}

// program is the exporter as it is installed, for what it shows of itself: the
// demo has no self-checks. It asks the lab's resolver, and can reach none of the
// lab's servers, so it is asked about a domain that has none.
func program(t *testing.T, lab *maillab.Lab) (address string) {
	t.Helper()
	e := server.StartExporter(t, fmt.Appendf(nil, "modules: {mx: {prober: mx, dns: {servers: [%q]}, smtp: {ehlo_name: monitor.lab.test}}}\n", lab.DNSAddr()))
	e.Probe(t, "mx", "nxdomain.test")
	return e.Address
}

// recorded is the self-metrics that need an address of the internet: the text
// that a test of the program holds to be its own (cmd/mx_exporter).
func recorded(t *testing.T) (address string) {
	t.Helper()
	b := read(t, "testdata/self.prom")
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(b) }))
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}
