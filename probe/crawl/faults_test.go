package crawl

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
)

// W1: where a redirect leads is judged as a link is, and it is followed five
// times at most.
func TestRedirectsAreJudged(t *testing.T) {
	for _, tt := range []struct {
		name, to string
		want     Reason
	}{
		{"to the metadata service", "http://169.254.169.254/latest/meta-data/", OtherSite},
		{"to a name of the site with a private address", "http://internal.example.org/", Blocked},
		{"to a name of the site with the metadata service's address", "http://metadata.example.org/", Blocked},
		{"to a name of the site without an address", "http://gone.example.org/", Resolve},
		{"to a file", "file:///etc/passwd", BadScheme},
		{"to gopher", "gopher://www.example.org/", BadScheme},
		{"to another port", "https://www.example.org:8443/", BadPort},
		{"to the mail port", "http://www.example.org:25/", BadPort},
		{"to another site", "https://www.example.com/", OtherSite},
		{"to a site whose name ends like ours", "https://www.badexample.org/", OtherSite},
		{"to a URL of 3,000 bytes", "http://www.example.org/" + strings.Repeat("a", 3000), BadURL},
		{"to nonsense", "http://[::1", BadURL},
		{"to itself", "http://www.example.org/go", Redirects},
		{"in a circle", "/circle", Redirects},
		{"six times", "/hop1", Redirects},
		{"five times", "/hop2", ""},
		{"with a user name", "http://user:secret@www.example.org/end", ""},
		{"to a page of the site by a relative path", "end", ""},
		{"to another host of the site", "http://blog.example.org/", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *web) {
				w.addrs["internal.example.org"] = []netip.Addr{netip.MustParseAddr("10.0.0.1")}
				w.addrs["metadata.example.org"] = []netip.Addr{netip.MustParseAddr("::ffff:169.254.169.254")}
				w.addrs["gone.example.org"] = nil
				w.hosts["www.example.org"] = pages{
					"/go": "→" + tt.to, "/circle": "→/go", "/end": "an end",
					"/hop1": "→/hop2", "/hop2": "→/hop3", "/hop3": "→/hop4", "/hop4": "→/hop5", "/hop5": "→/end",
				}
				w.hosts["blog.example.org"] = pages{"/": "a blog"}
				p := w.crawl("http://www.example.org/go", w.options()).Pages[0]
				if p.Reason != tt.want {
					t.Errorf("%q: %s; want %q", p.Reason, p.Detail, tt.want)
				}
				for _, d := range w.dialed {
					if !strings.HasPrefix(d, "8.8.8.8:") || !strings.HasSuffix(d, ":443") && !strings.HasSuffix(d, ":80") {
						t.Errorf("%s was dialled", d)
					}
				}
			})
		})
	}
}

// W1: the operator opens networks and names sites and a port; nothing else does.
func TestWhatTheOperatorNamesIsOpen(t *testing.T) {
	inWorld(t, func(t *testing.T, w *web) {
		w.addrs["intranet.example.org"] = []netip.Addr{netip.MustParseAddr("10.0.0.1")}
		w.hosts["intranet.example.org"] = pages{"/": `<a href="http://www.partner.example/"></a><a href="https://x.other.example/"></a>`}
		w.hosts["www.partner.example"] = pages{"/": `<a href="mailto:a@partner.example">`}
		o := w.options()
		if r := w.crawl("http://intranet.example.org:8080/", o); r.Pages[0].Reason != Blocked || len(w.dialed) != 0 {
			t.Errorf("a private address was open: %+v", r.Pages[0])
		}
		o.Dialer.Policy.Allow = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
		o.Domains = []string{"partner.example"}
		r := w.crawl("http://intranet.example.org:8080/", o)
		wantList(t, "pages", outcomes(r), []string{"/", "/"})
		wantList(t, "addresses", addresses(r), []string{"a@partner.example"})
		if !slices.Contains(w.dialed, "10.0.0.1:8080") {
			t.Errorf("dialled %v", w.dialed)
		}
	})
}

// endless is a site in which each page links to ten more, for ever.
func endless(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == robotsPath {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/html")
	for i := range 10 {
		fmt.Fprintf(w, `<a href="%s/%d?session=%d">`, strings.TrimSuffix(r.URL.Path, "/"), i, time.Now().UnixNano())
	}
}

// W2: an endless site ends at a limit, and the result says which.
func TestAnEndlessSiteEnds(t *testing.T) {
	for _, tt := range []struct {
		name  string
		o     Limits
		pages int
		limit Limit
	}{
		{"by default", Limits{}, DefaultPages, LimitPages},
		{"by depth", Limits{Depth: 1}, 11, LimitDepth},
		{"by the pages asked for", Limits{Pages: 7}, 7, LimitPages},
		{"by the queue", Limits{Pages: MaxPages, Delay: -1, Depth: MaxDepth}, MaxPages, LimitQueue},
		{"by time", Limits{Time: 10500 * time.Millisecond}, 10, LimitTime},
		{"by a delay that is too long for it", Limits{Delay: time.Minute}, 0, LimitTime},
		{"by bytes", Limits{TotalBytes: 2000}, 5, LimitBytes},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *web) {
				w.hosts["www.example.org"] = http.HandlerFunc(endless)
				o := w.options()
				o.Limits = tt.o
				began := time.Now()
				r := w.crawl("http://www.example.org/", o)
				if len(r.Pages) != tt.pages || !slices.Contains(r.Limited, tt.limit) {
					t.Errorf("%d pages, limited by %v; want %d, %s", len(r.Pages), r.Limited, tt.pages, tt.limit)
				}
				if took := time.Since(began); took > DefaultTime || r.Bytes > DefaultTotalBytes {
					t.Errorf("it took %s and %d bytes", took, r.Bytes)
				}
			})
		})
	}
}

