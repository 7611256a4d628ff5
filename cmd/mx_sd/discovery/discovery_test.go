package discovery

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"mx_exporter/cmd/mx_sd/servers"
	"mx_exporter/config/sd"
	"mx_exporter/probe/crawl"
	"mx_exporter/probe/mailaddr"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// finder is one that finds what it was told to, and keeps count.
type finder struct {
	mu      sync.Mutex
	broken  bool
	takes   time.Duration
	crawls  map[string][]time.Time // by URL
	expands int
	running int
	most    int
	listed  []string
}

var errBroken = errors.New("broken")

func (f *finder) Crawl(ctx context.Context, s sd.Site) (*crawl.Result, error) {
	f.mu.Lock()
	if f.crawls == nil {
		f.crawls = map[string][]time.Time{}
	}
	f.crawls[s.URL] = append(f.crawls[s.URL], time.Now())
	broken := f.broken
	f.running++
	f.most = max(f.most, f.running)
	f.mu.Unlock()
	defer func() { f.mu.Lock(); f.running--; f.mu.Unlock() }()
	select {
	case <-time.After(f.takes):
	case <-ctx.Done():
	}
	if broken {
		return nil, errBroken
	}
	return &crawl.Result{
		Domains: []crawl.Domain{{Name: "example.org", Own: true, Addresses: 2, Pages: 3}, {Name: "partner.test", Addresses: 1, Pages: 1}},
		Addresses: []crawl.Address{
			{Address: "x", Fault: &mailaddr.SyntaxError{Reason: mailaddr.NoAt}},
			{Address: "info@example.org", Domain: "example.org", Places: make([]crawl.Place, 2)},
			{Address: "jörg@example.org", Domain: "example.org", EAI: true},
			{Address: `"press,room"@example.org`, Domain: "example.org", Places: make([]crawl.Place, 1)}, // right, and more than the exporter takes
			{Address: "a@partner.test", Domain: "partner.test", Places: make([]crawl.Place, 1)},
		},
	}, nil
}

func (f *finder) Expand(_ context.Context, domains []string) (*servers.Result, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.expands++
	if f.broken {
		return nil, errBroken
	}
	r := &servers.Result{Servers: []servers.Server{
		{Name: "invalid-5a00d27c", Provider: "invalid-5a00d27c", Role: servers.Primary, Domains: domains}, // no host's name
		{Name: "mx.test", Provider: "mx.test", Role: servers.Primary, Domains: domains},
	}}
	for _, d := range domains {
		r.Domains = append(r.Domains, servers.Domain{Name: d, Servers: []string{"mx.test"}, Primary: "mx.test", Provider: "mx.test"})
	}
	return r, nil
}

func (f *finder) List(file string) ([]string, error) {
	if file == "/absent" {
		return nil, errBroken
	}
	return f.listed, nil
}

func (f *finder) set(broken bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.broken = broken
}

// running is a discovery that runs until the test says so.
func running(t *testing.T, f Finder, c *sd.Config) (d *Discovery, stop func()) {
	t.Helper()
	d = New(f, func(State) {})
	d.Load(c)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { d.Run(ctx) })
	synctest.Wait()
	return d, func() {
		cancel()
		wg.Wait()
	}
}

func parse(t *testing.T, text string) *sd.Config {
	t.Helper()
	c, err := sd.Parse([]byte(text), "")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func document(t *testing.T, a Answer) string {
	t.Helper()
	b, err := a.JSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

const one = "sites: {a: {url: 'http://a.test', interval: 6h}}"

// W8: a site is crawled when its interval is over and not before, however often
// its targets are asked for and however often the configuration is loaded; never
// less than six hours lie between two crawls.
func TestASiteIsCrawledWhenItsTimeHasCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &finder{takes: time.Minute}
		d, stop := running(t, f, parse(t, one))
		if a := d.SiteTargets("a"); !a.Known || a.Ready {
			t.Errorf("before the first crawl: %+v", a)
		}
		for range 1000 {
			time.Sleep(5 * time.Minute)
			d.SiteTargets("a")
			d.Load(parse(t, one))
		}
		stop()
		times := f.crawls["http://a.test/"]
		if len(times) < 10 || len(times) > 14 {
			t.Errorf("%d crawls in 83 hours", len(times))
		}
		for i := 1; i < len(times); i++ {
			if gap := times[i].Sub(times[i-1]); gap < 6*time.Hour || gap > 7*time.Hour {
				t.Errorf("%s between two crawls", gap)
			}
		}
	})
}

