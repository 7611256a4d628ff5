package crawl

import (
	"bytes"
	"context"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"mx_exporter/probe/fact"
)

// Run crawls the site at a URL that [ParseStart] gave. It always gives a result:
// what was found until a limit, the end of ctx or a fault stands in it. Pages are
// read breadth first, one after the other, so that two crawls of one site agree.
func Run(ctx context.Context, start *url.URL, o Options) *Result {
	o.Limits = o.Limits.filled()
	c := &crawler{
		o: o, site: newSite(start, o.Domains), fetch: newFetcher(o),
		seen:  map[string]bool{},
		leads: map[string]string{},
		book:  newBook(),
		found: &Result{Start: start.String(), At: time.Now(), Site: registrable(start.Hostname()), Pages: []Page{}},
	}
	c.robots = robots{f: c.fetch, known: map[string]rules{}}
	defer c.fetch.close()
	own, cancel := context.WithTimeout(ctx, o.Limits.Time)
	defer cancel()
	c.enqueue(start, job{url: start})
	c.run(own)
	c.tellCircles()
	r := c.found
	c.book.fill(r, c.site)
	r.Bytes = o.Limits.TotalBytes - c.fetch.budget
	r.Took = fact.Elapsed(time.Since(r.At))
	return r
}

// crawler is one crawl.
type crawler struct {
	o      Options
	site   site
	fetch  *fetcher
	robots robots
	queue  []job
	seen   map[string]bool   // every URL that was ever queued, and where redirects led
	leads  map[string]string // where each URL redirects to, of those that do
	book   *book
	found  *Result
}

// job is a URL to follow.
type job struct {
	url   *url.URL
	from  string
	depth int
}

func (c *crawler) run(ctx context.Context) {
	for len(c.queue) > 0 {
		switch {
		case ctx.Err() != nil:
			c.found.limited(LimitTime)
			return
		case len(c.found.Pages) >= c.o.Limits.Pages:
			c.found.limited(LimitPages)
			return
		case c.fetch.budget <= 0:
			c.found.limited(LimitBytes)
			return
		}
		j := c.queue[0]
		c.queue = c.queue[1:]
		if c.o.Progress != nil {
			c.o.Progress(Progress{j.url.String(), len(c.found.Pages), len(c.queue), len(c.book.addresses)})
		}
		p, done := c.page(ctx, j)
		if !done {
			c.found.limited(LimitTime)
			return
		}
		c.found.Pages = append(c.found.Pages, p)
	}
}

// enqueue takes a URL in that was judged good, unless it is known.
func (c *crawler) enqueue(u *url.URL, j job) {
	key := u.String()
	switch {
	case c.seen[key]:
		return
	case j.depth > c.o.Limits.Depth:
		c.found.limited(LimitDepth)
		return
	case len(c.seen) >= MaxQueued:
		c.found.limited(LimitQueue)
		return
	}
	c.seen[key] = true
	j.url = u
	c.queue = append(c.queue, j)
}

// page reads one URL. done is false where the crawl's time ended in it.
func (c *crawler) page(ctx context.Context, j job) (p Page, done bool) {
	p = Page{URL: j.url.String(), From: j.from, Depth: j.depth, Kind: Other}
	at, resp, fault := c.follow(ctx, j.url, &p)
	if ctx.Err() != nil && (fault != nil || resp == nil) {
		return p, false
	}
	if at != nil && at.String() != p.URL {
		p.Final = at.String()
	}
	if resp != nil {
		p.Status, p.Bytes, p.Cut = resp.status, len(resp.body), resp.cut
	}
	if fault == nil {
		fault = c.take(ctx, at, resp, j, &p)
	}
	if ctx.Err() != nil && fault != nil {
		return p, false // the end of the crawl's time says nothing of the page
	}
	if fault != nil {
		p.Reason, p.Detail = fault.reason, fault.Error()
	}
	return p, true
}

// worth says how much of an answer is read, by what it is said to be.
func (c *crawler) worth(r *http.Response, p *Page) (int, *failure) {
	switch p.Kind = kindOf(r.Header.Get("Content-Type"), r.Request.URL); p.Kind {
	case HTML:
		return c.o.Limits.PageBytes, nil
	case PDF:
		if c.o.PDF == nil {
			return 0, failed(NoReader, "nobody reads PDFs here")
		}
		if r.ContentLength > MaxPDF {
			return 0, failed(TooLarge, "a PDF of %d bytes; %d are read", r.ContentLength, MaxPDF)
		}
		return MaxPDF, nil
	}
	return 0, failed(NotAPage, "this is neither HTML nor PDF")
}

// kindOf goes by the Content-Type; where that says nothing, by the path.
func kindOf(contentType string, u *url.URL) Kind {
	t, _, err := mime.ParseMediaType(contentType)
	if err != nil && t == "" {
		t, _, _ = strings.Cut(contentType, ";")
	}
	switch strings.ToLower(strings.TrimSpace(t)) {
	case "text/html", "application/xhtml+xml":
		return HTML
	case "application/pdf", "application/x-pdf":
		return PDF
	case "", "application/octet-stream", "binary/octet-stream":
		if strings.HasSuffix(strings.ToLower(u.Path), ".pdf") {
			return PDF
		}
		if t == "" {
			return HTML
		}
	}
	return Other
}

// take reads what came.
func (c *crawler) take(ctx context.Context, at *url.URL, resp *response, j job, p *Page) *failure {
	if resp.cut {
		c.found.limited(c.cutBy(p.Kind))
	}
	if p.Kind == PDF {
		return c.takePDF(ctx, at, resp, p)
	}
	s := scanHTML(resp.body, resp.kind)
	for _, m := range s.mails {
		c.book.add(m, Place{Page: at.String(), Kind: HTML})
	}
	for _, to := range s.targets(at) {
		next, reason := c.site.judge(to)
		if reason == "" && !isFile(next) {
			c.enqueue(next, job{from: at.String(), depth: j.depth + 1})
		}
	}
	return nil
}

func (c *crawler) cutBy(k Kind) Limit {
	switch {
	case c.fetch.budget <= 0:
		return LimitBytes
	case k == PDF:
		return LimitPDF
	}
	return LimitPageBytes
}

// takePDF has a PDF read.
func (c *crawler) takePDF(ctx context.Context, at *url.URL, resp *response, p *Page) *failure {
	switch {
	case !IsPDF(resp.body):
		return failed(NotAPDF, "no %%PDF- stands in the first %d bytes", magicWithin)
	case resp.cut:
		return failed(TooLarge, "a PDF that is longer than what may be read of it")
	}
	links, err := c.o.PDF(ctx, resp.body)
	if err != nil {
		f := &failure{BrokenPDF, errors.New("the PDF could not be read")}
		var known *PDFError
		if errors.As(err, &known) {
			f = &failure{known.Reason, known.Err}
		}
		return f
	}
	p.PDF = &PDFFacts{Pages: links.Pages, Links: len(links.Links)}
	if links.Limited {
		c.found.limited(LimitPDF)
	}
	for _, l := range links.Links {
		c.book.add(l.URI, Place{Page: at.String(), Kind: PDF, Sheet: l.Sheet})
	}
	return nil
}

// magicWithin is where readers look for a PDF's first bytes (ISO 32000-1, annex
// H, implementation note 13).
const magicWithin = 1024

// IsPDF reports whether a file can be a PDF by its first bytes.
func IsPDF(b []byte) bool {
	return bytes.Contains(b[:min(len(b), magicWithin)], []byte("%PDF-"))
}
