package main

import (
	"fmt"
	"io"

	"mx_exporter/probe"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/report"
)

// view is how check writes what it saw.
func (p *program) view(f *checkFlags) view {
	switch *f.output {
	case outputJSON:
		if *f.list != "" || len(*f.targets) > 1 {
			return &array{out: p.stdout}
		}
		return each{p.stdout, report.JSON}
	case outputLines:
		return each{p.stdout, report.JSONLine}
	case outputCSV:
		return &table{CSV: report.NewCSV(p.stdout)}
	case outputNagios:
		return &plugin{out: p.stdout}
	}
	if *f.list != "" {
		return &summary{out: p.stdout, options: shownOn(p.stdout)}
	}
	return &trees{out: p.stdout, options: shownOn(p.stdout)}
}

// each writes one document after another.
type each struct {
	out   io.Writer
	write func(io.Writer, *probe.Result) error
}

func (e each) one(r *probe.Result) error { return e.write(e.out, r) }
func (e each) end([]probe.Target) error  { return nil }

// array writes one JSON array, whose elements come one by one.
type array struct {
	out   io.Writer
	begun bool
}

func (a *array) one(r *probe.Result) error {
	if err := a.separate(); err != nil {
		return err
	}
	return report.JSON(a.out, r)
}

// separate writes what stands before an element.
func (a *array) separate() error {
	mark := "["
	if a.begun {
		mark = ","
	}
	a.begun = true
	_, err := io.WriteString(a.out, mark)
	return err
}

func (a *array) end([]probe.Target) error {
	mark := "]\n"
	if !a.begun {
		mark = "[]\n"
	}
	_, err := io.WriteString(a.out, mark)
	return err
}

// table writes one row for each result.
type table struct{ *report.CSV }

func (t *table) one(r *probe.Result) error { return t.Row(r) }
func (t *table) end([]probe.Target) error  { return nil }

// plugin writes the one line that Nagios reads.
type plugin struct {
	out     io.Writer
	results []*probe.Result
}

func (p *plugin) one(r *probe.Result) error {
	p.results = append(p.results, r)
	return nil
}

// end counts a target that was not looked at as unknown: a line that says OK would
// be believed.
func (p *plugin) end(left []probe.Target) error {
	for _, t := range left {
		p.results = append(p.results, &probe.Result{Target: t, Verdict: fact.Unknown, Why: "nobody looked, because the check ended early"})
	}
	return report.Nagios(p.out, p.results)
}

// trees writes all about each target.
type trees struct {
	out     io.Writer
	options report.Options
	begun   bool
}

func (t *trees) one(r *probe.Result) error {
	if t.begun {
		if _, err := fmt.Fprintln(t.out); err != nil {
			return err
		}
	}
	t.begun = true
	return report.Text(t.out, r, t.options)
}

func (t *trees) end([]probe.Target) error { return nil }

// summary writes one table of all, since a tree for each of hundreds is more
// than anybody reads.
type summary struct {
	out     io.Writer
	options report.Options
	lines   []report.Brief
}

func (s *summary) one(r *probe.Result) error {
	s.lines = append(s.lines, report.BriefOf(r))
	return nil
}

func (s *summary) end(left []probe.Target) error {
	if err := report.Summary(s.out, s.lines, s.options); err != nil || len(left) == 0 {
		return err
	}
	_, err := fmt.Fprintf(s.out, "%d more were not looked at.\n", len(left))
	return err
}
