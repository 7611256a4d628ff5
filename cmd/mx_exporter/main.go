// Command mx_exporter tells Prometheus whether mail gets into a domain: it finds
// every MX host, talks to every address of each, and says how long each step
// took, what each server answered, and what follows from it.
//
// Without a command it serves HTTP. Each command has a file of its own; all of
// them read the same results as the metrics do.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"

	"mx_exporter/config"
	"mx_exporter/probe"
)

// Exit codes. Those of check are the codes that Nagios knows.
const (
	exitOK    = 0
	exitFault = 1 // could not start, or a configuration that is wrong
	exitUsage = 3 // asked in a way that is not understood; as check's "unknown"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first signal ends things in order. After it the signals are let go, so
	// that a second one ends the process at once, by the signal itself.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is the whole program as a function of its arguments. It returns the exit
// code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return newProgram(stdin, stdout, stderr, &probe.Env{}).run(ctx, args)
}

// program is what every command works with.
type program struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	env            *probe.Env
	probe          func(context.Context, probe.Target, config.Module) (*probe.Result, error)
}

func newProgram(stdin io.Reader, stdout, stderr io.Writer, env *probe.Env) *program {
	return &program{
		stdin: stdin, stdout: stdout, stderr: stderr, env: env,
		probe: func(ctx context.Context, t probe.Target, m config.Module) (*probe.Result, error) {
			return probe.Run(ctx, env, t, m)
		},
	}
}

func (p *program) run(ctx context.Context, args []string) int {
	c := newCLI(p.stdout, p.stderr)
	command, code, done := c.parse(args, p.stderr)
	if done {
		return code
	}
	switch command {
	case c.check.name:
		return p.check(ctx, c.check)
	case c.explain.name:
		return p.explain(c.explain)
	case c.dnsbl.name:
		return p.dnsbl(ctx, c.dnsbl)
	case c.health.name:
		return p.healthcheck(ctx, c.health)
	case c.trip.name:
		return p.roundtrip(ctx, c.trip)
	case c.config.name:
		return p.configCheck(c.config)
	}
	return p.serve(ctx, c.serve)
}
