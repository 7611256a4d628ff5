package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kingpin/v2"
	"golang.org/x/sync/errgroup"

	"mx_exporter/cmd/mx_exporter/web"
	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/report"
)

// The ways to write what check saw.
const (
	outputText   = "text"
	outputJSON   = "json"
	outputNagios = "nagios"
)

// atOnce is how many targets are looked at side by side.
const atOnce = 10

// checkFlags are the flags and arguments of the command "check".
type checkFlags struct {
	name    string
	file    *string
	targets *[]string
	module  *string
	output  *string
	timeout *time.Duration
}

func addCheck(app *kingpin.Application, file *string) *checkFlags {
	c := app.Command("check", "Look once and say what was seen. Exit code: 0 satisfactory, 1 impaired, 2 compromised, 3 unknown; the worst of several targets counts, in the order 2, 3, 1, 0.")
	return &checkFlags{
		name: c.FullCommand(), file: file,
		targets: c.Arg("target", "Domain, or mailbox as user@domain.").Required().Strings(),
		module:  c.Flag("module", "Module of the configuration to look with.").Default(web.DefaultModule).String(),
		output:  c.Flag("output", "How to write it: text, json, nagios.").Short('o').Default(outputText).Enum(outputText, outputJSON, outputNagios),
		timeout: c.Flag("timeout", "Time for each target, instead of the module's.").PlaceHolder("30s").Duration(),
	}
}

// check looks at each target and gives the exit code of the worst.
func (p *program) check(ctx context.Context, f *checkFlags) int {
	module, targets, err := f.prepare()
	if err != nil {
		fmt.Fprintf(p.stderr, "mx_exporter: %v\n", err)
		return exitUsage
	}
	defer p.env.Close()
	defer p.lookAtSelf(ctx, module)()
	results, err := p.probeAll(ctx, targets, module)
	if err != nil {
		fmt.Fprintf(p.stderr, "mx_exporter: %v\n", err)
		return exitUsage
	}
	if err := p.show(*f.output, results); err != nil {
		fmt.Fprintf(p.stderr, "mx_exporter: the result could not be written: %v\n", err)
		return exitUsage
	}
	return exitCode(results)
}

// prepare reads everything that the operator gave. What is wrong with it is
// known before the first packet is sent.
func (f *checkFlags) prepare() (m config.Module, targets []probe.Target, err error) {
	c, err := config.Load(*f.file)
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
		t, err := probe.ParseTarget(s)
		if err != nil {
			return m, nil, err
		}
		t.Trusted = true // the operator typed it
		targets = append(targets, t)
	}
	return m, targets, nil
}

// probeAll probes side by side; results are in the order of the targets.
func (p *program) probeAll(ctx context.Context, targets []probe.Target, m config.Module) ([]*probe.Result, error) {
	results := make([]*probe.Result, len(targets))
	var g errgroup.Group
	g.SetLimit(atOnce)
	for i, t := range targets {
		g.Go(func() error {
			r, err := p.probe(ctx, t, m)
			if err != nil {
				return fmt.Errorf("%s: %w", t, err)
			}
			results[i] = r
			return nil
		})
	}
	err := g.Wait()
	if ctx.Err() != nil {
		return nil, errors.New("interrupted")
	}
	return results, err
}

// show writes the results. JSON is one document after another, which is what jq
// reads.
func (p *program) show(output string, results []*probe.Result) error {
	switch output {
	case outputNagios:
		return report.Nagios(p.stdout, results)
	case outputJSON:
		for _, r := range results {
			if err := report.JSON(p.stdout, r); err != nil {
				return err
			}
		}
		return nil
	}
	o := terminal(p.stdout)
	for i, r := range results {
		if i > 0 {
			fmt.Fprintln(p.stdout)
		}
		if err := report.Text(p.stdout, r, o); err != nil {
			return err
		}
	}
	return nil
}

// exitCode is that of the worst verdict.
func exitCode(results []*probe.Result) int {
	worst := slices.MaxFunc(results, func(a, b *probe.Result) int { return report.Rank(a.Verdict) - report.Rank(b.Verdict) })
	switch worst.Verdict {
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
