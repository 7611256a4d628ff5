package discovery

import (
	"context"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"mx_exporter/config/sd"
	"mx_exporter/probe/crawl"
)

// site is a name in the configuration, and what is found under it.
type site struct {
	config sd.Site
	*visits
}

// visits are the crawls of one website. Names that ask for the same crawl share
// them, whatever each of them hands on.
type visits struct {
	asks sd.Site
	turn chan struct{} // held during a crawl, by all who begin at the same URL
	task[crawl.Result]
}

// asks is what of a site's configuration its crawl depends on.
func asks(c sd.Site) sd.Site {
	c.HandOn, c.Addresses, c.ExpectAddresses = "", false, nil
	if u, err := crawl.ParseStart(c.URL); err == nil {
		c.URL = u.String()
	}
	return c
}

// sitesWithout takes out the sites that another configuration does not have. A
// crawl that one of its sites still asks for stays, under whatever name.
func (d *Discovery) sitesWithout(c *sd.Config) (over []func()) {
	var wanted []sd.Site
	for _, s := range c.Sites {
		wanted = append(wanted, asks(s))
	}
	d.visits = slices.DeleteFunc(d.visits, func(v *visits) bool {
		gone := !slices.ContainsFunc(wanted, func(s sd.Site) bool { return reflect.DeepEqual(s, v.asks) })
		if gone {
			over = append(over, v.end)
		}
		return gone
	})
	clear(d.sites) // nameSites gives the names anew
	return over
}

// nameSites finds the crawls that sites ask for, and begins those that are new.
func (d *Discovery) nameSites(c *sd.Config) {
	names := map[*visits][]string{}
	var fresh []*visits
	for _, name := range slices.Sorted(maps.Keys(c.Sites)) {
		s := c.Sites[name]
		want := asks(s)
		i := slices.IndexFunc(d.visits, func(v *visits) bool { return reflect.DeepEqual(v.asks, want) })
		if i < 0 {
			i = len(d.visits)
			d.visits = append(d.visits, d.newVisits(want))
			fresh = append(fresh, d.visits[i])
		}
		d.sites[name] = &site{s, d.visits[i]}
		names[d.visits[i]] = append(names[d.visits[i]], name)
	}
	for v, all := range names {
		v.name(strings.Join(all, ","))
	}
	for _, v := range fresh {
		v.start(d.life)
	}
}

func (d *Discovery) newVisits(c sd.Site) *visits {
	v := &visits{asks: c, turn: make(chan struct{}, 1)}
	for _, other := range d.visits {
		if other.asks.URL == c.URL {
			v.turn = other.turn
		}
	}
	v.task = task[crawl.Result]{
		every: time.Duration(c.Interval), again: crawlAgain, least: time.Duration(sd.MinSiteInterval),
		slots: d.crawls, done: d.done, state: State{Kind: Site, Interval: time.Duration(c.Interval)},
		run: func(ctx context.Context, _ *crawl.Result) (*crawl.Result, error) {
			select {
			case v.turn <- struct{}{}:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
			defer func() { <-v.turn }()
			return d.finder.Crawl(ctx, c)
		},
	}
	return v
}