// W8: not more than two at a time, and they drift apart.
func TestSitesAreSpread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b strings.Builder
		b.WriteString("sites:\n")
		for _, n := range []string{"a", "b", "c", "d", "e", "f"} {
			b.WriteString("  " + n + ": {url: 'http://" + n + ".test', interval: 24h}\n")
		}
		f := &finder{takes: time.Minute}
		_, stop := running(t, f, parse(t, b.String()))
		time.Sleep(10 * 24 * time.Hour)
		stop()
		if f.most > crawlsAtOnce {
			t.Errorf("%d crawls at once", f.most)
		}
		last := map[time.Time]bool{}
		for _, times := range f.crawls {
			last[times[len(times)-1].Truncate(time.Minute)] = true
		}
		if len(last) < 4 {
			t.Errorf("six sites were crawled at %d different minutes", len(last))
		}
	})
}

func TestWhatWasFoundStaysWhenARefreshFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &finder{}
		d, stop := running(t, f, parse(t, one+"\ndomains: {x: {list: [example.org], sites: [a]}}\nservers: {s: {domains: [x]}}"))
		defer stop()
		site, domains, all := document(t, d.SiteTargets("a")), document(t, d.DomainTargets("x")), document(t, d.ServerTargets("s"))
		f.set(true)
		time.Sleep(30 * time.Hour)
		if document(t, d.SiteTargets("a")) != site || document(t, d.DomainTargets("x")) != domains || document(t, d.ServerTargets("s")) != all {
			t.Error("a refresh that failed took something away")
		}
		for _, s := range d.States() {
			if s.Err == nil || s.Failures == 0 || time.Since(s.Last) < 20*time.Hour {
				t.Errorf("%+v", s)
			}
		}
		if n := len(f.crawls["http://a.test/"]); n < 20 {
			t.Errorf("%d tries in 30 hours: after a failure the next one comes within an hour", n)
		}
		f.set(false)
		time.Sleep(2 * time.Hour)
		for _, s := range d.States() {
			if s.Err != nil || time.Since(s.Last) > 2*time.Hour {
				t.Errorf("%+v", s)
			}
		}
	})
}

