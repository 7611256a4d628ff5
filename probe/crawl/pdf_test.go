package crawl

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// P4, P5 and the outcomes of a reader: a PDF that is not read is a page with a
// reason, and hides no other page; one without links is read.
func TestPDFsArePagesWithTheirOwnReasons(t *testing.T) {
	const head = "%PDF-1.7\n"
	for _, tt := range []struct {
		name, contentType, body string
		read                    Extractor
		want                    Reason
		addresses               string
	}{
		{"links", "application/pdf", head, fixed("mailto:a@example.org", "https://example.org"), "", "a@example.org"},
		{"P5: no links", "application/pdf", head, fixed(), "", ""},
		{"as a file of bytes", "application/octet-stream", head, fixed("mailto:a@example.org"), "", "a@example.org"},
		{"P4: HTML that calls itself one", "application/pdf", `<a href="mailto:b@example.org">`, fixed("mailto:a@example.org"), NotAPDF, ""},
		{"P4: a beginning at byte 2000", "application/pdf", strings.Repeat("\n", 2000) + head, fixed("mailto:a@example.org"), NotAPDF, ""},
		{"P1: a reader that broke down", "application/pdf", head, broken(PDFKilled), PDFKilled, ""},
		{"P3: a password", "application/pdf", head, broken(Encrypted), Encrypted, ""},
		{"an error of no kind", "application/pdf", head, func(context.Context, []byte) (PDFLinks, error) { return PDFLinks{}, errors.New("x") }, BrokenPDF, ""},
		{"no reader", "application/pdf", head, nil, NoReader, ""},
		{"P1: more than 10 MiB, announced", "application/pdf", head + strings.Repeat(" ", MaxPDF), fixed("mailto:a@example.org"), TooLarge, ""},
		{"P1: more than 10 MiB, not announced", "application/pdf; chunked", head + strings.Repeat(" ", MaxPDF), fixed("mailto:a@example.org"), TooLarge, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *web) {
				site := pages{"/": `<a href="/x.pdf"><a href="/y">`, "/y": "y"}
				w.hosts["www.example.org"] = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
					if r.URL.Path != "/x.pdf" {
						site.ServeHTTP(rw, r)
						return
					}
					rw.Header().Set("Content-Type", tt.contentType)
					if !strings.Contains(tt.contentType, "chunked") {
						rw.Header().Set("Content-Length", fmt.Sprint(len(tt.body)))
					}
					fmt.Fprint(rw, tt.body)
				})
				o := w.options()
				o.PDF = tt.read
				r := w.crawl("http://www.example.org", o)
				if p := r.Pages[1]; p.Reason != tt.want || p.Kind != PDF {
					t.Errorf("%s %q %q, want %q", p.Kind, p.Reason, p.Detail, tt.want)
				}
				if got := strings.Join(addresses(r), " "); got != tt.addresses || r.Pages[2].Reason != "" {
					t.Errorf("addresses %q, the next page %q", got, r.Pages[2].Reason)
				}
			})
		})
	}
}

func fixed(uris ...string) Extractor {
	return func(context.Context, []byte) (PDFLinks, error) {
		l := PDFLinks{Pages: 1}
		for _, u := range uris {
			l.Links = append(l.Links, PDFLink{Sheet: 1, URI: u})
		}
		return l, nil
	}
}

func broken(r Reason) Extractor {
	return func(context.Context, []byte) (PDFLinks, error) { return PDFLinks{}, &PDFError{r, errors.New("x")} }
}

// Every address stands with each of its pages, once, and every broken one with
// its reason and place.
func TestAddressesStandWithTheirPlaces(t *testing.T) {
	inWorld(t, func(t *testing.T, w *web) {
		w.hosts["www.example.org"] = pages{
			"/":  `<a href="/b"><a href="mailto:Info@EXAMPLE.org"><a href="mailto:Info@example.org"><a href="mailto:info.example.org"><a href="mailto:x@partner.example">`,
			"/b": `<a href="/c.pdf"><a href="mailto:Info@example.org?subject=x"><a href="mailto:root@[192.0.2.1]">`,
		}
		site := w.hosts["www.example.org"]
		w.hosts["www.example.org"] = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/c.pdf" {
				rw.Header().Set("Content-Type", "application/pdf")
				fmt.Fprint(rw, "%PDF-")
				return
			}
			site.ServeHTTP(rw, r)
		})
		o := w.options()
		o.PDF = fixed("mailto:Info@example.org")
		r := w.crawl("http://www.example.org", o)
		wantList(t, "addresses", addresses(r), []string{"info.example.org", "root@[192.0.2.1]", "Info@example.org", "x@partner.example"})
		var places []string
		for _, p := range r.Addresses[2].Places {
			places = append(places, fmt.Sprint(p.Page, " ", p.Kind, " ", p.Sheet, " ", p.Written))
		}
		wantList(t, "places", places, []string{
			"http://www.example.org/ html 0 Info@EXAMPLE.org",
			"http://www.example.org/b html 0 Info@example.org", "http://www.example.org/c.pdf pdf 1 Info@example.org",
		})
		if f := r.Addresses[0].Fault; f == nil || f.Reason != "no_at" || f.At != 16 {
			t.Errorf("fault %+v", f)
		}
		want := []Domain{{"example.org", true, 1, 3}, {"partner.example", false, 1, 1}}
		if !slices.Equal(r.Domains, want) || r.Mentions != 7 || r.Site != "example.org" {
			t.Errorf("domains %+v, %d mentions, site %s", r.Domains, r.Mentions, r.Site)
		}
	})
}
