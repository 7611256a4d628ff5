package crawl

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// W5: the rules of RFC 9309, those of its own examples first.
func TestRobotsRules(t *testing.T) {
	const section5 = `User-Agent: *
Disallow: *.gif$
Disallow: /example/
Allow: /publications/

User-Agent: foobot
Disallow:/
Allow:/example/page.html
Allow:/example/allowed.gif

User-Agent: barbot
User-Agent: bazbot
Disallow: /example/page.html

User-Agent: quxbot

EOF
`
	for _, tt := range []struct {
		name, file, token string
		allowed, denied   []string
	}{
		{"section 5.1, everybody", section5, "otherbot", []string{"/", "/publications/x", "/publications/a.gif?x"}, []string{"/example/x", "/x/a.gif", "/a.gif"}},
		{"section 5.1, one that is named", section5, "FooBot", []string{"/example/page.html", "/example/allowed.gif"}, []string{"/", "/example/other"}},
		{"section 5.1, two with one group", section5, "bazbot", []string{"/", "/example/"}, []string{"/example/page.html"}},
		{"section 5.1, a group without rules", section5, "quxbot", []string{"/", "/example/", "/a.gif"}, nil},
		{"section 5.2, the longest match", "User-Agent: foobot\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif", "foobot", []string{"/example/page/", "/example/page/x"}, []string{"/example/page/disallowed.gif"}},
		{"section 2.2.1, groups of one name are one", "User-agent: a\nDisallow: /c\nUser-agent: b\nDisallow: /d\nUser-agent: a\nDisallow: /e", "a", []string{"/d"}, []string{"/c", "/e"}},
		{"section 2.2.1, a name that ours begins with is not ours", "User-agent: mx\nDisallow: /\nUser-agent: *\nDisallow: /x", Token, []string{"/"}, []string{"/x"}},
		{"section 2.2.1, a version does no harm", "User-agent: MX_SD/1.0\nDisallow: /x", Token, []string{"/"}, []string{"/x"}},
		{"section 2.2.2, a draw allows", "User-agent: *\nDisallow: /a\nAllow: /a", Token, []string{"/a"}, nil},
		{"section 2.2.2, percent-encoding", "User-agent: *\nDisallow: /foo/bar?baz=http://foo.bar\nDisallow: /ツ\nDisallow: /%62%61%7A\nDisallow: /%2a", Token, []string{"/foo/bar", "/x"}, []string{"/foo/bar?baz=http://foo.bar", "/%E3%83%84", "/baz", "/%2A"}},
		{"section 2.2.3, special characters", "User-agent: *\nDisallow: /a*b\nDisallow: /path/file-with-a-%2A.html\nDisallow: /*.pdf$ # all of them\nDisallow: /x*y*z$", Token, []string{"/x/a/b", "/x.pdf?download", "/xyzq"}, []string{"/ab", "/axxb", "/path/file-with-a-%2a.html", "/d/x.pdf", "/x1y2z"}},
		{"robots.txt itself", "User-agent: *\nDisallow: /", Token, []string{"/robots.txt"}, []string{"/", "/x"}},
		{"an empty rule", "User-agent: *\nDisallow:\n", Token, []string{"/"}, nil},
		{"rules that stand before any name", "Disallow: /x\nUser-agent: *\nDisallow: /a", Token, []string{"/x"}, []string{"/a"}},
		{"odd lines, a byte order mark and line ends", "\ufeffUser-agent: *\r\nCrawl-delay: soon\r\nnonsense\rSitemap: /s\r\ndisALLOW :/a", Token, []string{"/"}, []string{"/a"}},
		{"nothing", "", Token, []string{"/", "/x"}, nil},
		{"an HTML page in its place", "<!DOCTYPE html><html><body>User-agent</body></html>", Token, []string{"/"}, nil},
	} {
		r := parseRobots([]byte(tt.file), tt.token)
		for _, p := range tt.allowed {
			if !r.allows(p) {
				t.Errorf("%s: %s is denied", tt.name, p)
			}
		}
		for _, p := range tt.denied {
			if r.allows(p) {
				t.Errorf("%s: %s is allowed", tt.name, p)
			}
		}
	}
}

func TestCrawlDelayIsRead(t *testing.T) {
	for value, want := range map[string]time.Duration{
		"5": 5 * time.Second, "0.5": time.Second / 2, "0": 0, "-1": 0, "x": 0, "NaN": 0, "1e300": maxCrawlDelay, "": 0,
	} {
		if got := parseRobots([]byte("User-agent: *\nCrawl-delay: "+value), Token).delay; got != want {
			t.Errorf("%q: %s, want %s", value, got, want)
		}
	}
}

