package crawl

import "time"

// The limits of one crawl: what holds when nothing is said, and the ceilings
// that no operator may exceed. Where no source is named the figure is judgement:
// a company's website names its addresses within three clicks.
const (
	DefaultPages = 50
	MaxPages     = 500

	DefaultDepth = 3
	MaxDepth     = 5

	DefaultPageBytes = 2 << 20 // decompressed
	MaxPageBytes     = 10 << 20

	DefaultTotalBytes = 20 << 20 // decompressed, pages, PDFs and robots.txt together
	MaxTotalBytes     = 100 << 20

	DefaultTime = 60 * time.Second
	MaxTime     = 10 * time.Minute

	// DefaultDelay passes between two requests to one host. A crawl-delay in
	// robots.txt can only make it longer.
	DefaultDelay = time.Second
	MaxDelay     = time.Minute
)

// Limits that nobody changes.
const (
	MaxQueued    = 500              // URLs that one crawl remembers: ten times the pages that it reads by default
	MaxRedirects = 5                // RFC 9309 section 2.3.1.2 asks for as many with robots.txt
	MaxURL       = 2000             // bytes; Boulder's limit for what it follows
	MaxAddresses = 200              // distinct ones; a page with more is a trap or a directory
	MaxWritten   = 254              // bytes of a broken address that are kept: no right one is longer
	MaxRobots    = 500 << 10        // RFC 9309 section 2.5: at least 500 KiB are parsed
	MaxPDF       = 10 << 20         // bytes of a PDF
	MaxRatio     = 100              // decompressed to compressed; HTML compresses to a tenth, deflate's bound is 1032 (RFC 1951)
	PageTime     = 10 * time.Second // one request, from its first byte to its last, however slowly they come

	maxHeader     = 16 << 10 // bytes of a response's header
	maxAttribute  = 2 << 10  // bytes of an attribute: a URL of MaxURL fits in
	freeBytes     = 64 << 10 // decompressed before the ratio counts: a page of blanks is no bomb
	maxCrawlDelay = 24 * time.Hour
)

// Limits bound a crawl. A zero takes the default, and what is beyond a ceiling is
// taken as the ceiling.
type Limits struct {
	Pages      int
	Depth      int // links away from the first page
	PageBytes  int
	TotalBytes int
	Time       time.Duration
	Delay      time.Duration // between two requests to one host; below zero: none, for a site of one's own
}

func (l Limits) filled() Limits {
	return Limits{
		Pages:      within(l.Pages, DefaultPages, MaxPages),
		Depth:      within(l.Depth, DefaultDepth, MaxDepth),
		PageBytes:  within(l.PageBytes, DefaultPageBytes, MaxPageBytes),
		TotalBytes: within(l.TotalBytes, DefaultTotalBytes, MaxTotalBytes),
		Time:       within(l.Time, DefaultTime, MaxTime),
		Delay:      max(0, within(l.Delay, DefaultDelay, MaxDelay)),
	}
}

func within[N int | time.Duration](n, unset, most N) N {
	if n == 0 {
		return unset
	}
	return min(n, most)
}

// Limit names a bound that ended a crawl early or cut something off. It is a
// label value.
type Limit string

// The limits that a result can have reached.
const (
	LimitPages     Limit = "pages"      // as many pages as the site may have were read
	LimitDepth     Limit = "depth"      // links lead farther from the first page than is followed
	LimitQueue     Limit = "queue"      // more URLs than one crawl remembers
	LimitPageBytes Limit = "page_bytes" // a page is longer than is read of one
	LimitBytes     Limit = "bytes"      // all pages together are
	LimitTime      Limit = "time"       // the time for the site was over
	LimitAddresses Limit = "addresses"  // more distinct addresses than are kept
	LimitPDF       Limit = "pdf"        // a PDF's pages, links or size
)

// AllLimits lists every Limit.
func AllLimits() []Limit {
	return []Limit{LimitPages, LimitDepth, LimitQueue, LimitPageBytes, LimitBytes, LimitTime, LimitAddresses, LimitPDF}
}
