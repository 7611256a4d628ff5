package crawl

import (
	"context"
	"net/http"
	"net/url"
)

// robots are the rules of each host of the crawl, by scheme, host and port
// (RFC 9309 section 2.3).
type robots struct {
	f     *fetcher
	known map[string]rules
}

// allow reports whether a URL may be read, asking its host for robots.txt first
// where that has not been done.
func (r *robots) allow(ctx context.Context, u *url.URL) bool {
	key := u.Scheme + "://" + u.Host
	rule, ok := r.known[key]
	if !ok {
		rule = r.fetch(ctx, u)
		r.known[key] = rule
		r.f.delays[u.Host] = max(rule.delay, r.f.delays[u.Host])
	}
	path := u.EscapedPath()
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	return rule.allows(path)
}

// fetch gets the rules of a host. A file that is not there allows all (4xx,
// RFC 9309 section 2.3.1.3); one that cannot be had now forbids all (5xx and
// whatever the network does, section 2.3.1.4). Redirects are followed to other
// hosts too, as section 2.3.1.2 asks; each address is judged as any other, and
// ports and schemes are. Beyond MaxRedirects the file counts as not there.
func (r *robots) fetch(ctx context.Context, u *url.URL) rules {
	at := &url.URL{Scheme: u.Scheme, Host: u.Host, Path: robotsPath}
	for range MaxRedirects + 1 {
		resp, fault := r.f.get(ctx, at, func(*http.Response) (int, *failure) { return MaxRobots, nil })
		switch {
		case fault != nil:
			return rules{none: true}
		case resp.status == http.StatusOK:
			return parseRobots(resp.body, Token)
		case resp.isRedirect():
			to, fault := resp.target(at)
			if fault != nil {
				return rules{none: true}
			}
			next, reason := normal(to)
			if reason != "" || next.Port() != "" && next.Port() != at.Port() {
				return rules{none: true}
			}
			at = next
		case resp.status >= 500:
			return rules{none: true}
		default:
			return rules{}
		}
	}
	return rules{}
}
