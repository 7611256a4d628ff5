package main

import (
	"fmt"

	"github.com/alecthomas/kingpin/v2"

	"mx_exporter/config/sd"
)

// configFlags are the arguments of the command "config check".
type configFlags struct{ file *string }

func addConfig(app *kingpin.Application) *configFlags {
	c := app.Command("config", "Look at configuration files.").Command("check", "Check a configuration file: exit 0 when it is right, 1 when not.")
	return &configFlags{file: c.Arg("file", "YAML file to check.").Required().String()}
}

// configCheck says whether a file would be taken, and what is wrong when not. The
// lists of domains that it names are read too.
func (p *program) configCheck(f *configFlags) int {
	c, err := sd.Load(*f.file)
	if err != nil {
		fmt.Fprintf(p.stderr, "mx_sd: %v\n", err)
		return exitFault
	}
	for name, d := range c.Domains {
		if d.File == "" {
			continue
		}
		if _, err := readFile(d.File, nil); err != nil {
			fmt.Fprintf(p.stderr, "mx_sd: %s: domains.%s.file: %v\n", *f.file, name, err)
			return exitFault
		}
	}
	fmt.Fprintf(p.stdout, "%s: valid, %s, %s, %s\n", *f.file, count(len(c.Sites), "site", "sites"),
		count(len(c.Domains), "set of domains", "sets of domains"), count(len(c.Servers), "set of servers", "sets of servers"))
	return exitOK
}
