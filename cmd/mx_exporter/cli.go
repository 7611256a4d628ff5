package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/common/version"
)

// cli is the command line: the flags of every command, filled in by parse.
type cli struct {
	app    *kingpin.Application
	exited *int // code that kingpin wanted to end the process with

	serve  *serveFlags
	check  *checkFlags
	config *configFlags

	explain *explainFlags
	dnsbl   *dnsblFlags
	health  *healthFlags
	trip    *tripFlags
}

func newCLI(stdout, stderr io.Writer) *cli {
	c := &cli{app: kingpin.New("mx_exporter", "Prometheus exporter that tells whether mail gets into a domain, and if not, why.")}
	c.app.UsageWriter(stdout).ErrorWriter(stderr)
	c.app.UsageTemplate(usage)
	c.app.HelpFlag.Short('h')
	c.app.Version(version.Print("mx_exporter"))
	c.app.Terminate(func(code int) {
		if c.exited == nil {
			c.exited = &code
		}
	})
	file := c.app.Flag("config.file", "YAML file to read; without one, the built-in modules are used.").PlaceHolder("FILE").String()
	c.serve = addServe(c.app, file)
	c.check = addCheck(c.app, file)
	c.config = addConfig(c.app)
	c.explain = addExplain(c.app)
	c.dnsbl = addDNSBL(c.app, file)
	c.health = addHealthcheck(c.app)
	c.trip = addRoundTrip(c.app, file)
	return c
}

// parse reads the arguments. done says that there is nothing left to do but to
// exit with the code.
//
// A kingpin application whose Terminate does not end the process goes on after
// --help and --version as if they had not been there, so what it wanted is
// looked at before anything else.
func (c *cli) parse(args []string, stderr io.Writer) (command string, code int, done bool) {
	// A shell asks what may follow. The default command would take the beginning of
	// another one's name for an argument of its own.
	if len(args) == 2 && args[0] == "--completion-bash" && !strings.HasPrefix(args[1], "-") {
		args = args[:1]
	}
	command, err := c.app.Parse(spelledOut(args))
	switch {
	case c.exited != nil:
		return "", *c.exited, true
	case err != nil:
		fmt.Fprintf(stderr, "mx_exporter: %v; try --help\n", err)
		return "", exitUsage, true
	}
	return command, exitOK, false
}

// spelledOut writes what kingpin does not understand in the way that it does: a dash
// alone as the value of --file, which it takes for an option without a name, and,
// for a shell that asks, -o as the flag that it stands for.
func spelledOut(args []string) []string {
	var out []string
	completing := len(args) > 0 && args[0] == "--completion-bash"
	for i, a := range args {
		switch {
		case a == "--" && !completing:
			return append(out, args[i:]...)
		case a == "-" && i > 0 && args[i-1] == "--file":
			out[len(out)-1] = "--file=-"
		case a == "-o" && completing:
			out = append(out, "--output")
		default:
			out = append(out, a)
		}
	}
	return out
}

// usage is kingpin's template for --help. Above its flags it shows the commands,
// and, where no command was named, the flags of the one that runs then.
const usage = `{{define "synopsis"}}{{if .FlagSummary}} {{.FlagSummary}}{{end}}{{range .Args}}{{if not .Hidden}} {{if not .Required}}[{{end}}<{{.Name}}>{{if .Value|IsCumulative}}...{{end}}{{if not .Required}}]{{end}}{{end}}{{end}}{{end -}}
{{if .Context.SelectedCommand -}}
usage: {{.App.Name}} {{.Context.SelectedCommand}}{{template "synopsis" .Context.SelectedCommand}}

{{.Context.SelectedCommand.Help|Wrap 0}}
{{else -}}
usage: {{.App.Name}} [<command>] [<flags>] [<args> ...]

{{.App.Help|Wrap 0}}
Commands (serve is the one that runs when none is named):
{{range .App.FlattenedCommands}}{{if not .Hidden}}  {{.FullCommand}}{{range .Args}} {{if not .Required}}[{{end}}<{{.Name}}>{{if .Value|IsCumulative}}...{{end}}{{if not .Required}}]{{end}}{{end}}
{{.Help|Wrap 4}}{{end}}{{end}}
{{end -}}
{{if .Context.Flags -}}
Flags:
{{.Context.Flags|FlagsToTwoColumns|FormatTwoColumns}}
{{end -}}
{{if .Context.Args -}}
Args:
{{.Context.Args|ArgsToTwoColumns|FormatTwoColumns}}
{{end -}}
{{if not .Context.SelectedCommand}}{{range .App.FlattenedCommands}}{{if .Default -}}
Flags of {{.FullCommand}}:
{{.Flags|FlagsToTwoColumns|FormatTwoColumns}}
{{end}}{{end}}{{end -}}
`
