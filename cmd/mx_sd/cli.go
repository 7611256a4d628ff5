package main

import (
	"fmt"
	"io"
	"strconv"
	"time"

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

// number is the value of a flag. kingpin's own says neither which flag it was nor
// what would be right.
type number struct {
	flag string
	n    int
}

// Set implements [kingpin.Value].
func (v *number) Set(s string) (err error) {
	if v.n, err = strconv.Atoi(s); err != nil {
		return fmt.Errorf("--%s %.32q is no whole number; want one such as 20", v.flag, s)
	}
	return nil
}

// String implements [kingpin.Value].
func (v *number) String() string { return strconv.Itoa(v.n) }

// duration is the same for a length of time.
type duration struct {
	flag string
	d    time.Duration
}

// Set implements [kingpin.Value].
func (v *duration) Set(s string) (err error) {
	if v.d, err = time.ParseDuration(s); err != nil {
		return fmt.Errorf("--%s %.32q is no length of time; want one such as 30s", v.flag, s)
	}
	return nil
}

// String implements [kingpin.Value].
func (v *duration) String() string { return v.d.String() }

func addNumber(c *kingpin.CmdClause, name, help string, unset int) *int {
	v := &number{flag: name}
	c.Flag(name, help).Default(strconv.Itoa(unset)).SetValue(v)
	return &v.n
}

func addDuration(c *kingpin.CmdClause, name, help string, unset time.Duration) *time.Duration {
	v := &duration{flag: name}
	c.Flag(name, help).Default(unset.String()).SetValue(v)
	return &v.d
}

func addDNS(c *kingpin.CmdClause) *[]string {
	return c.Flag("dns.server", "Resolver, as address or address:port; default: those of resolv.conf.").PlaceHolder("ADDRESS").Strings()
}
