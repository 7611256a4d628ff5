package web

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/go-kit/log/level"

	"mx_exporter/probe"
	"mx_exporter/probe/report"
)

// patience is how long a browser shows nothing before the page begins without
// its report. Most of what is refused is refused within it, and so with the
// right status code.
const patience = 500 * time.Millisecond

// handleReport answers /report: it probes as /probe does, and shows the page for
// people.
//
// A probe that takes longer than [patience] is answered in two pieces: the
// beginning of the page at once, with a sentence that the probe is under way,
// and the report behind it when it is there. That takes one request, no script
// and nothing to come back for, the probe ends when the asker leaves, and curl
// gets a whole page too. A proxy that collects answers before it hands them on
// costs the sentence, and nothing else.
func (l *landing) handleReport(w http.ResponseWriter, r *http.Request) {
	if l.options.DisableDetails {
		l.refuse(w, absent(disabled, "reports are taken away by --web.disable-details; ask /probe for the metrics"))
		return
	}
	if r.URL.Query().Has("roundtrip") {
		l.handleTrip(w, r)
		return
	}
	req, refused := l.read(r, time.Now(), "target", "module")
	if refused != nil {
		l.refusePage(w, r, refused)
		return
	}
	if r.Header.Get("Sec-Fetch-Site") == "cross-site" {
		l.crossSite(w, r, req)
		return
	}
	extend(w, req.timeout+5*time.Second)
	answers := make(chan answer, 1)
	go func() { answers <- l.contained(r.Context(), req) }()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case a := <-answers:
		l.whole(w, r, a)
	case <-timer.C:
		l.pieces(w, req, answers)
	}
}

// crossSite answers a link from another site. No other site can make this one
// probe, so the person who follows a link in an alert sees the last report that
// is kept, or the form filled in.
func (l *landing) crossSite(w http.ResponseWriter, r *http.Request, req *request) {
	if kept := l.history.ByTarget(req.target.String(), req.module.Name); len(kept) > 0 {
		l.showReport(w, r, kept[0].Result)
		return
	}
	l.show(w, r, http.StatusOK, "")
}

// contained runs the probe outside of the goroutine that [Handler.guard] guards.
func (l *landing) contained(ctx context.Context, req *request) (a answer) {
	defer func() {
		if v := recover(); v != nil {
			l.Panicked(v, debug.Stack())
			a = answer{refused: &refusal{http.StatusInternalServerError, panicked, "the request failed by a fault in the exporter, which its log describes"}}
		}
	}()
	return l.run(ctx, req)
}

// whole answers in one piece.
func (l *landing) whole(w http.ResponseWriter, r *http.Request, a answer) {
	if a.refused != nil {
		l.refusePage(w, r, a.refused)
		return
	}
	l.showReport(w, r, a.result)
}

// pieces begins the page, waits, and ends it.
func (l *landing) pieces(w http.ResponseWriter, req *request, answers <-chan answer) {
	o := l.links(req.target, req.module.Name)
	var b bytes.Buffer
	// A buffer takes everything.
	_ = report.Underway(&b, req.target, req.timeout, o)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("X-Accel-Buffering", "no") // nginx: hand it on at once
	// A reader that left is no concern of ours: the probe ends with its request.
	_, _ = w.Write(b.Bytes())
	_ = http.NewResponseController(w).Flush()
	a := <-answers
	b.Reset()
	if a.refused != nil {
		l.count(a.refused)
		_ = report.Refuse(&b, a.refused.text, o)
	} else if err := report.Finish(&b, a.result, l.about(a.result)); err != nil {
		level.Error(l.logger).Log("msg", "a report could not be written", "err", err)
	}
	extend(w, writeTime)
	_, _ = w.Write(b.Bytes())
}

// showReport answers with the page of a result.
func (l *landing) showReport(w http.ResponseWriter, r *http.Request, result *probe.Result) {
	var b bytes.Buffer
	if err := report.HTML(&b, result, l.about(result)); err != nil {
		level.Error(l.logger).Log("msg", "a report could not be written", "err", err)
		l.plain(w, http.StatusInternalServerError, "the report could not be written\n")
		return
	}
	l.compressed(w, r, "text/html; charset=utf-8", b.Bytes())
}

// handlePast answers /report/ID.
func (l *landing) handlePast(w http.ResponseWriter, r *http.Request) {
	if l.options.DisableDetails {
		l.refuse(w, absent(disabled, "past probes are not kept: --web.disable-details"))
		return
	}
	e, ok := l.history.ByID(r.PathValue("id"))
	if !ok {
		l.refusePage(w, r, absent(notKept, "no probe with this id is kept; it was too long ago, or the exporter was restarted"))
		return
	}
	l.showReport(w, r, e.Result)
}

// links is the addresses that any page about a target has.
func (l *landing) links(t probe.Target, module string) report.HTMLOptions {
	base := l.paths.external
	return report.HTMLOptions{
		Home: base + "/", Style: l.styleURL,
		Again: base + "/report?" + url.Values{"target": {t.String()}, "module": {module}}.Encode(),
	}
}

// maxPast is how many other reports a page lists.
const maxPast = 15

// about is what a page says beside its result.
func (l *landing) about(r *probe.Result) report.HTMLOptions {
	o := l.links(r.Target, r.Module)
	var b bytes.Buffer
	if err := writeFamilies(&b, r); err != nil {
		level.Error(l.logger).Log("msg", "metrics could not be written", "err", err)
	}
	o.Metrics = b.String()
	if m, ok := l.store.Snapshot().Modules[r.Module]; ok {
		m.Name = r.Module
		if yaml, err := m.Marshal(); err == nil {
			o.Module = string(yaml)
		}
	}
	l.neighbours(r, &o)
	return o
}

// neighbours finds a result in the history, and what is kept beside it.
func (l *landing) neighbours(r *probe.Result, o *report.HTMLOptions) {
	reached, unbroken := false, true
	for _, e := range l.history.ByTarget(r.Target.String(), r.Module) {
		link := l.paths.external + "/report/" + e.ID
		if e.Result == r {
			o.Self, reached = link, true
		} else if len(o.Past) < maxPast {
			o.Past = append(o.Past, report.Past{Link: link, At: e.At, Verdict: e.Result.Verdict, Why: e.Result.Why})
		}
		if unbroken = unbroken && (!reached || e.Result.Verdict == r.Verdict); reached && unbroken {
			o.Since = report.Since{At: e.At, Probes: o.Since.Probes + 1}
		}
	}
}

// refusePage answers with the first page and what is wrong on it, so that it can
// be mended there.
func (l *landing) refusePage(w http.ResponseWriter, r *http.Request, refused *refusal) {
	l.count(refused)
	if refused.code == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", retryAfter)
	}
	l.show(w, r, refused.code, refused.text)
}

// count puts a refusal into the metrics.
func (l *landing) count(r *refusal) {
	l.metrics.rejected.WithLabelValues(strconv.Itoa(r.code), string(r.reason)).Inc()
}