// W2: the many ways to write one URL are one page.
func TestOnePageIsReadOnce(t *testing.T) {
	inWorld(t, func(t *testing.T, w *web) {
		site := pages{"/": "", "/a": "", "/b%2Fc": ""}
		for _, href := range []string{
			"/a", "a", "./a", "/x/../a", "http://www.example.org/a", "HTTP://WWW.EXAMPLE.ORG:80/a", "//www.example.org/a",
			"/a#top", "/%61", "http://www.example.org./a", "http://user@www.example.org/a", " /\n\ta ", "/b%2fc", "/b%2Fc", "", "#",
		} {
			site["/"] += `<a href="` + href + `">`
		}
		w.hosts["www.example.org"] = site
		r := w.crawl("http://www.example.org", w.options())
		wantList(t, "pages", outcomes(r), []string{"/", "/a", "/b%2Fc"})
	})
}

// W2: a page of very many links costs its bytes and no more.
func TestManyLinksAreBounded(t *testing.T) {
	inWorld(t, func(t *testing.T, w *web) {
		var page strings.Builder
		for i := range 100_000 {
			fmt.Fprintf(&page, "<a href=%d>", i)
		}
		w.hosts["www.example.org"] = pages{"/": page.String()}
		o := w.options()
		o.Limits = Limits{Pages: 2, PageBytes: MaxPageBytes}
		r := w.crawl("http://www.example.org", o)
		if len(r.Pages) != 2 || !slices.Contains(r.Limited, LimitQueue) {
			t.Errorf("%d pages, limited by %v", len(r.Pages), r.Limited)
		}
	})
}

func gzipped(b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, _ = z.Write(b)
	_ = z.Close()
	return out.Bytes()
}

// W3: bytes are counted behind the compression, and only gzip is taken.
func TestCompressedBombsAreDefused(t *testing.T) {
	honest := []byte(`<a href="mailto:a@example.org">` + strings.Repeat("some text of a page ", 1000))
	for _, tt := range []struct {
		name, encoding string
		body           []byte
		want           Reason
		cut            bool
	}{
		{"honest gzip", "gzip", gzipped(honest), "", false},
		{"honest gzip by its old name", "X-GZIP", gzipped(honest), "", false},
		{"eight megabytes of nothing", "gzip", gzipped(make([]byte, 8<<20)), Bomb, false},
		{"gzip in gzip", "gzip, gzip", gzipped(gzipped(make([]byte, 8<<20))), BadEncoding, false},
		{"brotli", "br", []byte("xxxx"), BadEncoding, false},
		{"zstd", "zstd", []byte("xxxx"), BadEncoding, false},
		{"deflate", "deflate", []byte("xxxx"), BadEncoding, false},
		{"what is no gzip", "gzip", []byte("<html>"), BadHTTP, false},
		{"gzip that breaks off", "gzip", gzipped(honest)[:100], "", true},
		{"what the type alone calls gzip", "", gzipped(make([]byte, 8<<20)), NotAPage, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *web) {
				w.hosts["www.example.org"] = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
					switch {
					case r.URL.Path == robotsPath:
						http.NotFound(rw, r)
						return
					case r.Header.Get("Accept-Encoding") != "gzip":
						t.Errorf("asked for %q", r.Header.Get("Accept-Encoding"))
					}
					rw.Header().Set("Content-Type", "text/html")
					if tt.want == NotAPage {
						rw.Header().Set("Content-Type", "application/gzip")
					}
					rw.Header().Set("Content-Encoding", tt.encoding)
					_, _ = rw.Write(tt.body)
				})
				r := w.crawl("http://www.example.org/", w.options())
				p := r.Pages[0]
				if p.Reason != tt.want || p.Cut != tt.cut || p.Bytes > DefaultPageBytes {
					t.Errorf("%q %q, cut %v, %d bytes; want %q", p.Reason, p.Detail, p.Cut, p.Bytes, tt.want)
				}
			})
		})
	}
}

