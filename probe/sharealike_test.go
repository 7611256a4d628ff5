package probe_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mx_exporter/config"
	"mx_exporter/examples/maillab"
	"mx_exporter/examples/maillab/labtest"
	"mx_exporter/probe"
)

// timeless is a result as JSON without what differs from probe to probe: times and
// our own ports, and where alone is false what depends on who else was there.
func timeless(t *testing.T, r *probe.Result, alone bool) string {
	t.Helper()
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(regexp.MustCompile(`127\.0\.0\.1:\d+`).ReplaceAll(b, nil), &out); err != nil {
		t.Fatal(err)
	}
	strip(out, alone)
	b, err = json.Marshal(out)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func strip(v any, alone bool) {
	switch v := v.(type) {
	case map[string]any:
		for key, x := range v {
			changes := strings.HasSuffix(key, "seconds") || key == "started" || key == "received_bytes"
			if changes || !alone && (key == "transcript" || key == "quit_clean") {
				delete(v, key)
				continue
			}
			if stages, ok := x.([]any); ok && key == "stages" && !alone {
				v[key] = slices.DeleteFunc(stages, func(s any) bool { return s.(map[string]any)["stage"] == "quit" })
			}
			strip(x, alone)
		}
	case []any:
		for _, x := range v {
			strip(x, alone)
		}
	}
}

// Whoever shares is told what it would have been told alone, whatever is wrong with
// the domain: over all scenarios, by itself, and with three probes at once of each
// server that does not take all of a probe's time.
func TestSharingChangesNoResult(t *testing.T) {
	w := newWorld(t, labtest.Start(t))
	for _, s := range w.lab.Scenarios {
		m := w.modules[s.Module()]
		if m.Sharing = true; !m.Shares() {
			continue
		}
		t.Run(s.Domain, func(t *testing.T) {
			t.Parallel()
			w := *w
			w.module = m
			w.module.Checks, w.module.DNSBL.Lists, w.module.DNSBL.DomainLists = []config.Check{config.CheckDANE, config.CheckMXLint}, nil, nil
			w.module.Sharing = false
			alone := w.probe(t, s.Domain)
			w.module.Sharing = true
			same(t, alone, w.probe(t, s.Domain), true)
			if time.Duration(alone.Duration) > time.Second {
				return
			}
			var wg sync.WaitGroup
			for range 3 {
				wg.Go(func() { same(t, alone, w.probe(t, s.Domain), false) })
			}
			wg.Wait()
		})
	}
}

func same(t *testing.T, a, b *probe.Result, alone bool) {
	t.Helper()
	want, got := timeless(t, a, alone), timeless(t, b, alone)
	if want == got {
		return
	}
	at := 0
	for at < min(len(want), len(got)) && want[at] == got[at] {
		at++
	}
	at = max(0, at-100)
	t.Errorf("alone:  …%s…\nshared: …%s…", want[at:min(len(want), at+300)], got[at:min(len(got), at+300)])
}

// BenchmarkSharing is 64 domains of one server with a round trip of 10 ms, looked
// at at once.
func BenchmarkSharing(b *testing.B) {
	s, err := maillab.ParseScenario("test", provider(64, 1, "round-trip: 10ms"))
	if err != nil {
		b.Fatal(err)
	}
	w := benchWorld(b, labtest.Start(b, s))
	for _, share := range []bool{false, true} {
		b.Run(map[bool]string{false: "each by itself", true: "together"}[share], func(b *testing.B) {
			w.module.Sharing = share
			b.ReportAllocs()
			before := w.env.Traffic()
			for b.Loop() {
				var wg sync.WaitGroup
				for _, domain := range customers(64, nil) {
					wg.Go(func() {
						target, err := probe.ParseTarget(domain)
						if err != nil {
							b.Error(err)
							return
						}
						if r, err := probe.Run(b.Context(), w.env, target, w.module); err != nil || !r.Success {
							b.Error(err, r)
						}
					})
				}
				wg.Wait()
			}
			after := w.env.Traffic()
			b.ReportMetric(float64(after.Begun-before.Begun)/float64(b.N), "connections/op")
			b.ReportMetric(float64(after.Received-before.Received)/float64(b.N), "octets/op")
		})
	}
}

func benchWorld(b *testing.B, lab *maillab.Lab) *world {
	b.Helper()
	file, err := lab.WriteConfig(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	c, err := probe.Loader().Load(file)
	if err != nil {
		b.Fatal(err)
	}
	env := &probe.Env{Dial: lab.Net.DialContext, Hostname: "monitor.lab.test"}
	b.Cleanup(env.Close)
	m := c.Modules["test"]
	m.Checks = []config.Check{}
	return &world{lab: lab, env: env, module: m}
}
