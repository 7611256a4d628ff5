package web

import (
	"context"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/fact"
)

// counting counts the runs of a prober.
func counting(runs *atomic.Int64, p ProberFunc) ProberFunc {
	return func(ctx context.Context, t probe.Target, m config.Module) (*probe.Result, error) {
		runs.Add(1)
		return p(ctx, t, m)
	}
}

// H7
func TestTwoProbesAtOnceShareOneRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var runs atomic.Int64
		h := newHandler(t, counting(&runs, lasting(5*time.Second)))
		answers := make([]*httptest.ResponseRecorder, 3)
		var wg sync.WaitGroup
		for i, path := range []string{"/probe?target=example.org", "/probe?target=EXAMPLE.org.&module=mx", "/probe?target=example.org&format=json"} {
			wg.Go(func() { answers[i] = ask(h, "GET", path) })
		}
		wg.Wait()
		for _, a := range answers {
			want(t, a, 200, "")
		}
		if runs.Load() != 1 {
			t.Errorf("%d runs, want 1", runs.Load())
		}
		wantMetric(t, h, "mx_exporter_probes_shared_total 2")
		wantMetric(t, h, `mx_exporter_probes_total{module="mx",outcome="satisfactory"} 1`)
	})
}

// H7
func TestAnotherTargetOrModuleIsAnotherRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var runs atomic.Int64
		h := newHandler(t, counting(&runs, lasting(5*time.Second)))
		var wg sync.WaitGroup
		for _, path := range []string{"/probe?target=example.org", "/probe?target=example.net", "/probe?target=example.org&module=smtp"} {
			wg.Go(func() { want(t, ask(h, "GET", path), 200, "probe_success 1") })
		}
		wg.Wait()
		if runs.Load() != 3 {
			t.Errorf("%d runs, want 3", runs.Load())
		}
	})
}

// H7
func TestAWaiterWithLessTimeLeavesAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHandler(t, lasting(20*time.Second))
		var wg sync.WaitGroup
		wg.Go(func() { want(t, ask(h, "GET", "/probe?target=example.org"), 200, "probe_success 1") })
		synctest.Wait()
		began := time.Now()
		w := ask(h, "GET", "/probe?target=example.org", TimeoutHeader, "5")
		want(t, w, 503, "did not end in this request's time")
		if w.Header().Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
		if d := time.Since(began); d > 5*time.Second {
			t.Errorf("the answer came after %v", d)
		}
		wg.Wait()
		wantMetric(t, h, `mx_exporter_requests_rejected_total{code="503",reason="shared_timeout"} 1`)
	})
}

// H7: somebody with a tenth of a second to spare must not make a domain look
// down to the Prometheus that asked in the same moment.
func TestAHastyRunDoesNotSpoilAPatientOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var runs atomic.Int64
		h := newHandler(t, counting(&runs, func(ctx context.Context, target probe.Target, m config.Module) (*probe.Result, error) {
			r, err := lasting(2*time.Second)(ctx, target, m)
			if ctx.Err() != nil {
				r.Verdict = fact.Compromised
			}
			return r, err
		}))
		var wg sync.WaitGroup
		wg.Go(func() {
			want(t, ask(h, "GET", "/probe?target=example.org", TimeoutHeader, "1"), 200, "probe_success 0")
		})
		synctest.Wait()
		want(t, ask(h, "GET", "/probe?target=example.org", TimeoutHeader, "10"), 200, "probe_success 1")
		wg.Wait()
		if runs.Load() != 2 {
			t.Errorf("%d runs, want 2", runs.Load())
		}
	})
}

// H6
func TestAClientThatLeavesEndsItsProbe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHandler(t, lasting(20*time.Second))
		ctx, leave := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { askWith(ctx, h, "GET", "/probe?target=example.org") })
		synctest.Wait()
		began := time.Now()
		leave()
		wg.Wait()
		synctest.Wait()
		if d := time.Since(began); d != 0 || h.slots.running() != 0 {
			t.Errorf("the probe went on for %v, %d slots are taken", d, h.slots.running())
		}
		wantMetric(t, h, `mx_exporter_probes_total{module="mx",outcome="cancelled"} 1`)
		if len(h.History().Recent(0)) != 0 {
			t.Error("what was cut short is in the history")
		}
	})
}

// H6, H7
func TestAClientThatLeavesDoesNotEndASharedProbe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHandler(t, lasting(5*time.Second))
		ctx, leave := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { askWith(ctx, h, "GET", "/probe?target=example.org") })
		synctest.Wait()
		wg.Go(func() { want(t, ask(h, "GET", "/probe?target=example.org"), 200, "probe_success 1") })
		synctest.Wait()
		leave()
		wg.Wait()
	})
}

func TestReuseServesTheLastResultAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var runs atomic.Int64
		h := newHandler(t, counting(&runs, well), withModule(func(m *config.Module) { m.Reuse = config.Duration(10 * time.Second) }))
		want(t, ask(h, "GET", "/probe?target=example.org"), 200, "probe_success 1")
		time.Sleep(9 * time.Second)
		w := ask(h, "GET", "/probe?target=example.org")
		want(t, w, 200, "probe_success 1")
		if w.Header().Get("Age") != "9" || runs.Load() != 1 {
			t.Errorf("age %q after %d runs, want 9 after 1", w.Header().Get("Age"), runs.Load())
		}
		time.Sleep(2 * time.Second)
		if w := ask(h, "GET", "/probe?target=example.org"); w.Header().Get("Age") != "" || runs.Load() != 2 {
			t.Errorf("age %q after %d runs, want a new result", w.Header().Get("Age"), runs.Load())
		}
		wantMetric(t, h, "mx_exporter_probes_reused_total 1")
	})
}

// X11
func TestResultsForReuseAreBounded(t *testing.T) {
	k := newKeeper()
	now := time.Now()
	for i := range 3 * maxKept {
		req := &request{target: probe.Target{Domain: time.Duration(i).String()}, module: config.Module{Reuse: config.Duration(time.Hour)}}
		k.keep(req, &probe.Result{}, now)
	}
	if len(k.byKey) > maxKept {
		t.Errorf("%d results kept, want at most %d", len(k.byKey), maxKept)
	}
}

// X5
func TestAProbeThatNeverEndsGivesItsSlotBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		never := make(chan struct{})
		h := newHandler(t, func(context.Context, probe.Target, config.Module) (*probe.Result, error) {
			<-never
			return nil, nil
		})
		began := time.Now()
		want(t, ask(h, "GET", "/probe?target=example.org"), 503, "")
		if d := time.Since(began); d > 31*time.Second {
			t.Errorf("the answer came after %v", d)
		}
		time.Sleep(overdue)
		synctest.Wait()
		if h.slots.running() != 0 {
			t.Error("the slot is still taken")
		}
		wantMetric(t, h, `mx_exporter_probes_total{module="mx",outcome="stuck"} 1`)
		close(never)
	})
}
