package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/alecthomas/kingpin/v2"

	"mx_exporter/cmd/mx_sd/servers"
	"mx_exporter/cmd/terminal"
)

// expandFlags are the arguments of the command "expand".
type expandFlags struct {
	name   string
	file   *string
	output *string
	dns    *[]string
}

func addExpand(app *kingpin.Application) *expandFlags {
	c := app.Command("expand", "Print the mail servers behind a list of domains, each server once, with the domains that it serves: exit 0 when every domain could be looked up, 2 when one could not, 1 when none could.")
	return &expandFlags{
		name:   c.FullCommand(),
		file:   c.Arg("file", "File with a domain on each line; without one, or for -, standard input.").String(),
		output: addOutput(c),
		dns:    addDNS(c),
	}
}

// expand is the command.
func (p *program) expand(ctx context.Context, f *expandFlags) int {
	domains, err := readFile(*f.file, p.stdin)
	if err != nil {
		fmt.Fprintf(p.stderr, "mx_sd: %v\n", err)
		return exitFault
	}
	r, err := p.world.resolver(*f.dns, 0)
	if err != nil {
		fmt.Fprintf(p.stderr, "mx_sd: %v\n", err)
		return exitUsage
	}
	defer r.close()
	bar := terminal.NewProgress(p.stderr)
	found := servers.Expand(ctx, r.cache, domains, func(done int) {
		bar.Show(done, len(domains), fmt.Sprintf(" %d of %d domains", done, len(domains)), "")
	})
	bar.End()
	if err := p.writeServers(found, *f.output); err != nil {
		fmt.Fprintf(p.stderr, "mx_sd: the result could not be written: %v\n", err)
		return exitFault
	}
	if ctx.Err() != nil {
		return exitFault
	}
	if n := found.Failed(); n > 0 && n == len(found.Domains) {
		fmt.Fprintf(p.stderr, "mx_sd: none of %s could be looked up (%s); is the resolver right? --dns.server names another\n", count(n, "domain", "domains"), firstReason(found))
		return exitFault
	}
	for _, d := range found.Domains {
		if d.Reason != "" {
			return exitBroken
		}
	}
	return exitOK
}

func (p *program) writeServers(r *servers.Result, output string) error {
	switch output {
	case outputJSON:
		e := json.NewEncoder(p.stdout)
		e.SetIndent("", "  ")
		return e.Encode(r)
	case outputCSV:
		return serversCSV(p.stdout, r)
	}
	_, err := io.WriteString(p.stdout, serversText(r))
	return err
}

// serversText is a result for people: each server with its domains, then the
// domains that have none.
func serversText(r *servers.Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s on %s\n", count(len(r.Domains), "domain", "domains"), count(len(r.Servers), "server", "servers"))
	for _, s := range r.Servers {
		fmt.Fprintf(&b, "\n%s (%s) %s of %s\n", s.Name, strings.Trim(fmt.Sprint(s.Addresses), "[]")+string(s.Reason), s.Role, count(len(s.Domains), "domain", "domains"))
		for _, d := range s.Domains {
			fmt.Fprintf(&b, "  %s\n", d)
		}
	}
	title := "\nWithout a server:\n"
	for _, d := range r.Domains {
		if len(d.Servers) > 0 {
			continue
		}
		why := string(d.Reason)
		if d.Null {
			why = "takes no mail (null MX)"
		}
		fmt.Fprintf(&b, "%s  %s: %s\n", title, d.Name, why)
		title = ""
	}
	return b.String()
}

// serversCSV is a line for each server of each domain.
func serversCSV(out io.Writer, r *servers.Result) error {
	w := csv.NewWriter(out)
	_ = w.Write([]string{"domain", "server", "preference_order", "provider", "reason"})
	for _, d := range r.Domains {
		if len(d.Servers) == 0 {
			_ = w.Write([]string{d.Name, "", "", "", string(d.Reason)})
		}
		for i, s := range d.Servers {
			_ = w.Write([]string{d.Name, s, strconv.Itoa(i + 1), servers.Provider(s), ""})
		}
	}
	w.Flush()
	return w.Error()
}
