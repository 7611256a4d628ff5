package report

import (
	"embed"
	"html/template"
	"io"
	"strings"
	"time"

	"mx_exporter/probe"
	"mx_exporter/probe/fact"
)

// HTMLOptions are what a page says beside its result. The zero value is a page
// without links and without a style sheet.
type HTMLOptions struct {
	Home  string // address of the first page
	Style string // address of [Style]
	Again string // address that looks at the same target anew
	Self  string // address under which this report stays to be found

	Metrics string // of this probe, as Prometheus reads them; empty: left out
	Module  string // configuration that it went by, without secrets; empty: left out
	Past    []Past // other reports of the same target and module, newest first
	Since   Since
}

// Past is another report of the same target and module.
type Past struct {
	Link    string
	At      time.Time
	Verdict fact.Verdict
	Why     string
}

// Since says how long the verdict has been what it is.
type Since struct {
	At     time.Time // of the first report in a row with the verdict of this one
	Probes int       // in that row, this one among them; below 2 nothing is said
}

//go:embed templates/*.html
var templates embed.FS

//go:embed style.css
var style []byte

// Style is the style sheet of every page.
func Style() []byte { return style }

// pages holds a template for each part of a page.
var pages = template.Must(template.New("").ParseFS(templates, "templates/*.html"))

// HTML writes a result as a whole page: the verdict first, then each section of
// [sections] that has something to show. The page needs no script; its style is
// [Style]. The error is that of the writer.
func HTML(w io.Writer, r *probe.Result, o HTMLOptions) error {
	title := string(r.Verdict) + ": " + name(r.Target.String())
	if err := begin(w, title, o); err != nil {
		return err
	}
	return Finish(w, r, o)
}

// Underway writes the beginning of a page whose result is still to come, with a
// sentence that says so. [Finish] or [Refuse] writes the rest, which takes the
// sentence from sight.
func Underway(w io.Writer, target probe.Target, timeout time.Duration, o HTMLOptions) error {
	shown := name(target.String())
	if err := begin(w, shown, o); err != nil {
		return err
	}
	return show(w, "underway", map[string]string{"Target": shown, "Timeout": ms(fact.Elapsed(timeout))})
}

// Refuse ends a page that was begun by [Underway] with the reason why there is
// no report.
func Refuse(w io.Writer, why string, o HTMLOptions) error {
	if err := show(w, "refused", map[string]string{"Why": remark(why), "Again": o.Again}); err != nil {
		return err
	}
	return show(w, "end", o)
}

// Finish ends a page that was begun by [Underway] with the report.
func Finish(w io.Writer, r *probe.Result, o HTMLOptions) error {
	if err := show(w, "verdict", headOf(r, o)); err != nil {
		return err
	}
	for _, s := range sections() {
		if err := s.write(w, &subject{r, o}); err != nil {
			return err
		}
	}
	return show(w, "end", o)
}

func begin(w io.Writer, title string, o HTMLOptions) error {
	return show(w, "begin", map[string]string{"Title": title, "Home": o.Home, "Style": o.Style})
}

func show(w io.Writer, part string, data any) error { return pages.ExecuteTemplate(w, part, data) }

// subject is what a section is about.
type subject struct {
	*probe.Result
	options HTMLOptions
}

// section is one part of a page, under a heading of its own. A new one is a
// template of the name id and a function that gives what the template shows, or
// nil where there is nothing to show.
type section struct {
	id, title string
	data      func(*subject) any
}

// sections lists the parts of a page below the verdict, in the order in which
// [Text] has them too.
func sections() []section {
	return []section{
		{"servers", "Servers", serversOf},
		{"timing", "Where the time went", timingOf},
		{"talks", "What was said", talksOf},
		{"tls", "TLS and certificates", certificatesOf},
		{"logins", titleLogins, loginsOf},
		{"blocklists", titleBlocklists, blocklistsOf},
		{"policies", titlePolicies, policiesOf},
		{"findings", titleFindings, findingsOf},
		{"lookups", titleLookups, lookupsOf},
		{"past", "Other reports", pastOf},
		{"full", "In full", fullOf},
	}
}

func (s section) write(w io.Writer, on *subject) error {
	data := s.data(on)
	if data == nil {
		return nil
	}
	// Escaped in its own template, so that it stands in this one as it is.
	var inner strings.Builder
	if err := show(&inner, s.id, data); err != nil {
		return err
	}
	return show(w, "section", map[string]any{"ID": s.id, "Title": s.title, "Inner": template.HTML(inner.String())})
}
