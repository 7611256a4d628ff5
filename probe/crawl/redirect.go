package crawl

import (
	"context"
	"net/http"
	"net/url"
)

// follow asks for a URL and follows its redirects, each of them judged.
func (c *crawler) follow(ctx context.Context, u *url.URL, p *Page) (*url.URL, *response, *failure) {
	at := u
	for hop := 0; ; hop++ {
		if fault := c.robots.allow(ctx, at); fault != nil {
			return at, nil, fault
		}
		resp, fault := c.fetch.get(ctx, at, func(r *http.Response) (int, *failure) { return c.worth(r, p) })
		if fault != nil || !resp.isRedirect() {
			if fault == nil && resp.status != http.StatusOK {
				fault = failed(BadStatus, "the server answered %d", resp.status)
			}
			return at, resp, fault
		}
		if hop == MaxRedirects {
			return at, resp, failed(Redirects, "more than %d redirects", MaxRedirects)
		}
		next, fault := c.hop(at, resp)
		if fault != nil {
			return at, resp, fault
		}
		at = next
	}
}

// hop judges where a redirect leads.
func (c *crawler) hop(at *url.URL, resp *response) (*url.URL, *failure) {
	to, fault := resp.target(at)
	if fault != nil {
		return nil, fault
	}
	next, reason := c.site.judge(to)
	switch reason {
	case "":
	case OtherSite:
		return nil, failed(reason, "a redirect to %s, which is another site; list its domain to follow it", next.Host)
	case BadScheme:
		return nil, failed(reason, "a redirect to a URL that is neither http nor https")
	case BadPort:
		return nil, failed(reason, "a redirect to port %s", port(to))
	default:
		return nil, failed(reason, "a redirect to what is no usable URL")
	}
	key := next.String()
	if key == at.String() {
		return nil, failed(Redirects, "a redirect to itself")
	}
	c.leads[at.String()] = key
	if c.seen[key] {
		return nil, failed(Duplicate, "a redirect to a page that is read by itself")
	}
	c.seen[key] = true
	return next, nil
}

// tellCircles finds the redirects to known URLs that only go round. It comes last:
// where pages redirect to each other, the first was followed before anybody knew
// where the others lead.
func (c *crawler) tellCircles() {
	for i := range c.found.Pages {
		p := &c.found.Pages[i]
		if p.Reason == Duplicate && c.circles(p.URL) {
			p.Reason, p.Detail = Redirects, "the redirects go in a circle"
		}
	}
}

// circles reports whether the redirects from a URL come back to one of them.
func (c *crawler) circles(from string) bool {
	passed := map[string]bool{}
	for at, ok := from, true; ok; at, ok = c.leads[at] {
		if passed[at] {
			return true
		}
		passed[at] = true
	}
	return false
}
