// Package crawl reads a website's pages and the PDFs that they link to, and says
// which mail addresses stand where.
//
// It protects three parties. The operator, since a website chooses what the
// crawler reads next: every address is judged before it is dialled and every
// redirect before it is followed, only http and https on the ports 80, 443 and
// the one that the operator named are spoken, and pages, depth, bytes (of what
// came out of the compression, not of what went in) and time are all bounded, so
// that no page, trap or bomb costs more than its share. The website: robots.txt
// and its crawl-delay are obeyed (RFC 9309), one connection to a host stands at a
// time, a second passes between two requests, and the name we go by says where to
// complain. And the owners of the addresses: they are counted, shown and handed
// back, and nothing here writes to one or asks a mail server about one.
//
// Mail links are read as a browser would read them: character references,
// percent-encoding, international names (see package mailaddr). What only a
// script or a style sheet would put together is not found, since nothing is
// executed: no scripts, no forms, no cookies, no credentials. PDFs are handed to
// [Options.PDF], which reads them in a process of its own (package pdf).
//
// The queue is our own, and so is the reading of robots.txt. The libraries for
// both (gocolly/colly v2.3.0, temoto/robotstxt v1.1.2) were tried first: colly
// sleeps through the end of its context when a delay is set, reads robots.txt
// without any bound, asks robots.txt about the link but not about where it leads,
// and unpacks what is typed application/gzip beyond its own cap on the body;
// robotstxt refuses a whole file for one odd line, takes "User-agent: mx" for
// mx_sd, lets a pattern match in the middle of a path, lets a disallow win a draw
// and compares percent-encoding as text, each against RFC 9309.
package crawl
