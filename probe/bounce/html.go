package bounce

import (
	"strings"

	"golang.org/x/net/html"
)

// htmlText is what a person would see of a page, each block on a line of its
// own. Exchange writes its notices as HTML alone.
func htmlText(src string) string {
	var b strings.Builder
	hidden := "" // element whose text is not shown
	for z := html.NewTokenizer(strings.NewReader(src)); b.Len() < maxNotice; {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		if kind == html.TextToken {
			if hidden == "" {
				b.WriteString(strings.Join(strings.Fields(string(z.Text())), " ") + " ")
			}
			continue
		}
		raw, _ := z.TagName()
		switch name := string(raw); {
		case name == hidden && kind == html.EndTagToken:
			hidden = ""
		case hidden == "" && kind == html.StartTagToken && (name == "style" || name == "script" || name == "title"):
			hidden = name
		case breaks(name):
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// breaks reports the elements that begin a line.
func breaks(name string) bool {
	switch name {
	case "br", "p", "div", "tr", "td", "li", "ul", "ol", "pre", "table", "hr", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6":
		return true
	}
	return false
}
