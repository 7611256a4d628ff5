package web

import (
	"fmt"
	"net/http"
	"strconv"
)

// refusal is why a request got no result: a status code, a word from a closed
// list for the counter, and one sentence for the person who asked.
type refusal struct {
	code   int
	reason refusedFor
	text   string
}

// refusedFor is the closed list of reasons, a label of
// mx_exporter_requests_rejected_total.
type refusedFor string

// The reasons.
const (
	badTarget     refusedFor = "target"         // target is missing, repeated or no domain
	badModule     refusedFor = "module"         // no such module
	badParameter  refusedFor = "parameter"      // unknown, repeated or with a value that is none
	badMethod     refusedFor = "method"         // neither GET nor HEAD, or not POST for a reload
	crossSite     refusedFor = "cross_site"     // another site's page made a browser ask
	disabled      refusedFor = "disabled"       // taken away by a flag
	notKept       refusedFor = "not_kept"       // no such probe in the history
	queueFull     refusedFor = "queue_full"     // as many wait already as may
	queueTimeout  refusedFor = "queue_timeout"  // no slot came free in half of the deadline
	sharedTimeout refusedFor = "shared_timeout" // a run that others wait for lasts longer than this request can
	localFD       refusedFor = "local_fd"       // no descriptor or memory left for the probe
	localOverload refusedFor = "local_overload" // our turn at the addresses did not come
	stopping      refusedFor = "stopping"       // the exporter is shutting down
	stuck         refusedFor = "stuck"          // the probe did not end when its time was over
	notStarted    refusedFor = "not_started"    // the probe could not even start
	panicked      refusedFor = "panic"          // a fault in this program
)

// refusals lists every pair that can occur, so that each has a series from the
// start and rate() sees the first one.
func refusals() []refusal {
	return []refusal{
		{code: http.StatusBadRequest, reason: badTarget},
		{code: http.StatusBadRequest, reason: badModule},
		{code: http.StatusBadRequest, reason: badParameter},
		{code: http.StatusForbidden, reason: crossSite},
		{code: http.StatusForbidden, reason: disabled},
		{code: http.StatusNotFound, reason: disabled},
		{code: http.StatusNotFound, reason: notKept},
		{code: http.StatusMethodNotAllowed, reason: badMethod},
		{code: http.StatusInternalServerError, reason: panicked},
		{code: http.StatusInternalServerError, reason: stuck},
		{code: http.StatusServiceUnavailable, reason: queueFull},
		{code: http.StatusServiceUnavailable, reason: queueTimeout},
		{code: http.StatusServiceUnavailable, reason: sharedTimeout},
		{code: http.StatusServiceUnavailable, reason: localFD},
		{code: http.StatusServiceUnavailable, reason: localOverload},
		{code: http.StatusServiceUnavailable, reason: notStarted},
		{code: http.StatusServiceUnavailable, reason: stopping},
	}
}

// retryAfter is what a 503 asks for: long enough for a probe to end, shorter
// than any sensible scrape interval.
const retryAfter = "5"

func bad(reason refusedFor, format string, a ...any) *refusal {
	return &refusal{code: http.StatusBadRequest, reason: reason, text: fmt.Sprintf(format, a...)}
}

func busy(reason refusedFor, text string) *refusal {
	return &refusal{code: http.StatusServiceUnavailable, reason: reason, text: text}
}

func absent(reason refusedFor, text string) *refusal {
	return &refusal{code: http.StatusNotFound, reason: reason, text: text}
}

// refuse answers with the refusal and counts it.
func (h *Handler) refuse(w http.ResponseWriter, r *refusal) {
	h.metrics.rejected.WithLabelValues(strconv.Itoa(r.code), string(r.reason)).Inc()
	if r.code == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", retryAfter)
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(r.code)
	fmt.Fprintln(w, r.text)
}

// echo quotes text of the asker for a sentence: escaped, and cut to 64 bytes.
func echo(s string) string {
	const most = 64
	if len(s) > most {
		return strconv.QuoteToASCII(s[:most]) + "…"
	}
	return strconv.QuoteToASCII(s)
}
