package web

import (
	"crypto/sha256"
	"encoding/binary"
	"net/http"
	"sync"
	"time"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"
	"github.com/goccy/go-yaml"

	"mx_exporter/config"
)

// reloader reads the configuration again, one reading at a time. A bad file
// leaves the old configuration in place.
type reloader struct {
	mu      sync.Mutex
	store   Store
	metrics *metrics
	logger  log.Logger
}

func newReloader(s Store, m *metrics, l log.Logger) *reloader {
	r := &reloader{store: s, metrics: m, logger: l}
	r.succeeded()
	return r
}

func (r *reloader) reload() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.store.Reload(); err != nil {
		r.metrics.reloadOK.Set(0)
		level.Error(r.logger).Log("msg", "the configuration was not reloaded; the old one stays", "err", err)
		return err
	}
	r.succeeded()
	level.Info(r.logger).Log("msg", "configuration reloaded")
	return nil
}

func (r *reloader) succeeded() {
	c := r.store.Snapshot()
	r.metrics.know(c)
	r.metrics.reloadOK.Set(1)
	r.metrics.reloadTime.Set(float64(time.Now().UnixNano()) / 1e9)
	if masked, err := maskedYAML(c); err == nil {
		r.metrics.configHash.Set(hash(masked))
	}
}

// hash folds text into a number that a float64 holds exactly: 48 bits of its
// SHA-256.
func hash(b []byte) float64 {
	sum := sha256.Sum256(b)
	return float64(binary.BigEndian.Uint64(sum[:8]) >> 16)
}

// Reload reads the configuration again, as for SIGHUP. The error names what is
// wrong with the file; the old configuration stays in use then.
func (h *Handler) Reload() error { return h.reloader.reload() }

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
	b, err := maskedYAML(h.store.Snapshot())
	if err != nil {
		level.Error(h.logger).Log("msg", "the configuration could not be written as YAML", "err", err)
		h.plain(w, http.StatusInternalServerError, "the configuration could not be shown\n")
		return
	}
	h.plain(w, http.StatusOK, string(b))
}

// maskedYAML writes a configuration, or a part of one, as it would stand in a
// file. The types of secrets write themselves as <secret>.
func maskedYAML(v any) ([]byte, error) { return yaml.Marshal(v) }

var _ Store = (*config.Store)(nil)
