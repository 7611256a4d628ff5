package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"time"

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/common/version"

	"mx_exporter/cmd/terminal"
	"mx_exporter/probe"
	"mx_exporter/probe/crawl"
	"mx_exporter/probe/dial"
)

// crawlFlags are the arguments of the command "crawl".
type crawlFlags struct {
	name    string
	url     *string
	output  *string
	allow   *[]string
	domains *[]string
	dns     *[]string
	contact *string
	pages   *int
	depth   *int
	time    *time.Duration
	delay   *time.Duration
}

func addCrawl(app *kingpin.Application) *crawlFlags {
	c := app.Command("crawl", "Find the mail addresses on a website, in its pages and in the PDFs that they link to, and say which are broken: exit 0 when none is, 2 when one is, 1 when the site could not be read.")
	return &crawlFlags{
		name:    c.FullCommand(),
		url:     c.Arg("url", "Where to begin, such as https://www.example.org.").Required().String(),
		output:  addOutput(c),
		allow:   c.Flag("allow-networks", "Network that may be connected to although it is not public, such as 10.0.0.0/8; may be given more than once.").PlaceHolder("CIDR").Strings(),
		domains: c.Flag("domain", "Another registrable domain that links and redirects are followed to; may be given more than once.").PlaceHolder("DOMAIN").Strings(),
		dns:     addDNS(c),
		contact: c.Flag("contact", "A page that says who crawls; the site is told.").PlaceHolder("URL").String(),
		pages:   addNumber(c, "pages", fmt.Sprintf("How many pages are read; at most %d.", crawl.MaxPages), crawl.DefaultPages),
		depth:   addNumber(c, "depth", fmt.Sprintf("How many links away from the first page; at most %d.", crawl.MaxDepth), crawl.DefaultDepth),
		time:    addDuration(c, "time", fmt.Sprintf("How long it may take; at most %s.", crawl.MaxTime), crawl.DefaultTime),
		delay:   addDuration(c, "delay", "What passes between two requests to one host; robots.txt can only make it longer.", crawl.DefaultDelay),
	}
}

// limits reads the flags that bound the crawl.
func (f *crawlFlags) limits() (crawl.Limits, error) {
	switch {
	case *f.pages < 1 || *f.pages > crawl.MaxPages:
		return crawl.Limits{}, fmt.Errorf("--pages is %d; want 1 to %d", *f.pages, crawl.MaxPages)
	case *f.depth < 1 || *f.depth > crawl.MaxDepth:
		return crawl.Limits{}, fmt.Errorf("--depth is %d; want 1 to %d", *f.depth, crawl.MaxDepth)
	case *f.time <= 0 || *f.time > crawl.MaxTime:
		return crawl.Limits{}, fmt.Errorf("--time is %s; want more than 0s, at most %s", *f.time, crawl.MaxTime)
	case *f.delay < 0 || *f.delay > crawl.MaxDelay:
		return crawl.Limits{}, fmt.Errorf("--delay is %s; want 0s to %s", *f.delay, crawl.MaxDelay)
	}
	l := crawl.Limits{Pages: *f.pages, Depth: *f.depth, Time: *f.time, Delay: *f.delay}
	if l.Delay == 0 {
		l.Delay = -1 // a zero would be the default
	}
	return l, nil
}

// userAgent is what websites are told of us.
func userAgent(contact string) string {
	ua := crawl.Token
	if version.Version != "" {
		ua += "/" + version.Version
	}
	if contact != "" {
		ua += " (+" + contact + ")"
	}
	return ua
}

func networks(list []string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, s := range list {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, fmt.Errorf("--allow-networks %.64q is no network; want one such as 10.0.0.0/8", s)
		}
		all = append(all, p.Masked())
	}
	return all, nil
}

// registrable reads the domains that are followed beside the site's own.
func registrable(list []string) ([]string, error) {
	var all []string
	for _, s := range list {
		t, err := probe.ParseTarget(s)
		if err != nil || t.Recipient != "" {
			return nil, fmt.Errorf("--domain %.64q is no domain; want one such as example.org", s)
		}
		all = append(all, t.Domain)
	}
	return all, nil
}

// crawl is the command.
func (p *program) crawl(ctx context.Context, f *crawlFlags) int {
	start, o, err := p.crawlOptions(f)
	if err != nil {
		fmt.Fprintf(p.stderr, "mx_sd: %v\n", err)
		return exitUsage
	}
	r, err := p.world.resolver(*f.dns, 0)
	if err != nil {
		fmt.Fprintf(p.stderr, "mx_sd: %v\n", err)
		return exitUsage
	}
	defer r.close()
	bar := terminal.NewProgress(p.stderr)
	o.Lookup = r.addresses
	o.Progress = func(g crawl.Progress) {
		bar.Show(g.Read, min(*f.pages, g.Read+g.Waiting+1), fmt.Sprintf(" %d pages, %d addresses", g.Read, g.Addresses), shown(g.URL))
	}
	found := crawl.Run(ctx, start, o)
	bar.End()
	if err := p.writeCrawl(found, *f.output); err != nil {
		fmt.Fprintf(p.stderr, "mx_sd: the result could not be written: %v\n", err)
		return exitFault
	}
	return crawlCode(ctx, found)
}

// crawlOptions is the flags as the crawler takes them, all but the resolver.
func (p *program) crawlOptions(f *crawlFlags) (*url.URL, crawl.Options, error) {
	start, err := crawl.ParseStart(*f.url)
	if err != nil {
		return nil, crawl.Options{}, err
	}
	limits, err := f.limits()
	if err != nil {
		return nil, crawl.Options{}, err
	}
	allow, err := networks(*f.allow)
	if err != nil {
		return nil, crawl.Options{}, err
	}
	domains, err := registrable(*f.domains)
	if err != nil {
		return nil, crawl.Options{}, err
	}
	if *f.contact != "" {
		if u, err := url.Parse(*f.contact); err != nil || u.Host == "" || shown(*f.contact) != *f.contact {
			return nil, crawl.Options{}, errors.New("--contact is no URL; want one such as https://monitor.example.org/")
		}
	}
	reader, err := p.world.reader()
	if err != nil {
		return nil, crawl.Options{}, fmt.Errorf("this program does not know where it is, so it cannot read PDFs: %w", err)
	}
	return start, crawl.Options{
		Limits: limits, Domains: domains, UserAgent: userAgent(*f.contact), PDF: reader.Read, Roots: p.world.roots,
		Dialer: dial.Dialer{Policy: dial.Policy{Allow: allow}, Dial: p.world.dial},
	}, nil
}

// crawlCode is the exit code of a crawl.
func crawlCode(ctx context.Context, r *crawl.Result) int {
	if ctx.Err() != nil || len(r.Pages) == 0 || r.Pages[0].Reason != "" {
		return exitFault
	}
	for _, a := range r.Addresses {
		if a.Fault != nil {
			return exitBroken
		}
	}
	return exitOK
}
