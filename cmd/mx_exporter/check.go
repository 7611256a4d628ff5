package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kingpin/v2"

	"mx_exporter/cmd/mx_exporter/web"
	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/fact"
)

// The ways to write what check saw.
const (
	outputText   = "text"
	outputJSON   = "json"
	outputLines  = "jsonl"
	outputCSV    = "csv"
	outputNagios = "nagios"
)

// checkFlags are the flags and arguments of the command "check".
type checkFlags struct {
	name    string
	file    *string
	targets *[]string
	list    *string
	module  *string
	output  *string
	timeout *time.Duration
}

func addCheck(app *kingpin.Application, file *string) *checkFlags {
	c := app.Command("check", "Look once and say what was seen. Exit code: 0 satisfactory, 1 impaired, 2 compromised, 3 unknown; the worst of several targets counts, in the order 2, 3, 1, 0.")
	return &checkFlags{
		name: c.FullCommand(), file: file,
		targets: c.Arg("target", "Domain, or mailbox as user@domain; a module that is bound to a server needs none.").Strings(),
		list:    c.Flag("file", "File with a target on each line; # begins a comment, - is standard input. What is left to do is shown on standard error, and a table of all stands at the end.").PlaceHolder("FILE").String(),
		module:  c.Flag("module", "Module of the configuration to look with.").Default(web.DefaultModule).String(),
		output:  c.Flag("output", "How to write it: text, json, jsonl, csv, nagios. As json, one target named as an argument is an object, and several, or those of --file, are an array.").Short('o').Default(outputText).Enum(outputText, outputJSON, outputLines, outputCSV, outputNagios),
		timeout: c.Flag("timeout", "Time for each target, instead of the module's.").PlaceHolder("30s").Duration(),
	}
}

// check looks at each target and gives the exit code of the worst.
func (p *program) check(ctx context.Context, f *checkFlags) int {
	module, targets, err := f.prepare(p.stdin)
	if err != nil {
		fmt.Fprintf(p.stderr, "mx_exporter: %v\n", err)
		return exitUsage
	}
	defer p.env.Close()
	defer p.lookAtSelf(ctx, module)()
	seen := &inOrder{view: p.view(f), progress: p.progress(f, len(targets)), left: slices.Clone(targets)}
	err = p.probeAll(ctx, targets, module, seen)
	if err != nil {
		fmt.Fprintf(p.stderr, "mx_exporter: %v\n", err)
	}
	return seen.exitCode(err)
}

// prepare reads everything that the operator gave. What is wrong with it is
// known before the first packet is sent.
func (f *checkFlags) prepare(stdin io.Reader) (m config.Module, targets []probe.Target, err error) {
	c, err := probe.Loader().Load(*f.file)
	if err != nil {
		return m, nil, err
	}
	m, ok := c.Modules[*f.module]
	if !ok {
		return m, nil, fmt.Errorf("module %q is not in the configuration; it has %s", *f.module, strings.Join(c.Names(), ", "))
	}
	if *f.timeout < 0 {
		return m, nil, fmt.Errorf("timeout %v is negative; want a time such as 30s", *f.timeout)
	}
	if *f.timeout > 0 {
		m.Timeout = config.Duration(*f.timeout)
	}
	for _, s := range *f.targets {
		t, err := trusted(s, m)
		if err != nil {
			return m, nil, err
		}
		targets = append(targets, t)
	}
	if *f.list != "" {
		listed, err := readList(*f.list, stdin, m)
		if err != nil {
			return m, nil, err
		}
		targets = append(targets, listed...)
	}
	if host, _ := m.Endpoint(); host != "" && len(targets) == 0 {
		targets = []probe.Target{{Domain: host}} // the module's own server
	}
	if len(targets) == 0 {
		return m, nil, errors.New("no target is named; want a domain such as example.org, or --file")
	}
	return m, targets, nil
}

// trusted reads a target that the operator typed or wrote, who may name any
// mailbox.
func trusted(s string, m config.Module) (probe.Target, error) {
	t, err := probe.TargetFor(s, m)
	t.Trusted = t.Recipient != ""
	return t, err
}

// exitCode is that of a verdict.
func exitCode(v fact.Verdict) int {
	switch v {
	case fact.Satisfactory:
		return 0
	case fact.Impaired:
		return 1
	case fact.Compromised:
		return 2
	case fact.Unknown:
	}
	return 3
}
