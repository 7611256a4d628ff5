package crawl

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path"
	"slices"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// site is where a crawl may go.
type site struct {
	start *url.URL
	own   []string // registrable domains, or the one host where that is an address
	ports []string
}

// ParseStart reads the URL at which a crawl begins. Without a scheme it is https.
func ParseStart(s string) (*url.URL, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return nil, errors.New("no URL; want one such as https://www.example.org")
	}
	if !strings.Contains(s, "://") {
		s = "https://" + s
	}
	u, err := url.Parse(s)
	if err != nil {
		return nil, errors.New("this is no URL; want one such as https://www.example.org")
	}
	if u.User != nil {
		return nil, errors.New("the URL has a user name in it, and nothing here logs in; want one such as https://www.example.org")
	}
	n, reason := normal(u)
	if reason != "" {
		return nil, fmt.Errorf("this URL cannot be crawled (%s); want one such as https://www.example.org", reason)
	}
	return n, nil
}

func newSite(start *url.URL, more []string) site {
	s := site{start: start, own: []string{registrable(start.Hostname())}, ports: []string{"80", "443", port(start)}}
	for _, d := range more {
		s.own = append(s.own, strings.ToLower(strings.TrimSuffix(d, ".")))
	}
	return s
}

// registrable is the part of a name that somebody registered (the public suffix
// list and one label), or the name itself where there is no such part.
func registrable(host string) string {
	if _, err := netip.ParseAddr(host); err == nil {
		return host
	}
	if d, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return d
	}
	return host
}

// isOwn reports whether a name is one of the site's.
func (s site) isOwn(host string) bool {
	return slices.Contains(s.own, registrable(host)) || slices.Contains(s.own, host)
}

// judge says whether a URL may be followed, and gives it in its normal form.
func (s site) judge(u *url.URL) (*url.URL, Reason) {
	n, reason := normal(u)
	switch {
	case reason != "":
		return nil, reason
	case !slices.Contains(s.ports, port(n)):
		return nil, BadPort
	case !s.isOwn(n.Hostname()):
		return n, OtherSite
	}
	return n, ""
}

// normal brings a URL into the form in which two that mean the same page are
// the same text: scheme and host in lower case and A-labels, no default port, no
// dots in the path, no needless percent-encoding, no fragment, no user.
func normal(u *url.URL) (*url.URL, Reason) {
	if u.Scheme != "http" && u.Scheme != "https" {
		return nil, BadScheme
	}
	host, reason := normalHost(u.Hostname())
	if reason != "" {
		return nil, reason
	}
	n := &url.URL{Scheme: u.Scheme, Host: host, RawQuery: normalEscapes(u.RawQuery)}
	if p := port(u); p != defaultPort(u.Scheme) {
		n.Host = net.JoinHostPort(strings.Trim(host, "[]"), p)
	}
	n.Path, n.RawPath = normalPath(u)
	if len(n.String()) > MaxURL {
		return nil, BadURL
	}
	return n, ""
}

func normalHost(host string) (string, Reason) {
	if a, err := netip.ParseAddr(host); err == nil {
		if a.Is6() {
			return "[" + a.WithZone("").String() + "]", ""
		}
		return a.String(), ""
	}
	name, err := idna.Lookup.ToASCII(strings.TrimSuffix(host, "."))
	if err != nil || name == "" || len(name) > 253 {
		return "", BadURL
	}
	return strings.ToLower(name), ""
}

// normalPath resolves the dots of a path and its needless encodings.
func normalPath(u *url.URL) (plain, raw string) {
	escaped := normalEscapes(u.EscapedPath())
	clean := path.Clean("/" + escaped)
	if strings.HasSuffix(escaped, "/") && clean != "/" {
		clean += "/"
	}
	plain, err := url.PathUnescape(clean)
	if err != nil {
		return clean, ""
	}
	return plain, clean
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	return defaultPort(u.Scheme)
}

func defaultPort(scheme string) string {
	if scheme == "http" {
		return "80"
	}
	return "443"
}

// normalEscapes resolves percent-encoding of unreserved characters, writes the
// rest in capitals, and encodes what is not ASCII (RFC 3986 sections 2.3 and
// 6.2.2, RFC 9309 section 2.2.2).
func normalEscapes(s string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			v := unhex(s[i+1])<<4 | unhex(s[i+2])
			i += 2
			if isUnreserved(v) {
				b.WriteByte(v)
				continue
			}
			b.Write([]byte{'%', digits[v>>4], digits[v&15]})
		case c <= ' ' || c >= 0x7f:
			b.Write([]byte{'%', digits[c>>4], digits[c&15]})
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c >= 'a':
		return c - 'a' + 10
	}
	return c - 'A' + 10
}

func isUnreserved(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
		c == '-' || c == '.' || c == '_' || c == '~'
}

// isFile reports a path that by its ending is neither a page nor a PDF, so that
// it need not be asked for.
func isFile(u *url.URL) bool {
	return slices.Contains(fileEndings, strings.ToLower(strings.TrimPrefix(path.Ext(u.Path), ".")))
}

// fileEndings are those that a page's path never has.
var fileEndings = []string{
	"7z", "aac", "apk", "avi", "avif", "bin", "bmp", "bz2", "css", "csv", "dmg", "doc", "docx", "eot", "eps", "epub",
	"exe", "flac", "gif", "gz", "ico", "ics", "iso", "jar", "jpeg", "jpg", "js", "json", "m4a", "m4v", "mjs", "mov",
	"mp3", "mp4", "mpeg", "mpg", "msi", "odp", "ods", "odt", "ogg", "ogv", "otf", "png", "ppt", "pptx", "rar", "rss",
	"rtf", "svg", "tar", "tgz", "tif", "tiff", "ttf", "vcf", "wav", "webm", "webp", "wmv", "woff", "woff2", "xls",
	"xlsx", "xz", "zip", "zst",
}
