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

// allow says why a URL may not be read, or nothing. It asks the URL's host for
// robots.txt first where that has not been done.
func (r *robots) allow(ctx context.Context, u *url.URL) *failure {
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
	switch {
	case rule.allows(path):
		return nil
	case rule.fault != nil:
		return rule.fault
	}
	return failed(Robots, "robots.txt forbids it")
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
			return rules{fault: fault}
		case resp.status == http.StatusOK:
			return parseRobots(resp.body, Token)
		case resp.isRedirect():
			if at, fault = r.hop(at, resp); fault != nil {
				return rules{fault: fault}
			}
		case resp.status >= 500:
			return rules{fault: failed(Robots, "robots.txt was answered with %d, which forbids all for now", resp.status)}
		default:
			return rules{}
		}
	}
	return rules{}
}

// hop judges where a redirect of robots.txt leads.
func (r *robots) hop(at *url.URL, resp *response) (*url.URL, *failure) {
	to, fault := resp.target(at)
	if fault != nil {
		return nil, fault
	}
	next, reason := normal(to)
	if reason == "" && next.Port() != "" && next.Port() != at.Port() {
		reason = BadPort
	}
	if reason != "" {
		return nil, failed(Robots, "robots.txt redirects to where nothing is read (%s), which forbids all", reason)
	}
	return next, nil
}