// redirect answers with 302.
func redirect(to string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusFound)
	}
}

// W5: what the server of robots.txt does decides what is read of the site.
func TestRobotsFileIsObeyed(t *testing.T) {
	const rulesFile = "User-agent: *\nDisallow: /a\n"
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	text := func(parts ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, strings.Join(parts, "")) }
	}
	for _, tt := range []struct {
		name  string
		serve http.HandlerFunc
		want  []string
	}{
		{"there is one", text(rulesFile), []string{"/", "/a robots", "/b"}},
		{"there is none", http.NotFound, []string{"/", "/a", "/b"}},
		{"nobody may see it", status(http.StatusForbidden), []string{"/", "/a", "/b"}},
		{"the server is in trouble", status(http.StatusServiceUnavailable), []string{"/ robots"}},
		{"the server is silent", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, []string{"/ timeout"}},
		{"a rule after 500 KiB", text(rulesFile, strings.Repeat("# words\n", MaxRobots/8), "Disallow: /b\n"), []string{"/", "/a robots", "/b"}},
		{"a rule right before 500 KiB", text(rulesFile, strings.Repeat("# words\n", MaxRobots/8-10), "Disallow: /b\n"), []string{"/", "/a robots", "/b robots"}},
		{"a bomb", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(gzipped(make([]byte, 10<<20)))
		}, []string{"/ bomb"}},
		{"five redirects", redirect("/r2"), []string{"/", "/a robots", "/b"}},
		{"redirects without end", redirect("/robots.txt"), []string{"/", "/a", "/b"}},
		{"a redirect to another host", redirect("http://robots.example.com/"), []string{"/", "/a robots", "/b"}},
		{"a redirect to a file", redirect("file:///etc/passwd"), []string{"/ robots"}},
		{"a redirect to another port", redirect("http://robots.example.com:25/"), []string{"/ robots"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *web) {
				site := pages{"/": "<a href=/a><a href=/b>", "/a": "", "/b": "", "/r2": "→/r3", "/r3": "→/r4", "/r4": "→/r5", "/r5": "→/r6", "/r6": rulesFile}
				w.hosts["robots.example.com"] = pages{"/": rulesFile}
				w.hosts["www.example.org"] = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
					if r.URL.Path == robotsPath {
						tt.serve(rw, r)
						return
					}
					site.ServeHTTP(rw, r)
				})
				wantList(t, "pages", outcomes(w.crawl("http://www.example.org/", w.options())), tt.want)
			})
		})
	}
}

// W5: a second passes between two requests to a host, or what robots.txt says
// where that is more; redirects and robots.txt are requests too. The server
// hears who asks.
func TestRequestsKeepTheirDistance(t *testing.T) {
	for robots, want := range map[string]time.Duration{"": time.Second, "User-agent: *\nCrawl-delay: 0.1": time.Second, "User-agent: mx_sd\nCrawl-delay: 4": 4 * time.Second} {
		inWorld(t, func(t *testing.T, w *web) {
			site := pages{"/": "<a href=/a><a href=/b>", "/a": "→/c", "/b": "x", "/c": "x", "/robots.txt": robots}
			var last time.Time
			w.hosts["www.example.org"] = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				if since := time.Since(last); !last.IsZero() && since != want {
					t.Errorf("%s after %s, want %s", r.URL, since, want)
				}
				if ua := r.UserAgent(); ua != "mx_sd/1.0 (+https://monitor.example.net/)" {
					t.Errorf("we are called %q", ua)
				}
				last = time.Now()
				site.ServeHTTP(rw, r)
			})
			o := w.options()
			o.UserAgent = "mx_sd/1.0 (+https://monitor.example.net/)"
			if r := w.crawl("http://www.example.org/", o); len(r.Pages) != 3 || len(w.asked) != 5 || len(w.dialed) != 1 {
				t.Errorf("%v, %d requests, %d connections", outcomes(r), len(w.asked), len(w.dialed))
			}
		})
	}
}

func FuzzRobots(f *testing.F) {
	f.Add("User-agent: *\nDisallow: /a*b$\nAllow: /\nCrawl-delay: 1", "/axb")
	f.Add("user-agent:mx_sd\ndisallow:*%2a*", "/%2A")
	f.Fuzz(func(t *testing.T, file, path string) {
		r := parseRobots([]byte(file), Token)
		if !r.allows(robotsPath) || r.delay < 0 || r.delay > maxCrawlDelay {
			t.Fatalf("%+v", r)
		}
		if n := normalEscapes(path); r.allows(path) != r.allows(n) && n != robotsPath {
			t.Fatalf("%q and its normal form %q differ", path, n)
		}
	})
}