// W6: addresses are targets only where the configuration asks for them.
func TestDocuments(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &finder{listed: []string{"listed.test"}}
		d, stop := running(t, f, parse(t, `
sites:
  all: {url: 'http://a.test'}
  own: {url: 'http://b.test', hand_on: own, addresses: true}
  others: {url: 'http://c.test', hand_on: others}
domains:
  x: {list: [Example.net, example.NET], file: list.txt, sites: [others]}
  broken: {file: /absent}
servers: {s: {domains: [x]}, t: {domains: [x, broken]}}
`))
		defer stop()
		for name, tt := range map[string]struct {
			a    Answer
			want string
		}{
			"all": {d.SiteTargets("all"), `[{"targets":["example.org"],"labels":{"__meta_mx_addresses":"2","__meta_mx_kind":"domain","__meta_mx_own":"true","__meta_mx_pages":"3","__meta_mx_site":"all"}},` +
				`{"targets":["partner.test"],"labels":{"__meta_mx_addresses":"1","__meta_mx_kind":"domain","__meta_mx_own":"false","__meta_mx_pages":"1","__meta_mx_site":"all"}}]`},
			"own": {d.SiteTargets("own"), `[{"targets":["example.org"],"labels":{"__meta_mx_addresses":"2","__meta_mx_kind":"domain","__meta_mx_own":"true","__meta_mx_pages":"3","__meta_mx_site":"own"}},` +
				`{"targets":["info@example.org"],"labels":{"__meta_mx_domain":"example.org","__meta_mx_kind":"address","__meta_mx_own":"true","__meta_mx_pages":"2","__meta_mx_site":"own"}}]`},
			"domains": {d.DomainTargets("x"), `[{"targets":["example.net"],"labels":{"__meta_mx_kind":"domain","__meta_mx_provider":"mx.test","__meta_mx_server":"mx.test","__meta_mx_servers":"1","__meta_mx_set":"x"}},` +
				`{"targets":["listed.test"],"labels":{"__meta_mx_kind":"domain","__meta_mx_provider":"mx.test","__meta_mx_server":"mx.test","__meta_mx_servers":"1","__meta_mx_set":"x"}},` +
				`{"targets":["partner.test"],"labels":{"__meta_mx_kind":"domain","__meta_mx_provider":"mx.test","__meta_mx_server":"mx.test","__meta_mx_servers":"1","__meta_mx_set":"x"}}]`},
			"servers": {d.ServerTargets("s"), `[{"targets":["mx.test"],"labels":{"__meta_mx_domain":"example.net","__meta_mx_domains":"3","__meta_mx_kind":"server","__meta_mx_provider":"mx.test","__meta_mx_role":"primary","__meta_mx_set":"s"}}]`},
		} {
			if got := document(t, tt.a); got != tt.want || !tt.a.Known || !tt.a.Ready {
				t.Errorf("%s: got %s", name, got)
			}
		}
		if a := d.ServerTargets("t"); !a.Known || a.Ready {
			t.Errorf("servers of a set that was never looked up: %+v", a)
		}
		for _, a := range []Answer{d.SiteTargets("x"), d.DomainTargets("all"), d.ServerTargets("x")} {
			if a.Known {
				t.Errorf("a name that is not there: %+v", a)
			}
		}
	})
}

func TestAReloadTouchesOnlyWhatChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &finder{}
		d, stop := running(t, f, parse(t, "sites: {a: {url: 'http://a.test'}, b: {url: 'http://b.test'}}\ndomains: {x: {list: [example.org]}}"))
		defer stop()
		d.Load(parse(t, "sites: {a: {url: 'http://a.test'}, b: {url: 'http://b.test', pages: 5}, c: {url: 'http://c.test'}}"))
		synctest.Wait()
		for url, want := range map[string]int{"http://a.test/": 1, "http://b.test/": 2, "http://c.test/": 1} {
			if n := len(f.crawls[url]); n != want {
				t.Errorf("%s was crawled %d times, want %d", url, n, want)
			}
		}
		if d.DomainTargets("x").Known || !d.SiteTargets("c").Ready {
			t.Error("the set is still there, or the site is not")
		}
	})
}

// A set waits for the first crawl of its sites, so that half of its domains never
// takes the other half away; a site that cannot be read holds it up no longer.
func TestASetWaitsForItsSites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &finder{takes: time.Minute}
		d, stop := running(t, f, parse(t, one+"\ndomains: {x: {list: [example.net], sites: [a]}, y: {sites: [a]}}"))
		defer stop()
		time.Sleep(30 * time.Second)
		if f.expands != 0 || d.DomainTargets("x").Ready {
			t.Errorf("%d look-ups before the site was read", f.expands)
		}
		time.Sleep(time.Minute)
		if n := len(d.DomainTargets("x").Groups); n != 3 {
			t.Errorf("%d domains", n)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		f := &crawlless{}
		d, stop := running(t, f, parse(t, one+"\ndomains: {x: {list: [example.net], sites: [a]}, y: {sites: [a]}}"))
		defer stop()
		if n := len(d.DomainTargets("x").Groups); n != 1 {
			t.Errorf("%d domains of a set whose site cannot be read", n)
		}
		if d.DomainTargets("y").Ready {
			t.Error("a set of nobody is ready")
		}
	})
}

// crawlless can read no site.
type crawlless struct{ finder }

func (*crawlless) Crawl(context.Context, sd.Site) (*crawl.Result, error) { return nil, errBroken }