// W4: a page takes so long and is so large and no more, whatever its server does.
func TestOddPagesCostTheirShare(t *testing.T) {
	const mail = `<a href="mailto:a@example.org">x</a>`
	for _, tt := range []struct {
		name  string
		serve func(w http.ResponseWriter, r *http.Request)
		want  Reason
		cut   bool
		mails int
	}{
		{"an endless body", func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, mail)
			for block := []byte(strings.Repeat(" ", 64<<10)); ; {
				if _, err := w.Write(block); err != nil {
					return
				}
			}
		}, "", true, 1},
		{"a byte each second", func(w http.ResponseWriter, r *http.Request) {
			for i := range len(mail) {
				fmt.Fprint(w, mail[i:i+1])
				w.(http.Flusher).Flush()
				select {
				case <-time.After(time.Second):
				case <-r.Context().Done():
					return
				}
			}
		}, Slow, false, 0},
		{"silence", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, Slow, false, 0},
		{"a gigabyte announced, little sent", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1073741824")
			fmt.Fprint(w, mail)
		}, "", true, 1},
		{"a picture that calls itself one", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "image/png")
			fmt.Fprint(w, mail)
		}, NotAPage, false, 0},
		{"a million elements in one another", func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, strings.Repeat("<b>", 500_000), mail)
		}, "", false, 1},
		{"a link of a megabyte", func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `<a href="mailto:`, strings.Repeat("a", 1<<20), `@example.org">`, mail)
		}, "", false, 2}, // it is told that there is one
		{"a tag of a megabyte without an end", func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, mail, "<a ", strings.Repeat("x=y ", 1<<18))
		}, "", false, 1},
		{"a header of a megabyte", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Long", strings.Repeat("x", 1<<20))
			fmt.Fprint(w, mail)
		}, BadHTTP, false, 0},
		{"no HTTP", func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				_, _ = conn.Write([]byte("220 mail.example.org ESMTP\r\n"))
				_ = conn.Close()
			}
		}, BadHTTP, false, 0},
		{"an error", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }, BadStatus, false, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *web) {
				w.hosts["www.example.org"] = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
					if r.URL.Path == robotsPath {
						http.NotFound(rw, r)
						return
					}
					rw.Header().Set("Content-Type", "text/html")
					tt.serve(rw, r)
				})
				began := time.Now()
				r := w.crawl("http://www.example.org/", w.options())
				p := r.Pages[0]
				if p.Reason != tt.want || p.Cut != tt.cut || len(r.Addresses) != tt.mails {
					t.Errorf("%q %q, cut %v, %d addresses; want %q, %v, %d", p.Reason, p.Detail, p.Cut, len(r.Addresses), tt.want, tt.cut, tt.mails)
				}
				if took := time.Since(began); took > DefaultDelay+PageTime || p.Bytes > DefaultPageBytes {
					t.Errorf("it took %s and %d bytes", took, p.Bytes)
				}
			})
		})
	}
}

// W6: addresses are bounded, and nothing but an address comes out of a link.
func TestTrapsAreCountedAndNoMore(t *testing.T) {
	inWorld(t, func(t *testing.T, w *web) {
		var page strings.Builder
		page.WriteString(`<a href="mailto:a@example.org?bcc=trap@example.net%0d%0aRCPT%20TO:<b@example.net>&body=x">`)
		for i := range 50_000 {
			fmt.Fprintf(&page, "<a href=mailto:%d@example.org>", i)
		}
		w.hosts["www.example.org"] = pages{"/": page.String()}
		r := w.crawl("http://www.example.org", w.options())
		if len(r.Addresses) != MaxAddresses || r.Mentions != 50_001 || !slices.Contains(r.Limited, LimitAddresses) {
			t.Errorf("%d addresses of %d, limited by %v", len(r.Addresses), r.Mentions, r.Limited)
		}
		if s := fmt.Sprintf("%+v", r.Addresses); strings.Contains(s, "trap@") || strings.Contains(s, "RCPT") {
			t.Error("a field of a link came through")
		}
	})
}

// W7: no cookies, no credentials, no forms, no scripts; the server of this world
// looks at every request.
func TestNothingIsSentButGET(t *testing.T) {
	inWorld(t, func(t *testing.T, w *web) {
		w.hosts["www.example.org"] = pages{
			"/": `<a href="http://user:secret@www.example.org/a"></a><form action="/post" method="post"><input type="submit"></form>
				<form action="mailto:form@example.org"></form>
				<script>document.write('<a href="/script">')</script><a href="javascript:location='/script'" onclick="location='/script'"></a>
				<script>"<a href='mailto:script@example.org'>"</script><!-- <a href="mailto:comment@example.org"> -->
				<noscript><a href="mailto:noscript@example.org"></a></noscript>`,
			"/a": "x",
		}
		r := w.crawl("http://www.example.org", w.options())
		wantList(t, "pages", outcomes(r), []string{"/", "/a"})
		wantList(t, "addresses", addresses(r), []string{"form@example.org", "noscript@example.org"})
	})
	if _, err := ParseStart("http://user:secret@www.example.org"); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("credentials in the first URL: %v", err)
	}
}
