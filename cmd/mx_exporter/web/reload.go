package web

import (
	"net/http"

	"github.com/go-kit/log/level"

	"mx_exporter/config"
)

// Reload reads the configuration again, as for SIGHUP. The error names what is
// wrong with the file; the old configuration stays in use then.
func (h *Handler) Reload() error {
	if err := h.store.Reload(); err != nil {
		level.Error(h.logger).Log("msg", "the configuration was not reloaded; the old one stays", "err", err)
		return err
	}
	h.metrics.know(h.store.Snapshot())
	level.Info(h.logger).Log("msg", "configuration reloaded")
	h.warn()
	return nil
}

// warn logs what the configuration says that is allowed and likely a mistake.
func (h *Handler) warn() {
	for _, w := range h.store.Snapshot().Warnings {
		level.Warn(h.logger).Log("msg", "the configuration is likely not what was meant", "warning", w)
	}
}

// handleReload answers POST /-/reload.
func (h *Handler) handleReload(w http.ResponseWriter, _ *http.Request) {
	if !h.options.Lifecycle {
		h.refuse(w, &refusal{http.StatusForbidden, disabled, "reloading by HTTP is off; start with --web.enable-lifecycle, or send SIGHUP"})
		return
	}
	if err := h.Reload(); err != nil {
		h.plain(w, http.StatusInternalServerError, "the configuration was not reloaded, the old one stays: "+err.Error()+"\n")
		return
	}
	h.plain(w, http.StatusOK, "configuration reloaded\n")
}

// handleConfig shows the configuration in use, each secret as <secret>.
func (h *Handler) handleConfig(w http.ResponseWriter, _ *http.Request) {
	if h.options.DisableDetails {
		h.refuse(w, absent(disabled, "the configuration is not shown: --web.disable-details"))
		return
	}
	b, err := h.store.Snapshot().Marshal()
	if err != nil {
		level.Error(h.logger).Log("msg", "the configuration could not be written as YAML", "err", err)
		h.plain(w, http.StatusInternalServerError, "the configuration could not be shown\n")
		return
	}
	h.plain(w, http.StatusOK, string(b))
}

var _ Store = (*config.Store)(nil)
