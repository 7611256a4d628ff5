package web

import (
	"context"
	"errors"
	"runtime/debug"
	"time"

	"github.com/go-kit/log/level"

	"mx_exporter/probe"
	"mx_exporter/probe/fact"
)

// worthwhile is the least time in which a probe can learn anything.
const worthwhile = time.Second

// overdue is how long after its deadline a probe is given up. Its slot is free
// again then, whether or not its goroutine ever ends.
const overdue = 2 * time.Second

// run gets the answer to a request: the last one where the module allows that,
// that of a run under way, or that of its own run.
func (h *Handler) run(ctx context.Context, req *request) answer {
	if h.stopping.Load() {
		return answer{refused: busy(stopping, "the exporter is shutting down")}
	}
	if a, ok := h.kept.find(req, time.Now()); ok {
		h.metrics.reused.Inc()
		return a
	}
	for {
		a, joined := h.flights.share(ctx, req, func(ctx context.Context) answer { return h.admit(ctx, req) })
		if joined == nil {
			return a
		}
		if ctx.Err() == nil && joined.tooHasty(a, req) && time.Until(req.deadline) > worthwhile {
			continue
		}
		h.metrics.shared.Inc()
		return a
	}
}

// admit waits for a slot and holds it for the time of the probe, and not for
// the time in which the answer is written.
func (h *Handler) admit(ctx context.Context, req *request) answer {
	began := time.Now()
	leave, refused := h.slots.enter(ctx, time.Until(req.deadline)/2)
	h.metrics.queue.Observe(time.Since(began).Seconds())
	if refused != nil {
		return answer{refused: refused}
	}
	defer leave()
	a, how := h.attempt(ctx, req)
	h.metrics.probes.WithLabelValues(req.module.Name, string(how)).Inc()
	h.metrics.duration.WithLabelValues(req.module.Name).Observe(time.Since(began).Seconds())
	if a.result != nil {
		for limit := range reached(a.result) {
			h.metrics.limits.WithLabelValues(limit).Inc()
		}
		h.record(req, a.result, how)
	}
	return a
}

// attempt runs the probe, and gives it up when it does not end with its time.
func (h *Handler) attempt(ctx context.Context, req *request) (answer, outcome) {
	type ended struct {
		answer
		outcome
	}
	done := make(chan ended, 1)
	go func() {
		a, how := h.probe(ctx, req)
		done <- ended{a, how}
	}()
	select {
	case e := <-done:
		return e.answer, e.outcome
	case <-ctx.Done():
	}
	timer := time.NewTimer(overdue)
	defer timer.Stop()
	select {
	case e := <-done:
		return e.answer, e.outcome
	case <-timer.C:
		level.Error(h.logger).Log("msg", "a probe did not end with its time", "target", req.target, "module", req.module.Name)
		return answer{refused: &refusal{500, stuck, "the probe did not end with its time; this is a fault in the exporter"}}, outcomeStuck
	}
}

// probe calls the prober and sorts what comes back.
func (h *Handler) probe(ctx context.Context, req *request) (a answer, how outcome) {
	defer func() {
		if r := recover(); r != nil {
			h.Panicked(r, debug.Stack())
			a = answer{refused: &refusal{500, panicked, "the probe failed by a fault in the exporter, which its log describes"}}
			how = outcomePanic
		}
	}()
	result, err := h.prober.Probe(ctx, req.target, req.module)
	refused := refuseTarget(err)
	switch {
	case refused != nil:
		return answer{refused: refused}, outcomeNotStarted
	case err != nil || result == nil:
		level.Warn(h.logger).Log("msg", "a probe could not start", "target", req.target, "module", req.module.Name, "err", err)
		return answer{refused: busy(notStarted, "the probe could not start for a reason that lies with the exporter; its log says which")}, outcomeNotStarted
	case errors.Is(context.Cause(ctx), context.Canceled), errors.Is(context.Cause(ctx), errStopping):
		return answer{refused: busy(stopping, "the probe was cut short")}, outcomeCancelled
	}
	if reason := overload(result); reason != "" {
		return answer{refused: busy(reason, "the exporter lacked the means to probe ("+string(reason)+"); ask again later")}, outcomeOverload
	}
	return answer{result: result}, outcomeOf(result.Verdict)
}

// overload says whether nothing can be told because something ran out on our
// side that is there again at the next try. Then an answer with
// probe_success 0 would be a lie about the target (X1). A dead resolver or a
// missing route is no such thing: it stays until somebody looks, and the
// verdict "unknown" with its reason is what makes somebody look.
func overload(r *probe.Result) refusedFor {
	if r.Verdict != fact.Unknown {
		return ""
	}
	failures := []*fact.Failure{r.Failure}
	for _, host := range r.Hosts {
		failures = append(failures, host.Failure)
		for _, a := range host.Addresses {
			failures = append(failures, a.Failure)
		}
	}
	for _, f := range failures {
		switch {
		case f == nil:
		case f.Reason == fact.LocalFD:
			return localFD
		case f.Reason == fact.LocalOverload:
			return localOverload
		}
	}
	return ""
}

// record keeps a result for those who ask later.
func (h *Handler) record(req *request, r *probe.Result, how outcome) {
	now := time.Now()
	h.kept.keep(req, r, now)
	if !h.options.DisableDetails {
		h.history.Add(r)
	}
	logger := level.Debug(h.logger)
	if how == outcomeOf(fact.Compromised) || how == outcomeOf(fact.Unknown) {
		suppressed, speak := h.quiet.speak(req.target.String()+" "+req.module.Name, now)
		if speak {
			level.Info(h.logger).Log("msg", "probe", "target", req.target, "module", req.module.Name,
				"verdict", r.Verdict, "why", cut(r.Why), "seconds", r.Duration.Seconds(), "suppressed", suppressed)
			return
		}
	}
	logger.Log("msg", "probe", "target", req.target, "module", req.module.Name,
		"verdict", r.Verdict, "why", cut(r.Why), "seconds", r.Duration.Seconds())
}
