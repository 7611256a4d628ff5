package web

import (
	"bytes"
	"net/http"
	"strconv"
	"time"

	"github.com/go-kit/log/level"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"mx_exporter/probe/report"
)

// handleProbe answers /probe.
func (h *Handler) handleProbe(w http.ResponseWriter, r *http.Request) {
	req, refused := h.read(r, time.Now(), "target", "module", "debug", "format")
	if refused != nil {
		h.refuse(w, refused)
		return
	}
	extend(w, req.timeout+5*time.Second)
	a := h.run(r.Context(), req)
	if a.refused != nil {
		h.refuse(w, a.refused)
		return
	}
	if a.age > 0 {
		w.Header().Set("Age", strconv.Itoa(int(a.age.Seconds())))
	}
	switch req.view {
	case viewJSON:
		h.writeJSON(w, r, a)
	case viewDebug:
		h.writeDebug(w, r, a.result, req.module)
	default:
		h.writeMetrics(w, r, a)
	}
}

// writeMetrics answers with the result's metrics, in the format and with the
// compression that the asker prefers.
func (h *Handler) writeMetrics(w http.ResponseWriter, r *http.Request, a answer) {
	metrics := promhttp.HandlerForTransactional(h.expositions.Of(a.result), promhttp.HandlerOpts{DisableCompression: true})
	h.zipped(w, r, http.StatusOK, func(to http.ResponseWriter) { metrics.ServeHTTP(to, r) })
}

// writeJSON answers with the whole result, the transcript among it.
func (h *Handler) writeJSON(w http.ResponseWriter, r *http.Request, a answer) {
	var b bytes.Buffer
	if err := report.JSON(&b, a.result); err != nil {
		level.Error(h.logger).Log("msg", "a result could not be written as JSON", "err", err)
		h.plain(w, http.StatusInternalServerError, "the result could not be written as JSON\n")
		return
	}
	h.compressed(w, r, "application/json", b.Bytes())
}
