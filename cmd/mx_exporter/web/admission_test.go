package web

import (
	"context"
	"fmt"
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

// H8, X1
func TestTenThousandProbesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var running, most atomic.Int64
		h := newHandler(t, func(ctx context.Context, target probe.Target, m config.Module) (*probe.Result, error) {
			n := running.Add(1)
			defer running.Add(-1)
			for {
				old := most.Load()
				if n <= old || most.CompareAndSwap(old, n) {
					break
				}
			}
			return lasting(4*time.Second)(ctx, target, m)
		}, func(o *Options) { o.Slots, o.Waiting = 20, 100 })

		answers := make([]*httptest.ResponseRecorder, 10_000)
		var wg sync.WaitGroup
		began := time.Now()
		for i := range answers {
			wg.Go(func() { answers[i] = ask(h, "GET", fmt.Sprintf("/probe?target=d%d.example", i), TimeoutHeader, "20") })
		}
		wg.Wait()
		served := map[int]int{}
		for _, a := range answers {
			served[a.Code]++
			if a.Code == 503 && a.Header().Get("Retry-After") == "" {
				t.Error("a 503 has no Retry-After")
			}
		}
		// 20 run at once, for 4 s each. Those in the queue wait at most for half of
		// 19.5 s, in which two more rounds begin.
		if served[200] != 60 || served[503] != 9940 {
			t.Errorf("answers by code: %v, want 60 of 200 and the rest 503", served)
		}
		if most.Load() != 20 {
			t.Errorf("%d probes ran at once, want 20", most.Load())
		}
		if d := time.Since(began); d > 20*time.Second {
			t.Errorf("the last answer came after %v", d)
		}
		wantMetric(t, h, `mx_exporter_requests_rejected_total{code="503",reason="queue_full"} 9880`)
		wantMetric(t, h, `mx_exporter_requests_rejected_total{code="503",reason="queue_timeout"} 60`)
		wantMetric(t, h, `mx_exporter_probe_queue_duration_seconds_bucket{le="+Inf"} 10000`)
		wantMetric(t, h, "mx_exporter_probes_in_flight 0")
		wantMetric(t, h, "mx_exporter_probes_waiting 0")
	})
}

// X1, T6: what runs out on our side is never said of the target.
func TestWhatRanOutHereIsNotTheTargetsFault(t *testing.T) {
	with := func(where string, reason fact.Reason, v fact.Verdict) ProberFunc {
		return func(_ context.Context, target probe.Target, m config.Module) (*probe.Result, error) {
			r, f := resultOf(target, m, v), &fact.Failure{Reason: reason}
			switch where {
			case "probe":
				r.Failure = f
			case "host":
				r.Hosts = []probe.Host{{Failure: f}}
			case "address":
				r.Hosts = []probe.Host{{Addresses: []probe.Address{{State: probe.NotTested, Failure: f}}}}
			}
			return r, nil
		}
	}
	for _, c := range []struct {
		where  string
		reason fact.Reason
		v      fact.Verdict
		code   int
	}{
		{"probe", fact.LocalFD, fact.Unknown, 503},
		{"host", fact.LocalFD, fact.Unknown, 503},
		{"address", fact.LocalFD, fact.Unknown, 503},
		{"address", fact.LocalOverload, fact.Unknown, 503},
		{"address", fact.LocalFD, fact.Satisfactory, 200}, // enough was seen all the same
		{"probe", fact.LocalResolver, fact.Unknown, 200},
		{"address", fact.LocalNetwork, fact.Unknown, 200},
		{"address", fact.NotTested, fact.Unknown, 200},
	} {
		t.Run(fmt.Sprintf("%s of the %s, %s", c.reason, c.where, c.v), func(t *testing.T) {
			h := newHandler(t, with(c.where, c.reason, c.v))
			w := ask(h, "GET", "/probe?target=example.org")
			want(t, w, c.code, "")
			if kept := len(h.History().Recent(0)); (kept == 1) != (c.code == 200) {
				t.Errorf("%d in the history", kept)
			}
		})
	}
}

func TestAProbeThatCannotStartIsOurTrouble(t *testing.T) {
	h := newHandler(t, func(context.Context, probe.Target, config.Module) (*probe.Result, error) {
		return nil, fmt.Errorf("smtp.tls: no such file")
	})
	w := ask(h, "GET", "/probe?target=example.org")
	want(t, w, 503, "could not start")
	wantMetric(t, h, `mx_exporter_probes_total{module="mx",outcome="not_started"} 1`)
}
