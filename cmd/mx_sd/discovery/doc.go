// Package discovery keeps what mx_sd serve hands to Prometheus: it crawls sites
// and expands sets of domains in the background, and holds the last good result
// of each.
//
// It protects the websites: a site is crawled when its interval has passed and
// not before, whoever asks for its targets, however often, and however often the
// configuration is loaded anew (W8); not more than two crawls run at a time, and
// two sites of one interval drift apart. Sites that differ only in what they hand
// on share a crawl, and a reload that changes nothing else crawls nothing. And it protects the monitoring: targets
// that were found stay until a later refresh succeeds, since a website that is
// down for an hour must not take the alerts of its domains away. How old a result
// is and how often a refresh failed can be seen.
package discovery

import (
	"context"
	"time"

	"mx_exporter/cmd/mx_sd/servers"
	"mx_exporter/config/sd"
	"mx_exporter/probe/crawl"
)

// Finder does the work.
type Finder interface {
	// Crawl reads a site. Its error says that nothing could be read.
	Crawl(ctx context.Context, site sd.Site) (*crawl.Result, error)
	// Expand looks domains up. Its error says that nothing could be looked up.
	Expand(ctx context.Context, domains []string) (*servers.Result, error)
	// List reads a file of domains.
	List(file string) ([]string, error)
}

// Kind is what is refreshed. It is a label value.
type Kind string

// The kinds.
const (
	Site    Kind = "site"
	Domains Kind = "domains"
)

const (
	crawlsAtOnce  = 2
	expandsAtOnce = 1

	// After a refresh that failed the next one comes sooner. A crawl that could
	// not read its first page asked the site for next to nothing.
	crawlAgain  = time.Hour
	expandAgain = 5 * time.Minute

	// spread is the part of an interval by which a refresh is early or late.
	spread = 0.1
)
