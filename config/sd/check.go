package sd

import (
	"maps"
	"slices"

	"mx_exporter/config"
)

// check looks at what one key alone does not tell, and completes paths.
func (c *Config) check(dir string, fail config.Fail) {
	for _, name := range slices.Sorted(maps.Keys(c.Sites)) {
		if c.Sites[name].URL == "" {
			fail("sites."+config.Segment(name), "url is missing: where does the crawl begin?")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Domains)) {
		at, d := "domains."+config.Segment(name), c.Domains[name]
		if len(d.List) == 0 && d.File == "" && len(d.Sites) == 0 {
			fail(at, "the set is empty: give it a list, a file or sites")
		}
		known(fail, at+".sites", d.Sites, c.Sites, "site")
		d.File = inDir(dir, d.File)
		c.Domains[name] = d
	}
	for _, name := range slices.Sorted(maps.Keys(c.Servers)) {
		at := "servers." + config.Segment(name)
		if len(c.Servers[name].Domains) == 0 {
			fail(at, "domains is missing: whose servers are these?")
		}
		known(fail, at+".domains", c.Servers[name].Domains, c.Domains, "set of domains")
	}
	if len(c.Sites) == 0 && len(c.Domains) == 0 {
		fail("", "there is neither a site nor a set of domains, so nothing would be served")
	}
}

// known reports names that nothing is described under.
func known[T any](fail config.Fail, at string, names []string, all map[string]T, what string) {
	for _, n := range names {
		if _, ok := all[n]; !ok {
			fail(at, "%.64q is the name of no %s; there are %q", n, what, slices.Sorted(maps.Keys(all)))
		}
	}
}
