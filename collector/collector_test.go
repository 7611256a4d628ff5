package collector

import (
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"mx_exporter/probe"
	"mx_exporter/probe/fact"
)

var update = flag.Bool("update", false, "write the golden files anew")

// expose is what a Prometheus server would be given by a registry that checks
// everything which can be checked.
func expose(t testing.TB, c prometheus.Collector) string {
	t.Helper()
	reg := prometheus.NewPedanticRegistry()
	if err := reg.Register(c); err != nil {
		t.Fatal(err)
	}
	return serve(t, reg)
}

func serve(t testing.TB, g prometheus.Gatherer) string {
	t.Helper()
	return transact(t, prometheus.ToTransactionalGatherer(g))
}

func transact(t testing.TB, g prometheus.TransactionalGatherer) string {
	t.Helper()
	rec := httptest.NewRecorder()
	req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/probe", http.NoBody)
	promhttp.HandlerForTransactional(g, promhttp.HandlerOpts{}).ServeHTTP(rec, req)
	if rec.Code != http.StatusOK {
		t.Fatalf("HTTP %d: %s", rec.Code, rec.Body)
	}
	return rec.Body.String()
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-file +now); if that is wanted, run the test with -update:\n%s", file, diff)
	}
}

func TestExpositionOfEachResult(t *testing.T) {
	for name, r := range results() {
		t.Run(name, func(t *testing.T) {
			golden(t, filepath.Join("testdata", name+".prom"), expose(t, New(r)))
		})
	}
}

func TestGathererGivesWhatARegistryGives(t *testing.T) {
	for name, r := range results() {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(expose(t, New(r)), serve(t, Gatherer(r))); diff != "" {
				t.Errorf("-registry +gatherer:\n%s", diff)
			}
		})
	}
}

// A room that many results have used shows nothing of those before.
func TestRoomIsUsedAgain(t *testing.T) {
	shared := NewExpositions(1)
	for range 2 {
		for name, r := range results() {
			if diff := cmp.Diff(serve(t, Gatherer(r)), transact(t, shared.Of(r))); diff != "" {
				t.Errorf("%s: -own room +used room:\n%s", name, diff)
			}
		}
	}
}

func TestEveryFamilyIsClean(t *testing.T) {
	for name, r := range results() {
		mfs, err := Gatherer(r).Gather()
		if err != nil {
			t.Fatal(err)
		}
		problems, err := promlint.NewWithMetricFamilies(mfs).Lint()
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range problems {
			t.Errorf("%s: %s: %s", name, p.Metric, p.Text)
		}
	}
}

// A family that no result here shows is one that no golden file holds.
func TestEveryFamilyIsShown(t *testing.T) {
	s := gather(everything())
	for i := range table {
		f := &table[i]
		if !slices.ContainsFunc(s.samples, func(x sample) bool { return x.family == f }) {
			t.Errorf("%s has no sample in the result named everything", f.name)
		}
	}
}

func TestOrderDependsOnNothingButTheResult(t *testing.T) {
	want := serve(t, Gatherer(everything()))
	for range 20 {
		if got := serve(t, Gatherer(everything())); got != want {
			t.Fatal("two expositions of one result differ")
		}
	}
	r := everything()
	slices.Reverse(r.Hosts)
	slices.Reverse(r.Findings)
	slices.Reverse(r.Lookups)
	if got := serve(t, Gatherer(r)); got != want {
		t.Error("the order of hosts in the result shows in the exposition")
	}
}

// One host named by two records, one address behind one host twice, one finding
// made twice: each series still appears once.
func TestDuplicatesDoNotFailTheScrape(t *testing.T) {
	r := everything()
	want := expose(t, New(r))
	for i := range r.Hosts {
		r.Hosts[i].Addresses = append(r.Hosts[i].Addresses, r.Hosts[i].Addresses...)
	}
	r.Hosts = append(r.Hosts, r.Hosts...)
	r.Findings = append(r.Findings, r.Findings...)
	r.Lookups = append(r.Lookups, r.Lookups...)
	r.MX.Limited = append(r.MX.Limited, r.MX.Limited...)
	if diff := cmp.Diff(want, expose(t, New(r))); diff != "" {
		t.Errorf("-once +twice:\n%s", diff)
	}
}

func TestFirstOfTwoSeriesStands(t *testing.T) {
	r := good()
	r.Hosts = append(r.Hosts, mxHost("mx1.example.org", 5, fact.Primary, refuses("192.0.2.25")))
	for _, line := range []string{
		`mx_host_preference{host="mx1.example.org",role="primary"} 10`,
		`mx_smtp_up{address="192.0.2.25",host="mx1.example.org",role="primary"} 1`,
	} {
		if got := expose(t, New(r)); !strings.Contains(got, line+"\n") {
			t.Errorf("no line %s in\n%s", line, got)
		}
	}
}

func TestAnEmptyResultIsExposed(t *testing.T) {
	if got := expose(t, New(&probe.Result{})); !strings.Contains(got, "probe_success 0\n") {
		t.Errorf("got\n%s", got)
	}
}

func TestSecondCollectorIsRefused(t *testing.T) {
	reg := prometheus.NewPedanticRegistry()
	if err := reg.Register(New(good())); err != nil {
		t.Fatal(err)
	}
	if err := reg.Register(New(unknown())); err == nil {
		t.Error("one registry took two results")
	}
}
