package web

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-kit/log"

	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/fact"
)

// C10
func TestABadFileKeepsTheOldConfiguration(t *testing.T) {
	s := &fixedStore{}
	s.now.Store(modules())
	h := newHandler(t, well, withStore(s), func(o *Options) { o.Lifecycle = true })
	wantMetric(t, h, "mx_exporter_config_last_reload_successful 1")

	w := ask(h, "POST", "/-/reload")
	want(t, w, 500, "line 3, column 5: unknown key")
	wantMetric(t, h, "mx_exporter_config_last_reload_successful 0")
	want(t, ask(h, "GET", "/probe?target=example.org"), 200, "probe_success 1")

	s.reload = func() (*config.Config, error) {
		c := modules()
		c.Modules["new"] = c.Modules["mx"]
		return c, nil
	}
	want(t, ask(h, "POST", "/-/reload"), 200, "reloaded")
	wantMetric(t, h, "mx_exporter_config_last_reload_successful 1")
	wantMetric(t, h, `mx_exporter_probes_total{module="new",outcome="unknown"} 0`)
	want(t, ask(h, "GET", "/probe?target=example.org&module=new"), 200, "probe_success 1")
}

func TestTheConfigurationInUseIsIdentified(t *testing.T) {
	h := newHandler(t, well)
	wantMetric(t, h, "mx_exporter_config_hash 42")
	wantMetric(t, h, "mx_exporter_config_last_reload_success_timestamp_seconds 1.7e+09")
}

// C9, X3: probes finish on the configuration that they began with, none is
// lost, and the last file wins.
func TestReloadsUnderRunningProbes(t *testing.T) {
	s := &fixedStore{}
	version := func(n int64) *config.Config {
		return modules(func(m *config.Module) { m.SMTP.EHLOName = fmt.Sprintf("v%d.example", n) })
	}
	var loaded atomic.Int64
	s.now.Store(version(0))
	s.reload = func() (*config.Config, error) { return version(loaded.Add(1)), nil }
	h := newHandler(t, func(ctx context.Context, target probe.Target, m config.Module) (*probe.Result, error) {
		if !strings.HasPrefix(m.SMTP.EHLOName, "v") {
			return nil, errors.New("half a configuration")
		}
		return well(ctx, target, m)
	}, withStore(s), func(o *Options) { o.Slots = 500 })

	var wg sync.WaitGroup
	for i := range 500 {
		wg.Go(func() {
			for range 5 {
				want(t, ask(h, "GET", fmt.Sprintf("/probe?target=d%d.example", i)), 200, "probe_success 1")
			}
		})
	}
	for range 10 {
		wg.Go(func() {
			for range 100 {
				if err := h.Reload(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if last := s.Snapshot().Modules["mx"].SMTP.EHLOName; last != "v1000.example" {
		t.Errorf("in use is %s, want the last one", last)
	}
}

// C9: a request after a reload is not given a run of before it.
func TestAReloadStartsANewRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &fixedStore{}
		s.now.Store(modules())
		s.reload = func() (*config.Config, error) { return modules(), nil }
		var runs atomic.Int64
		h := newHandler(t, counting(&runs, lasting(time.Second)), withStore(s))
		var wg sync.WaitGroup
		wg.Go(func() { want(t, ask(h, "GET", "/probe?target=example.org"), 200, "probe_success 1") })
		synctest.Wait()
		if err := h.Reload(); err != nil {
			t.Fatal(err)
		}
		wg.Go(func() { want(t, ask(h, "GET", "/probe?target=example.org"), 200, "probe_success 1") })
		wg.Wait()
		if runs.Load() != 2 {
			t.Errorf("%d runs, want 2", runs.Load())
		}
	})
}

// X8
func TestAFailingTargetIsOneLineAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out lines
		h := newHandler(t, func(_ context.Context, target probe.Target, m config.Module) (*probe.Result, error) {
			r := resultOf(target, m, fact.Compromised)
			r.Why = "said " + hostile + strings.Repeat("z", 10_000)
			return r, nil
		}, func(o *Options) {
			// As --log.level=info has it: debug lines are not the flood.
			l := log.NewLogfmtLogger(&out)
			o.Logger = log.LoggerFunc(func(pairs ...any) error {
				if fmt.Sprint(pairs[1]) == "debug" {
					return nil
				}
				return l.Log(pairs...)
			})
		})
		for range 1000 {
			ask(h, "GET", "/probe?target=example.org")
		}
		if n := strings.Count(out.String(), "\n"); n != 1 {
			t.Errorf("%d lines for a thousand failures in a moment, want 1", n)
		}
		time.Sleep(quietFor)
		ask(h, "GET", "/probe?target=example.org")
		text := out.String()
		if !strings.Contains(text, "suppressed=999") || strings.Count(text, "\n") != 2 {
			t.Errorf("the second line does not say what was left out:\n%s", text)
		}
		if len(text) > 2000 || strings.ContainsAny(text, "\x1b\x00") || strings.Contains(text, "\u202e") {
			t.Errorf("remote text reached the log as %q", text)
		}
	})
}

// X11
func TestTheSubjectsOfTheLogAreBounded(t *testing.T) {
	q, now := newQuiet(), time.Now()
	for i := range 3 * maxSubjects {
		q.speak(fmt.Sprint(i), now)
	}
	if len(q.subjects) > maxSubjects {
		t.Errorf("%d subjects are remembered, want at most %d", len(q.subjects), maxSubjects)
	}
}
