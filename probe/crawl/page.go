package crawl

import (
	"bytes"
	"io"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"

	"mx_exporter/probe/mailaddr"
)

// scan is what a page says: where it leads, and whom it writes to. Both are as
// they stand in the attributes, character references resolved.
type scan struct {
	base  string
	links []string
	mails []string
}

// follows are the attributes of elements that lead to another page.
var follows = map[atom.Atom]string{
	atom.A: "href", atom.Area: "href", atom.Frame: "src", atom.Iframe: "src", atom.Embed: "src", atom.Object: "data",
}

// maxLinks bounds the links that are taken from one page: no more of them than
// the queue holds can matter, but the first may all be known already.
const maxLinks = 10 * MaxQueued

// scanHTML reads a page by its tokens. No tree is built, so that a million open
// elements cost no more than their bytes.
func scanHTML(body []byte, contentType string) scan {
	var s scan
	s.read(decoded(body, contentType), 0)
	return s
}

// read takes in a page, or one within it.
func (s *scan) read(page io.Reader, nested int) {
	z := html.NewTokenizer(page)
	for {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			tag := atom.Lookup(name)
			if tag == atom.Noscript || tag == atom.Noframes {
				z.NextIsNotRawText() // we are who it is there for: we run no scripts and show no frames
			}
			if more {
				attr := attributes(z)
				s.tag(tag, attr)
				if tag == atom.Iframe && nested < maxNested {
					s.read(strings.NewReader(attr["srcdoc"]), nested+1)
				}
			}
		}
	}
}

// maxNested is how deep pages that stand within attributes (srcdoc) are read. Each
// is read once more for every one around it.
const maxNested = 3

// decoded is a page as UTF-8. What it is encoded in is told by a byte order mark,
// the server or the page, in this order; what nobody tells is UTF-8 if it can be.
func decoded(body []byte, contentType string) io.Reader {
	e, name, told := charset.DetermineEncoding(body[:min(len(body), 1024)], contentType)
	if name == "utf-8" || !told && utf8.Valid(body) {
		return bytes.NewReader(body)
	}
	return e.NewDecoder().Reader(bytes.NewReader(body))
}

// attributes are those of one element, the first of each name (HTML, section
// 13.2.5.33), without those that are too long to be an address; a mailto: link
// stays, so that its length is told.
func attributes(z *html.Tokenizer) map[string]string {
	all := map[string]string{}
	for more := true; more; {
		var key, value []byte
		key, value, more = z.TagAttr()
		if len(key) > maxKey || len(all) > maxAttributes || len(value) > maxAttribute &&
			string(key) != "srcdoc" && !mailaddr.IsMailto(string(value[:maxAttribute])) {
			continue
		}
		if _, twice := all[string(key)]; !twice {
			all[string(key)] = string(value)
		}
	}
	return all
}

const (
	maxKey        = 32
	maxAttributes = 64 // of one element
)

func (s *scan) tag(tag atom.Atom, attr map[string]string) {
	switch {
	case tag == atom.Base:
		if s.base == "" {
			s.base = attr["href"]
		}
	case tag == atom.Meta:
		if strings.EqualFold(attr["http-equiv"], "refresh") {
			s.link(refreshTarget(attr["content"]))
		}
	case tag == atom.Form:
		s.mail(attr["action"])
	case tag == atom.Link:
		s.mail(attr["href"]) // rel=author; what else it names is no page
	case follows[tag] != "":
		s.link(attr[follows[tag]])
		s.link(attr["xlink:href"]) // in SVG
	}
}

// mail takes a link in that is followed to no page.
func (s *scan) mail(href string) {
	if mailaddr.IsMailto(href) {
		s.link(href)
	}
}

func (s *scan) link(href string) {
	switch {
	case href == "":
	case mailaddr.IsMailto(href):
		s.mails = append(s.mails, href)
	case len(s.links) < maxLinks:
		s.links = append(s.links, href)
	}
}

// targets are the links of a page as absolute URLs, not judged yet, each once.
func (s scan) targets(page *url.URL) []*url.URL {
	base := page
	if b, err := resolve(page, s.base); err == nil && s.base != "" && isWeb(b.Scheme) {
		base = b
	}
	var all []*url.URL
	var seen []string
	for _, href := range s.links {
		u, err := resolve(base, href)
		if err != nil {
			continue
		}
		if key := u.String(); !slices.Contains(seen[max(0, len(seen)-nearby):], key) {
			seen = append(seen, key)
			all = append(all, u)
		}
	}
	return all
}

// nearby is how far back a link is looked for: the queue knows the rest.
const nearby = 16
