package crawl

import (
	"net/url"
	"strings"
)

// resolve reads a link as a browser does (WHATWG URL, section 4.4), where that is
// not what RFC 3986 says: spaces around it, and line ends and tabs within, are
// dropped; a backslash is a slash; any number of slashes stands before a host; and
// http: without slashes is relative to a page of the same scheme. The error is
// that of [url.Parse].
func resolve(base *url.URL, href string) (*url.URL, error) {
	href = strings.TrimFunc(href, func(r rune) bool { return r <= ' ' })
	href = strings.NewReplacer("\n", "", "\r", "", "\t", "", " ", "%20").Replace(href)
	scheme, rest := splitScheme(href)
	if scheme != "" && !isWeb(scheme) {
		return base.Parse(href)
	}
	rest = slashed(rest)
	switch {
	case strings.HasPrefix(rest, "//"), scheme != "" && scheme != base.Scheme:
		rest = "//" + strings.TrimLeft(rest, "/")
		if scheme != "" {
			rest = scheme + ":" + rest
		}
	}
	return base.Parse(rest)
}

// splitScheme divides a link behind its scheme (RFC 3986 section 3.1), which is
// given in lower case; empty: it has none.
func splitScheme(href string) (scheme, rest string) {
	name, rest, ok := strings.Cut(href, ":")
	if !ok || name == "" {
		return "", href
	}
	name = strings.ToLower(name)
	for i, c := range []byte(name) {
		if letter := c >= 'a' && c <= 'z'; !letter && (i == 0 || !strings.ContainsRune("0123456789+-.", rune(c))) {
			return "", href
		}
	}
	return name, rest
}

func isWeb(scheme string) bool { return scheme == "http" || scheme == "https" }

// slashed turns the backslashes before the query and the fragment into slashes.
func slashed(s string) string {
	end := strings.IndexAny(s, "?#")
	if end < 0 {
		end = len(s)
	}
	return strings.ReplaceAll(s[:end], `\`, "/") + s[end:]
}

// space is what HTML takes for white space (Infra, section 4.7).
const space = " \t\n\f\r"

// refreshTarget is the URL of a meta refresh, such as "5; url='/next'", or nothing
// (HTML, section 4.2.5.3, "shared declarative refresh steps").
func refreshTarget(content string) string {
	content = strings.TrimLeft(content, space)
	rest := strings.TrimLeft(content, "0123456789.")
	if rest == content || rest != "" && !strings.ContainsRune(";,"+space, rune(rest[0])) {
		return ""
	}
	rest = strings.TrimLeft(rest, space)
	if rest != "" && (rest[0] == ';' || rest[0] == ',') {
		rest = strings.TrimLeft(rest[1:], space)
	}
	if name, value, ok := strings.Cut(rest, "="); ok && strings.EqualFold(strings.TrimRight(name, space), "url") {
		rest = strings.TrimLeft(value, space)
	}
	if rest != "" && (rest[0] == '"' || rest[0] == '\'') {
		rest, _, _ = strings.Cut(rest[1:], rest[:1])
	}
	return rest
}
