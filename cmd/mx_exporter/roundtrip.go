package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/alecthomas/kingpin/v2"

	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/report"
	"mx_exporter/probe/roundtrip"
)

// tripFlags are the flags and arguments of the command "roundtrip".
type tripFlags struct {
	name   string
	file   *string
	trip   *string
	output *string
}

func addRoundTrip(app *kingpin.Application, file *string) *tripFlags {
	c := app.Command("roundtrip", "Send one message by a round trip of the configuration, wait for it, and say what became of it. It takes up to the round trip's window, and up to a minute longer, or three times fetch.poll where that is more, while the mailbox cannot be looked into; the last look comes on top. Exit code: 0 arrived in time, or was kept out as eicar declares, 1 arrived late, harmed or in the junk folder, 2 lost, bounced, refused or not sent, 3 the mailbox could not be looked into, or the fault is ours.")
	return &tripFlags{
		name: c.FullCommand(), file: file,
		trip:   c.Arg("name", "Name under round_trips in the configuration.").Required().String(),
		output: c.Flag("output", "How to write it: text, json.").Short('o').Default(outputText).Enum(outputText, outputJSON),
	}
}

// roundtrip makes one run, tells its steps on standard error, and gives the exit
// code of its outcome.
func (p *program) roundtrip(ctx context.Context, f *tripFlags) int {
	trip, err := f.prepare()
	if err != nil {
		fmt.Fprintf(p.stderr, "mx_exporter: %v\n", err)
		return exitUsage
	}
	defer p.env.Close()
	run, err := roundtrip.New(roundtrip.Options{Env: p.env}).Once(ctx, *f.trip, trip, p.step)
	if err == nil {
		err = p.showRun(*f.output, run)
	}
	if err != nil {
		fmt.Fprintf(p.stderr, "mx_exporter: %v\n", err)
		return exitUsage
	}
	return exitCode(report.RunVerdict(run))
}

func (f *tripFlags) prepare() (t config.RoundTrip, err error) {
	c, err := probe.Loader().Load(*f.file)
	if err != nil {
		return t, err
	}
	t, ok := c.RoundTrips[*f.trip]
	switch {
	case len(c.RoundTrips) == 0:
		return t, errors.New("the configuration has no round_trips; name a file that has with --config.file")
	case !ok:
		return t, fmt.Errorf("round trip %q is not in the configuration; it has %s", *f.trip, strings.Join(slices.Sorted(maps.Keys(c.RoundTrips)), ", "))
	}
	return t, nil
}

// step tells what has just happened, as it happens.
func (p *program) step(e roundtrip.Event) {
	fmt.Fprintf(p.stderr, "%6.1f s  %s\n", e.At.Seconds(), report.Remark(e.Text))
}

func (p *program) showRun(output string, r *roundtrip.Run) error {
	if output == outputText {
		return report.RunText(p.stdout, r, shownOn(p.stdout))
	}
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("the run as JSON: %w", err)
	}
	_, err = p.stdout.Write(printable(append(b, '\n')))
	return err
}
