package web

import (
	"bytes"
	"embed"
	"fmt"
	"hash/fnv"
	"html/template"
	"net/http"
	"slices"
	"time"

	"github.com/go-kit/log/level"
	"github.com/prometheus/common/version"

	"mx_exporter/config"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/report"
)

//go:embed landing.html
var assets embed.FS

// landing is the first page: a form to test a domain with, how the exporter is
// doing, and what was probed lately.
type landing struct {
	*Handler
	page     *template.Template
	styleURL string // changes with the sheet, so that no browser keeps an old one
}

// recentShown is how many past probes the first page lists.
const recentShown = 20

func (h *Handler) newLanding() (*landing, error) {
	page, err := template.ParseFS(assets, "landing.html")
	if err != nil {
		return nil, err
	}
	sum := fnv.New32a()
	_, _ = sum.Write(report.Style()) // never fails
	return &landing{h, page, fmt.Sprintf("%s/style.css?%08x", h.paths.external, sum.Sum32())}, nil
}

// landingData is what the template shows.
type landingData struct {
	Base    string // external path without the final slash
	Style   string
	Version string
	Problem string // why the last request got no report
	Target  string // as it was typed
	Modules []moduleChoice
	NoNeed  bool // there is a module that has a server and needs no target
	Details bool
	State   []StateLine
	Recent  []recent
	Trips   []tripLine

	Reply       string // the text to explain, as it was typed
	MaxReply    int
	Unexplained string // why that text got no explanation
}

type moduleChoice struct {
	Name     string
	Prober   config.Prober
	Server   string // the one that it is bound to; empty: the target's
	Selected bool
}

// recent is a past probe in one line.
type recent struct {
	Link, Age, At, Target, Module, Why string
	Verdict                            fact.Verdict
}

// StateLine is one thing that probes rely on, such as a resolver. Text is plain.
type StateLine struct {
	What string
	OK   bool
	Text string // how it is
}

// ServeHTTP answers the first page.
func (l *landing) ServeHTTP(w http.ResponseWriter, r *http.Request) { l.show(w, r, http.StatusOK, "") }

// show answers the first page, with what was typed in its form again, and with
// a problem to mend there if there is one.
func (l *landing) show(w http.ResponseWriter, r *http.Request, code int, problem string) {
	d := l.data()
	d.Problem = problem
	if d.Details {
		q := r.URL.Query()
		d.Target = q.Get("target")
		if _, ok := l.store.Snapshot().Modules[q.Get("module")]; ok {
			d.Modules = l.choices(q.Get("module"))
		}
	}
	l.send(w, r, code, d)
}

// data is the first page as it is for everybody.
func (l *landing) data() landingData {
	d := landingData{
		Base: l.paths.external, Style: l.styleURL, Version: build(),
		Details: !l.options.DisableDetails, State: l.state(), Modules: l.choices(DefaultModule), MaxReply: maxReply,
	}
	d.NoNeed = slices.ContainsFunc(d.Modules, func(m moduleChoice) bool { return m.Server != "" })
	if d.Details {
		d.Recent = l.recent(time.Now())
		d.Trips = l.roundTrips(time.Now())
	}
	return d
}

func (l *landing) send(w http.ResponseWriter, r *http.Request, code int, d landingData) {
	var b bytes.Buffer
	if err := l.page.Execute(&b, d); err != nil {
		level.Error(l.logger).Log("msg", "the landing page could not be written", "err", err)
		l.plain(w, http.StatusInternalServerError, "the page could not be written\n")
		return
	}
	l.compressedAs(w, r, code, "text/html; charset=utf-8", b.Bytes())
}

// choices is the modules of the form.
func (l *landing) choices(selected string) (all []moduleChoice) {
	c := l.store.Snapshot()
	for _, name := range c.Names() {
		m := c.Modules[name]
		server, _ := m.Endpoint()
		all = append(all, moduleChoice{name, m.Prober, server, name == selected})
	}
	return all
}

// state is how the exporter is doing: what the web side knows, and what
// [Options].State adds.
func (l *landing) state() []StateLine {
	s := l.store.Status()
	conf := StateLine{"Configuration", true, "in use since " + s.LoadedAt.UTC().Format(time.DateTime) + " UTC"}
	if s.Err != nil {
		conf.OK, conf.Text = false, "the last reload failed, so the one from before is in use; the log and the metrics say more"
	}
	running, slots, waiting := l.slots.running(), cap(l.slots.slots), l.slots.waiting.Load()
	room := StateLine{"Probes", waiting == 0, fmt.Sprintf("%d of at most %d are running", running, slots)}
	if waiting > 0 {
		room.Text += fmt.Sprintf(", and %d wait for their turn", waiting)
	}
	lines := []StateLine{conf, room}
	if l.options.State != nil {
		lines = append(lines, l.options.State()...)
	}
	return lines
}

// recent lists the last probes, newest first.
func (l *landing) recent(now time.Time) (rows []recent) {
	for _, e := range l.history.Recent(recentShown) {
		rows = append(rows, recent{
			Link: l.paths.external + "/report/" + e.ID, Age: ago(now.Sub(e.At)), At: e.At.UTC().Format(time.RFC3339),
			Target: e.Result.Target.String(), Module: e.Result.Module, Why: report.Remark(e.Result.Why), Verdict: e.Result.Verdict,
		})
	}
	return rows
}

// ago is an age in words.
func ago(d time.Duration) string {
	switch {
	case d < time.Second:
		return "just now"
	case d < time.Minute:
		return fmt.Sprintf("%d s ago", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h ago", int(d.Hours()))
	}
	return fmt.Sprintf("%d days ago", int(d.Hours()/24))
}

// style answers the sheet of every page. Its address changes with it.
func (l *landing) style(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "max-age=86400")
	l.compressed(w, r, "text/css; charset=utf-8", report.Style())
}

// build says which program this is. One that was run from its source, as the demo
// is, has no version.
func build() string {
	if version.Version != "" {
		return version.Info()
	}
	return "built from source, without a version"
}
