package web

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"time"

	"github.com/go-kit/log/level"
	"github.com/prometheus/common/version"
)

//go:embed landing.html style.css
var assets embed.FS

// landing is the first page: a form to try a probe with, the links, and what
// was probed lately.
type landing struct {
	*Handler
	page *template.Template
	css  []byte
}

// recentShown is how many past probes the first page lists.
const recentShown = 20

func (h *Handler) newLanding() (*landing, error) {
	page, err := template.ParseFS(assets, "landing.html")
	if err != nil {
		return nil, err
	}
	css, err := assets.ReadFile("style.css")
	if err != nil {
		return nil, err
	}
	return &landing{h, page, css}, nil
}

// landingData is what the template shows.
type landingData struct {
	Base      string // external path without the final slash
	Version   string
	Modules   []string
	Default   string
	Details   bool
	Running   int
	Slots     int
	Recent    []*Entry
	Generated time.Time
}

// ServeHTTP answers the first page.
func (l *landing) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d := landingData{
		Base:    l.paths.external,
		Version: version.Info(),
		Modules: l.store.Snapshot().Names(),
		Default: DefaultModule,
		Details: !l.options.DisableDetails,
		Running: l.slots.running(), Slots: cap(l.slots.slots),
		Generated: time.Now().UTC(),
	}
	if d.Details {
		d.Recent = l.history.Recent(recentShown)
	}
	var b bytes.Buffer
	if err := l.page.Execute(&b, d); err != nil {
		level.Error(l.logger).Log("msg", "the landing page could not be written", "err", err)
		l.plain(w, http.StatusInternalServerError, "the page could not be written\n")
		return
	}
	l.compressed(w, r, "text/html; charset=utf-8", b.Bytes())
}

func (l *landing) style(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "max-age=3600")
	l.compressed(w, r, "text/css; charset=utf-8", l.css)
}
