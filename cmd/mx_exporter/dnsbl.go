package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kingpin/v2"

	"mx_exporter/cmd/mx_exporter/web"
	"mx_exporter/config"
	"mx_exporter/probe"
	"mx_exporter/probe/dnsbl"
)

// Exit codes of dnsbl, beside exitUsage.
const (
	exitUnsure = 1 // nothing is listed as far as is known, but not everything is known
	exitListed = 2
)

// dnsblFlags are the flags and arguments of the command "dnsbl".
type dnsblFlags struct {
	name     string
	file     *string
	subjects *[]string
	module   *string
	all      *bool
	output   *string
	timeout  *time.Duration
}

func addDNSBL(app *kingpin.Application, file *string) *dnsblFlags {
	c := app.Command("dnsbl", "Test the block lists of the configuration, or ask them about addresses and domains. Exit code without a subject: 0 every list is healthy, 1 one is not. With subjects: 0 none is listed, 1 none is listed as far as is known, 2 one is listed. In both cases 3 when the question is not understood.")
	return &dnsblFlags{
		name: c.FullCommand(), file: file,
		subjects: c.Arg("subject", "IP address, or domain.").Strings(),
		module:   c.Flag("module", "Module whose resolvers are asked.").Default(web.DefaultModule).String(),
		all:      c.Flag("all", "Ask the lists that come with the program, too. Mind their terms: see probe/dnsbl/README.md.").Bool(),
		output:   c.Flag("output", "How to write it: text, json.").Short('o').Default(outputText).Enum(outputText, outputJSON),
		timeout:  c.Flag("timeout", "Time for everything.").Default("30s").Duration(),
	}
}

// dnsbl tests lists, or asks them.
func (p *program) dnsbl(ctx context.Context, f *dnsblFlags) int {
	q, err := f.prepare()
	if err != nil {
		fmt.Fprintf(p.stderr, "mx_exporter: %v\n", err)
		return exitUsage
	}
	defer p.env.Close()
	ctx, cancel := context.WithTimeout(ctx, *f.timeout)
	defer cancel()
	r, err := p.env.AskLists(ctx, q.module, q.lists, q.subjects)
	if err == nil {
		err = writeLists(p.stdout, *f.output, q.subjects, r)
	}
	if err != nil {
		fmt.Fprintf(p.stderr, "mx_exporter: %v\n", err)
		return exitUsage
	}
	return dnsblCode(q.subjects, r)
}

// listQuestion is everything that the operator asked.
type listQuestion struct {
	module   config.Module
	lists    map[string]config.BlockList
	subjects []dnsbl.Subject
}

func (f *dnsblFlags) prepare() (q listQuestion, err error) {
	c, err := probe.Loader().Load(*f.file)
	if err != nil {
		return q, err
	}
	m, ok := c.Modules[*f.module]
	if !ok {
		return q, fmt.Errorf("module %q is not in the configuration; it has %s", *f.module, strings.Join(c.Names(), ", "))
	}
	if *f.timeout <= 0 {
		return q, fmt.Errorf("timeout %v leaves no time; want one such as 30s", *f.timeout)
	}
	m.DNSBL.TXT = true // a person reads it
	q.module, q.lists = m, c.BlockLists
	if *f.all {
		q.lists = withShipped(q.lists)
	}
	if len(q.lists) == 0 {
		return q, errors.New("no block list is configured; name some in a module's dnsbl.lists, or ask all that come with the program with --all")
	}
	for _, s := range *f.subjects {
		subject, err := parseSubject(s)
		if err != nil {
			return q, err
		}
		if !slices.Contains(q.subjects, subject) {
			q.subjects = append(q.subjects, subject)
		}
	}
	return q, nil
}

// withShipped adds the lists that come with the program. One of the
// configuration's own goes before a shipped one with its name or its zone.
func withShipped(own map[string]config.BlockList) map[string]config.BlockList {
	all, zones := map[string]config.BlockList{}, map[string]bool{}
	for name, l := range own {
		all[name], zones[l.Zone] = l, true
	}
	for name, l := range probe.Loader().Lists {
		if _, named := all[name]; !named && !zones[l.Zone] {
			all[name] = l
		}
	}
	return all
}

func parseSubject(s string) (dnsbl.Subject, error) {
	if a, err := netip.ParseAddr(s); err == nil {
		return dnsbl.Subject{Address: a.Unmap().WithZone(""), Role: dnsbl.Sender}, nil
	}
	t, err := probe.ParseTarget(s)
	if err != nil {
		return dnsbl.Subject{}, err
	}
	if t.Recipient != "" {
		return dnsbl.Subject{}, fmt.Errorf("%q is a mailbox; want an IP address, or a domain such as %s", s, t.Domain)
	}
	return dnsbl.Subject{Domain: t.Domain, Role: dnsbl.Named}, nil
}

// dnsblCode is the exit code of what the lists said.
func dnsblCode(subjects []dnsbl.Subject, r *dnsbl.Result) int {
	code := exitOK
	for _, h := range r.Lists {
		if h.State != dnsbl.Healthy && h.State != dnsbl.Skipped {
			code = exitUnsure
		}
	}
	for _, s := range subjects {
		if len(about(s, r)) == 0 {
			code = exitUnsure
		}
	}
	for _, a := range r.Answers {
		switch a.Verdict {
		case dnsbl.Listed:
			return exitListed
		case dnsbl.Unknown:
			code = exitUnsure
		case dnsbl.NotListed:
		}
	}
	return code
}

// about gives the answers about one subject.
func about(s dnsbl.Subject, r *dnsbl.Result) (as []dnsbl.Answer) {
	for _, a := range r.Answers {
		if a.Subject == s {
			as = append(as, a)
		}
	}
	return as
}
