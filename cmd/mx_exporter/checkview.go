package main

import (
	"fmt"
	"io"

	"mx_exporter/probe"
	"mx_exporter/probe/report"
)

// view is how check writes what it saw.
func (p *program) view(f *checkFlags) view {
	switch *f.output {
	case outputJSON:
		return each{p.stdout, report.JSON}
	case outputLines:
		return each{p.stdout, report.JSONLine}
	case outputCSV:
		return &table{CSV: report.NewCSV(p.stdout)}
	case outputNagios:
		return &plugin{out: p.stdout}
	}
	if *f.list != "" {
		return &summary{out: p.stdout, options: terminal(p.stdout)}
	}
	return &trees{out: p.stdout, options: terminal(p.stdout)}
}

// each writes one document after another, which is what jq reads.
type each struct {
	out   io.Writer
	write func(io.Writer, *probe.Result) error
}

func (e each) one(r *probe.Result) error { return e.write(e.out, r) }
func (e each) end() error                { return nil }

// table writes one row for each result.
type table struct{ *report.CSV }

func (t *table) one(r *probe.Result) error { return t.Row(r) }
func (t *table) end() error                { return nil }

// plugin writes the one line that Nagios reads.
type plugin struct {
	out     io.Writer
	results []*probe.Result
}

func (p *plugin) one(r *probe.Result) error {
	p.results = append(p.results, r)
	return nil
}

func (p *plugin) end() error { return report.Nagios(p.out, p.results) }

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

func (t *trees) end() error { return nil }

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

func (s *summary) end() error { return report.Summary(s.out, s.lines, s.options) }
