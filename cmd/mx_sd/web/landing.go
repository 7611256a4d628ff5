package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/common/version"

	"mx_exporter/cmd/mx_sd/discovery"
)

//go:embed landing.html style.css
var assets embed.FS

// maxProblem cuts what a page shows of a refresh that failed.
const maxProblem = 256

// landing is the first page: what there is to ask for, and how old it is.
type landing struct {
	d     *discovery.Discovery
	page  *template.Template
	sheet []byte
}

func newLanding(d *discovery.Discovery) (*landing, error) {
	page, err := template.ParseFS(assets, "landing.html")
	if err != nil {
		return nil, err
	}
	sheet, err := assets.ReadFile("style.css")
	return &landing{d, page, sheet}, err
}

// line is one document: where it is, what is in it, how it is.
type line struct {
	Path, Holds string
	OK          bool
	How         string
}

// ServeHTTP answers the first page.
func (l *landing) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	var b bytes.Buffer
	if err := l.page.Execute(&b, map[string]any{"Lines": l.lines(), "Version": version.Info()}); err != nil {
		http.Error(w, "the page could not be written", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(b.Bytes())
}

func (l *landing) style(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	_, _ = w.Write(l.sheet)
}

// lines are the documents in the order of the configuration's sections.
func (l *landing) lines() (all []line) {
	states := map[string]discovery.State{}
	for _, s := range l.d.States() {
		states[string(s.Kind)+s.Name] = s
	}
	sites, domains, servers := l.d.Names()
	for _, name := range sites {
		ok, how := how(states[string(discovery.Site)+name])
		all = append(all, line{"/sd/sites/" + name, l.site(name), ok, how})
	}
	for _, name := range domains {
		ok, how := how(states[string(discovery.Domains)+name])
		all = append(all, line{"/sd/domains/" + name, l.set(name), ok, how})
	}
	for _, name := range servers {
		a := l.d.ServerTargets(name)
		one := line{"/sd/servers/" + name, count(len(a.Groups), "server", "servers"), a.Ready, "as its sets of domains"}
		if !a.Ready {
			one.Holds, one.How = "", "waits for the first result of its sets of domains"
		}
		all = append(all, one)
	}
	return all
}

func (l *landing) site(name string) string {
	r, _ := l.d.Site(name)
	if r == nil {
		return ""
	}
	broken := 0
	for _, a := range r.Addresses {
		if a.Fault != nil {
			broken++
		}
	}
	return fmt.Sprintf("%s, %s, %d of them broken", count(len(r.Domains), "domain", "domains"), count(len(r.Addresses), "address", "addresses"), broken)
}

func (l *landing) set(name string) string {
	r := l.d.Domains(name)
	if r == nil {
		return ""
	}
	return count(len(r.Domains), "domain", "domains") + " on " + count(len(r.Servers), "server", "servers")
}

// how says in words how the refreshes of one thing go.
func how(s discovery.State) (ok bool, text string) {
	switch {
	case s.Err != nil && s.Last.IsZero():
		return false, "no result yet; the last try failed: " + cut(s.Err)
	case s.Err != nil:
		return false, "from " + ago(s.Last) + "; the last refresh failed: " + cut(s.Err)
	case s.Last.IsZero():
		return false, "no result yet; the first try is under way"
	}
	return true, "from " + ago(s.Last)
}

func ago(t time.Time) string { return time.Since(t).Round(time.Second).String() + " ago" }

func cut(err error) string {
	text := strings.ToValidUTF8(err.Error(), "?")
	if len(text) > maxProblem {
		text = strings.ToValidUTF8(text[:maxProblem], "") + "…"
	}
	return text
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
