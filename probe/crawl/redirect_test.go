package crawl

import (
	"slices"
	"testing"
)

// W1: redirects that go round are told as such on each page of the circle, also
// where the pages are linked to one by one; a redirect to what is read is none.
func TestCirclesOfRedirects(t *testing.T) {
	for _, tt := range []struct {
		name string
		site pages
		want []Reason
	}{
		{"the first page", pages{"/": "→/a", "/a": "→/b", "/b": "→/"}, []Reason{Redirects}},
		{"a page that is linked to", pages{"/": `<a href="/a">`, "/a": "→/b", "/b": "→/c", "/c": "→/a"}, []Reason{"", Redirects}},
		{"each page is linked to", pages{"/": `<a href="/a"><a href="/b"><a href="/c">`, "/a": "→/b", "/b": "→/c", "/c": "→/a"}, []Reason{"", Redirects, Redirects, Redirects}},
		{"into a circle", pages{"/": `<a href="/in"><a href="/a">`, "/in": "→/a", "/a": "→/b", "/b": "→/a"}, []Reason{"", Redirects, Redirects}},
		{"to a page that is read", pages{"/": `<a href="/a"><a href="/b">`, "/a": "→/b", "/b": "an end"}, []Reason{"", Duplicate, ""}},
		{"back to where the link stood", pages{"/": `<a href="/a">`, "/a": "→/"}, []Reason{"", Duplicate}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *web) {
				w.hosts["www.example.org"] = tt.site
				var got []Reason
				for _, p := range w.crawl("http://www.example.org/", w.options()).Pages {
					got = append(got, p.Reason)
				}
				if !slices.Equal(got, tt.want) {
					t.Errorf("%q; want %q", got, tt.want)
				}
			})
		})
	}
}
