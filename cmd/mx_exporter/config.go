package main

import (
	"fmt"

	"github.com/alecthomas/kingpin/v2"

	"mx_exporter/probe"
)

// configFlags are the arguments of the command "config check".
type configFlags struct {
	name string
	file *string
}

func addConfig(app *kingpin.Application) *configFlags {
	c := app.Command("config", "Look at configuration files.").Command("check", "Check a configuration file: exit 0 when it is right, 1 when not.")
	return &configFlags{name: c.FullCommand(), file: c.Arg("file", "YAML file to check.").Required().String()}
}

// configCheck says whether a file would be taken, and what is wrong when not.
func (p *program) configCheck(f *configFlags) int {
	c, err := probe.Loader().Load(*f.file)
	if err != nil {
		fmt.Fprintf(p.stderr, "mx_exporter: %v\n", err)
		return exitFault
	}
	for _, w := range c.Warnings {
		fmt.Fprintf(p.stderr, "mx_exporter: warning: %v\n", w)
	}
	fmt.Fprintf(p.stdout, "%s: valid, %d modules\n", *f.file, len(c.Modules))
	return exitOK
}
