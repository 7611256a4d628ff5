package main

import (
	"fmt"
	"io"

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/common/version"
)

// cli is the command line: the flags of every command, filled in by parse.
type cli struct {
	app    *kingpin.Application
	exited *int // code that kingpin wanted to end the process with

	crawl  *crawlFlags
	expand *expandFlags
	serve  *serveFlags
	config *configFlags
}

func newCLI(stdout, stderr io.Writer) *cli {
	c := &cli{app: kingpin.New("mx_sd", "Finds the domains, addresses and mail servers that mx_exporter ought to watch.")}
	c.app.UsageWriter(&onceOnly{stdout, c}).ErrorWriter(stderr)
	c.app.HelpFlag.Short('h')
	c.app.Version(version.Print("mx_sd"))
	c.app.Terminate(func(code int) {
		if c.exited == nil {
			c.exited = &code
		}
		c.app.UsageWriter(io.Discard) // kingpin goes on after it wrote a script for a shell
	})
	c.crawl = addCrawl(c.app)
	c.expand = addExpand(c.app)
	c.serve = addServe(c.app)
	c.config = addConfig(c.app)
	return c
}

// onceOnly writes until kingpin wanted to end the process: after that it would
// print the same help once more, for the command that is missing.
type onceOnly struct {
	io.Writer
	c *cli
}

// Write implements [io.Writer].
func (o *onceOnly) Write(b []byte) (int, error) {
	if o.c.exited != nil {
		return len(b), nil
	}
	return o.Writer.Write(b)
}

// parse reads the arguments. done says that there is nothing left to do but to
// exit with the code.
//
// A kingpin application whose Terminate does not end the process goes on after
// --help and --version as if they had not been there, so what it wanted is
// looked at before anything else.
func (c *cli) parse(args []string, stderr io.Writer) (command string, code int, done bool) {
	command, err := c.app.Parse(args)
	switch {
	case c.exited != nil:
		return "", *c.exited, true
	case err != nil:
		fmt.Fprintf(stderr, "mx_sd: %v; try --help\n", err)
		return "", exitUsage, true
	}
	return command, exitOK, false
}

// The forms of output.
const (
	outputText = "text"
	outputJSON = "json"
	outputCSV  = "csv"
)

func addOutput(c *kingpin.CmdClause) *string {
	return c.Flag("output", "Form of the output: text, json, csv.").Short('o').Default(outputText).Enum(outputText, outputJSON, outputCSV)
}

func addDNS(c *kingpin.CmdClause) *[]string {
	return c.Flag("dns.server", "Resolver, as address or address:port; default: those of resolv.conf.").PlaceHolder("ADDRESS").Strings()
}
