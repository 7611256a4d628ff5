package discovery

import (
	"testing"
	"testing/synctest"
	"time"
)

// W8: what is handed on of a site, and under which name, is no reason to crawl it.
func TestWhatIsHandedOnChangesWithoutACrawl(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &finder{}
		d, stop := running(t, f, parse(t, one))
		defer stop()
		for _, tt := range []struct {
			config, site string
			groups       int
		}{
			{"sites: {a: {url: 'http://a.test', interval: 6h, hand_on: own}}", "a", 1},
			{"sites: {a: {url: 'http://a.test', interval: 6h, addresses: true}}", "a", 4},
			{"sites: {a: {url: 'http://a.test', interval: 6h, expect_addresses: [x@a.test]}}", "a", 2},
			{"sites: {b: {url: 'HTTP://A.test/', interval: 6h}}", "b", 2},
		} {
			d.Load(parse(t, tt.config))
			synctest.Wait()
			if a := d.SiteTargets(tt.site); !a.Ready || len(a.Groups) != tt.groups {
				t.Errorf("%s: ready %v, %d targets, want %d", tt.config, a.Ready, len(a.Groups), tt.groups)
			}
		}
		if _, c := d.Site("b"); c.URL != "HTTP://A.test/" || d.SiteTargets("a").Known {
			t.Errorf("%+v, or the old name is still there", c)
		}
		if n := len(f.crawls); n != 1 || len(f.crawls["http://a.test/"]) != 1 {
			t.Errorf("crawls: %v", f.crawls)
		}
	})
}

// W8: two names of one website are one crawl; where they ask for different ones,
// these are one after the other.
func TestOneWebsiteIsCrawledOnceAtATime(t *testing.T) {
	for _, tt := range []struct {
		name, more string
		crawls     int
	}{
		{"the same crawl", "hand_on: own", 1},
		{"another crawl", "pages: 5", 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &finder{takes: time.Minute}
				d, stop := running(t, f, parse(t, "sites: {a: {url: 'http://a.test'}, b: {url: 'http://a.test/', "+tt.more+"}}"))
				defer stop()
				time.Sleep(3 * time.Minute)
				synctest.Wait()
				if n := len(f.crawls["http://a.test/"]); n != tt.crawls || f.most != 1 {
					t.Errorf("%d crawls, %d at once", n, f.most)
				}
				states := d.States()
				if len(states) != 2 || states[0].Name != "a" || states[1].Name != "b" || states[0].Refreshes != 1 || states[1].Refreshes != 1 {
					t.Errorf("%+v", states)
				}
				d.Load(parse(t, "sites: {b: {url: 'http://a.test/', "+tt.more+"}}"))
				synctest.Wait()
				if n := len(f.crawls["http://a.test/"]); n != tt.crawls || !d.SiteTargets("b").Ready {
					t.Errorf("the name that stays lost its crawl: %d crawls", n)
				}
			})
		})
	}
}
