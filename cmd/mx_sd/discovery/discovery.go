package discovery

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"mx_exporter/cmd/mx_sd/servers"
	"mx_exporter/config/sd"
	"mx_exporter/probe/crawl"
)

// Discovery runs the refreshes of a configuration. All methods may be called at
// once.
type Discovery struct {
	finder Finder
	done   func(State) // told after each refresh
	crawls chan struct{}
	looks  chan struct{}

	mu      sync.Mutex
	config  *sd.Config
	sites   map[string]*site
	visits  []*visits // each of them once, however many names it has
	domains map[string]*set
	life    context.Context //nolint:containedctx // ends with Run
}

type set struct {
	config sd.Domains
	task[servers.Result]
}

// New makes a discovery; nothing runs yet. done is told after each refresh.
func New(f Finder, done func(State)) *Discovery {
	return &Discovery{
		finder: f, done: done,
		crawls: make(chan struct{}, crawlsAtOnce), looks: make(chan struct{}, expandsAtOnce),
		config: &sd.Config{}, sites: map[string]*site{}, domains: map[string]*set{},
	}
}

// Run refreshes what the configuration names, which was loaded before or is later,
// until ctx is over, and waits for what is under way to end.
func (d *Discovery) Run(ctx context.Context) {
	d.mu.Lock()
	d.life = ctx
	c := d.config
	d.mu.Unlock()
	d.Load(c)
	<-ctx.Done()
	d.mu.Lock()
	over := d.without(&sd.Config{})
	d.mu.Unlock()
	end(over)
}

// Load takes another configuration. What it has in common with the one before is
// left as it is, results and waiting times: a reload crawls nothing again.
func (d *Discovery) Load(c *sd.Config) {
	d.mu.Lock()
	d.config = c
	if d.life == nil || d.life.Err() != nil {
		d.mu.Unlock()
		return
	}
	over := d.without(c)
	d.nameSites(c)
	for name, s := range c.Domains {
		if d.domains[name] == nil {
			d.domains[name] = d.newSet(name, s)
		}
	}
	d.mu.Unlock()
	end(over) // without the lock, which what is under way may wait for
}

// without takes out what another configuration does not have, or has otherwise,
// and gives what ends it.
func (d *Discovery) without(c *sd.Config) (over []func()) {
	over = d.sitesWithout(c)
	for name, s := range d.domains {
		if now, ok := c.Domains[name]; !ok || !reflect.DeepEqual(now, s.config) {
			over = append(over, s.end)
			delete(d.domains, name)
		}
	}
	return over
}

// end ends tasks side by side and waits for the last.
func end(tasks []func()) {
	var wg sync.WaitGroup
	for _, t := range tasks {
		wg.Go(t)
	}
	wg.Wait()
}

func (d *Discovery) newSet(name string, c sd.Domains) *set {
	s := &set{config: c}
	s.task = task[servers.Result]{
		every: time.Duration(c.Interval), again: expandAgain, least: 0,
		slots: d.looks, done: d.done, state: State{Kind: Domains, Name: name, Interval: time.Duration(c.Interval)},
		before: func(ctx context.Context) { d.waitForSites(ctx, c.Sites) },
		run: func(ctx context.Context, old *servers.Result) (*servers.Result, error) {
			return d.expand(ctx, c, old)
		},
	}
	s.start(d.life)
	return s
}

// expand looks up what belongs to a set now.
func (d *Discovery) expand(ctx context.Context, c sd.Domains, old *servers.Result) (*servers.Result, error) {
	names, err := d.members(c)
	if err != nil {
		return nil, err
	}
	r, err := d.finder.Expand(ctx, names)
	if err != nil {
		return nil, err
	}
	r.Keep(old)
	r.Servers = slices.DeleteFunc(r.Servers, func(s servers.Server) bool { return !probeable(s.Name) })
	return r, nil
}

// errNobody is a set without a domain, because none of its sites was ever read.
var errNobody = errors.New("the set has no domain yet: none of its sites could be read")

// waitForSites waits until each of the sites was tried once. What a site found is
// kept by its own task from then on; one that could not be read at its first try
// adds nothing until it can, and holds up no other.
func (d *Discovery) waitForSites(ctx context.Context, names []string) {
	for _, name := range names {
		d.mu.Lock()
		s := d.sites[name]
		d.mu.Unlock()
		if s == nil {
			continue
		}
		select {
		case <-s.first:
		case <-ctx.Done():
			return
		}
	}
}

// members are the domains of a set: those of its list and its file, and those that
// its sites found.
func (d *Discovery) members(c sd.Domains) ([]string, error) {
	all := slices.Clone(c.List)
	if c.File != "" {
		listed, err := d.finder.List(c.File)
		if err != nil {
			return nil, err
		}
		all = append(all, listed...)
	}
	for _, name := range c.Sites {
		found, _, _ := d.site(name)
		all = append(all, found...)
	}
	if len(all) == 0 {
		return nil, errNobody
	}
	for i, name := range all {
		all[i] = strings.ToLower(name)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// site gives the domains that a site hands on, and all that was found there; ok is
// false where nothing was yet.
func (d *Discovery) site(name string) (names []string, r *crawl.Result, ok bool) {
	d.mu.Lock()
	s := d.sites[name]
	d.mu.Unlock()
	if s == nil {
		return nil, nil, false
	}
	if r, _ = s.read(); r == nil {
		return nil, nil, false
	}
	for _, found := range r.Domains {
		if handedOn(s.config.HandOn, found.Own) {
			names = append(names, found.Name)
		}
	}
	return names, r, true
}

func handedOn(h sd.HandOn, own bool) bool {
	return h == sd.All || own == (h == sd.Own)
}

// States are those of all that is refreshed, sites first, by name.
func (d *Discovery) States() []State {
	d.mu.Lock()
	defer d.mu.Unlock()
	var all []State
	for _, name := range slices.Sorted(maps.Keys(d.sites)) {
		_, s := d.sites[name].read()
		s.Name = name
		all = append(all, s)
	}
	for _, name := range slices.Sorted(maps.Keys(d.domains)) {
		_, s := d.domains[name].read()
		all = append(all, s)
	}
	return all
}
