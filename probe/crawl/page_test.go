package crawl

import (
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// said is what a page says: its mail links, then its other ones as they resolve.
func said(t *testing.T, body, contentType string) string {
	t.Helper()
	page, err := url.Parse("http://www.example.org/dir/page")
	if err != nil {
		t.Fatal(err)
	}
	s := scanHTML([]byte(body), contentType)
	all := append([]string{}, s.mails...)
	for _, u := range s.targets(page) {
		all = append(all, u.String())
	}
	return strings.Join(all, " ")
}

// nested is a page within so many others.
func nested(deep int, page string) string {
	for range deep {
		page = `<iframe srcdoc="` + html.EscapeString(page) + `"></iframe>`
	}
	return page
}

func TestLinksAreReadAsABrowserReadsThem(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"plain", `<a href="mailto:a@example.org">`, "mailto:a@example.org"},
		{"capitals, no quotes", `<A HREF=MAILTO:a@example.org>`, "MAILTO:a@example.org"},
		{"character references", `<a href="&#109;a&#x69;lto&colon;a&commat;example&period;org">`, "mailto:a@example.org"},
		{"a reference without its semicolon", `<a href="mailto:a&#64example.org">`, "mailto:a@example.org"},
		{"an attribute given twice", `<a href="mailto:a@example.org" href="mailto:b@example.org">`, "mailto:a@example.org"},
		{"areas of a picture", `<map><area href="mailto:a@example.org"></map>`, "mailto:a@example.org"},
		{"a link in SVG", `<svg><a xlink:href="mailto:a@example.org"></a></svg>`, "mailto:a@example.org"},
		{"frames", `<frameset><frame src="menu.html"><frame src="/body"></frameset><noframes><a href="alt">`, "http://www.example.org/dir/menu.html http://www.example.org/body http://www.example.org/dir/alt"},
		{"an inner frame", `<iframe src="../inner"><a href="never"></a></iframe>`, "http://www.example.org/inner"},
		{"objects", `<object data="x.pdf"></object><embed src="y.pdf">`, "http://www.example.org/dir/x.pdf http://www.example.org/dir/y.pdf"},
		{"a base", `<base href="/other/"><base href="/third/"><a href="x">`, "http://www.example.org/other/x"},
		{"a refresh", `<meta http-equiv="Refresh" content="5; URL='next'">`, "http://www.example.org/dir/next"},
		{"a refresh with a comma", `<meta http-equiv=refresh content="5,/t3">`, "http://www.example.org/t3"},
		{"a refresh with a space", `<meta http-equiv=refresh content=" .5 t3">`, "http://www.example.org/dir/t3"},
		{"a refresh with more behind its quotes", `<meta http-equiv=refresh content='0;URL="/t4"x'>`, "http://www.example.org/t4"},
		{"a refresh to what only begins like url", `<meta http-equiv=refresh content="0;urls=1">`, "http://www.example.org/dir/urls=1"},
		{"a refresh without a time", `<meta http-equiv=refresh content="url=/t5"><meta http-equiv=refresh content="5x;/t6">`, ""},
		{"backslashes", `<a href="\a\b?c\d"><a href="\\www.example.org\e"><a href="http:\\www.example.org\f"><a href="..\g">`, `http://www.example.org/a/b?c\d http://www.example.org/e http://www.example.org/f http://www.example.org/g`},
		{"slashes too many", `<a href="///blog.example.org/p"><a href="http:////blog.example.org/q"><a href="https:///blog.example.org/r">`, "http://blog.example.org/p http://blog.example.org/q https://blog.example.org/r"},
		{"slashes too few", `<a href="http:/b.html"><a href="HTTP:c.html"><a href="https:/blog.example.org/s"><a href="https:blog.example.org">`, "http://www.example.org/b.html http://www.example.org/dir/c.html https://blog.example.org/s https://blog.example.org"},
		{"a backslash in another scheme", `<a href="javascript:\x"><a href="tel:+1">`, `javascript:\x tel:+1`},
		{"a base that is no page", `<base href="data:text/html,x"><a href="x">`, "http://www.example.org/dir/x"},
		{"a base with a backslash", `<base href="\a\b\"><a href="x">`, "http://www.example.org/a/b/x"},
		{"a link element", `<link rel=author href="mailto:a@example.org"><link rel=next href=never>`, "mailto:a@example.org"},
		{"a page within an attribute", `<iframe srcdoc="<a href='mailto:a@example.org'>x</a>` + strings.Repeat("x", 3000) + `<a href=&quot;y&quot;>"></iframe>`, "mailto:a@example.org http://www.example.org/dir/y"},
		{"pages within pages, three deep", nested(3, `<a href=mailto:a@example.org>`), "mailto:a@example.org"},
		{"pages within pages, four deep", nested(4, `<a href=mailto:a@example.org>`), ""},
		{"a mail link that is too long stays", `<a href="mailto:` + strings.Repeat("a", 3000) + `"><a href="/` + strings.Repeat("a", 3000) + `">`, "mailto:" + strings.Repeat("a", 3000)},
		{"no refresh", `<meta http-equiv="refresh" content="5"><meta name="description" content="5;url=x">`, ""},
		{"text, comments, scripts and styles", `a@example.org mailto:b@example.org <!-- <a href=x> --><script><a href=y></script><style><a href=z></style><textarea><a href=t></textarea><title><a href=u></title>`, ""},
		{"spaces and line ends in a link", "<a href=' \n x\ny z\t'>", "http://www.example.org/dir/xy%20z"},
		{"a stylesheet and a picture", `<link rel=stylesheet href=x.css><img src=x.png>`, ""},
	} {
		if got := said(t, tt.in, "text/html; charset=utf-8"); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestPagesAreReadInTheirEncoding(t *testing.T) {
	const want = "mailto:info@bücher.example"
	for name, tt := range map[string]struct{ body, contentType string }{
		"UTF-8 by the server":         {`<a href="mailto:info@bücher.example">`, "text/html; charset=utf-8"},
		"UTF-8 by nobody":             {`<a href="mailto:info@bücher.example">`, "text/html"},
		"UTF-8 by nobody, late":       {strings.Repeat(" ", 2000) + `<a href="mailto:info@bücher.example">`, "text/html"},
		"Latin-1 by the server":       {"<a href=\"mailto:info@b\xfccher.example\">", "text/html; charset=ISO-8859-1"},
		"Latin-1 by the page":         {"<meta charset=iso-8859-1><a href=\"mailto:info@b\xfccher.example\">", "text/html"},
		"UTF-16 by a byte order mark": {"\xfe\xff" + utf16(`<a href="mailto:info@bücher.example">`), "text/html"},
	} {
		if got := said(t, tt.body, tt.contentType); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func utf16(s string) string {
	var b strings.Builder
	for _, r := range s {
		b.Write([]byte{byte(r >> 8), byte(r)})
	}
	return b.String()
}

func FuzzScanHTML(f *testing.F) {
	f.Add(`<a href="mailto:a@example.org">`, "text/html")
	f.Add(`<base href="//x"><frame src=y><meta http-equiv=refresh content="0;url=z">`, "text/html; charset=utf-16")
	f.Add(`<svg><a xlink:href=x><a href="/a/../%2e%2E/b%2fc?%zz#d">`, "")
	page := &url.URL{Scheme: "http", Host: "www.example.org", Path: "/"}
	f.Fuzz(func(t *testing.T, body, contentType string) {
		s := scanHTML([]byte(body), contentType)
		for _, u := range s.targets(page) {
			n, reason := normal(u)
			if reason != "" {
				continue
			}
			again, err := url.Parse(n.String())
			if err != nil {
				t.Fatalf("%q: the normal form %q: %v", u, n, err)
			}
			if twice, reason := normal(again); reason != "" || twice.String() != n.String() {
				t.Fatalf("%q: the normal form %q has the normal form %q (%s)", u, n, twice, reason)
			}
			if n.User != nil || n.Fragment != "" || n.Scheme != "http" && n.Scheme != "https" {
				t.Fatalf("%q: %q", u, n)
			}
		}
	})
}
