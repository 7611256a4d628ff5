package crawl

import (
	"time"

	"mx_exporter/probe/fact"
	"mx_exporter/probe/mailaddr"
)

// Result is what one crawl found. It is there also when the crawl ended early:
// Limited says why, and what was found until then stands.
type Result struct {
	Start     string       `json:"start"` // the URL that the operator gave, normalised
	Site      string       `json:"site"`  // its registrable domain, or its IP address
	At        time.Time    `json:"at"`
	Took      fact.Elapsed `json:"seconds"`
	Pages     []Page       `json:"pages"` // in the order in which they were asked for
	Addresses []Address    `json:"addresses"`
	Domains   []Domain     `json:"domains"`
	Mentions  int          `json:"mentions"` // mail links, repetitions and those beyond a limit included
	Bytes     int          `json:"bytes"`    // decompressed
	Limited   []Limit      `json:"limited,omitempty"`
}

// Kind is what a page turned out to be.
type Kind string

// The kinds.
const (
	HTML  Kind = "html"
	PDF   Kind = "pdf"
	Other Kind = "other" // neither, or not known because it was not read
)

// Page is one URL that was followed, and what became of it.
type Page struct {
	URL    string    `json:"url"`
	Final  string    `json:"final,omitempty"` // where redirects led, if they did
	From   string    `json:"from,omitempty"`  // the page that linked to it first
	Depth  int       `json:"depth"`
	Kind   Kind      `json:"kind"`
	Status int       `json:"status,omitempty"` // of HTTP
	Bytes  int       `json:"bytes"`            // decompressed
	Cut    bool      `json:"cut,omitempty"`    // only the beginning was read
	Reason Reason    `json:"reason,omitempty"` // why it was not read; empty: it was
	Detail string    `json:"detail,omitempty"` // the same for people; foreign text in it is quoted and cut
	PDF    *PDFFacts `json:"pdf,omitempty"`
}

// Reason says why a page was not read. It is a label value.
type Reason string

// The reasons.
const (
	Robots      Reason = "robots"            // robots.txt forbids it, or could not be read (RFC 9309 section 2.3.1.4)
	BadURL      Reason = "bad_url"           // a redirect to what is no URL, or to one that is too long
	BadScheme   Reason = "bad_scheme"        // neither http nor https
	BadPort     Reason = "bad_port"          // another port than 80, 443 and the operator's
	OtherSite   Reason = "other_site"        // a redirect that leaves the site
	Redirects   Reason = "too_many_redirect" // more than MaxRedirects, or in a circle
	Duplicate   Reason = "duplicate"         // a redirect to a page that is read anyway
	BadStatus   Reason = "status"            // an answer other than 200
	NotAPage    Reason = "not_a_page"        // neither HTML nor PDF
	BadEncoding Reason = "encoding"          // compressed with something that was not offered
	Bomb        Reason = "bomb"              // decompresses to more than MaxRatio times its size
	Resolve     Reason = "resolve"           // the name has no address
	Blocked     Reason = "address_blocked"   // an address that the policy does not open
	Connect     Reason = "connect"           // no connection
	TLS         Reason = "tls"               // no secure connection
	BadHTTP     Reason = "http"              // no usable answer, or one that broke off
	Slow        Reason = "timeout"           // more than PageTime
	TooLarge    Reason = "too_large"         // a PDF of more than MaxPDF
	NotAPDF     Reason = "not_a_pdf"         // said to be one and is none
	Encrypted   Reason = "pdf_encrypted"     // a PDF that asks for a password
	BrokenPDF   Reason = "pdf_broken"        // a PDF that could not be read
	PDFKilled   Reason = "pdf_killed"        // a PDF whose reader had to be stopped, or broke down
	NoReader    Reason = "pdf_unread"        // nobody reads PDFs here
)

// Reasons lists every Reason.
func Reasons() []Reason {
	return []Reason{
		Robots, BadURL, BadScheme, BadPort, OtherSite, Redirects, Duplicate, BadStatus, NotAPage, BadEncoding, Bomb,
		Resolve, Blocked, Connect, TLS, BadHTTP, Slow, TooLarge, NotAPDF, Encrypted, BrokenPDF, PDFKilled, NoReader,
	}
}

// Address is one address with the places where it stands.
type Address struct {
	Address string                `json:"address"` // with the domain in A-labels; of a broken one what is written, cut
	Shown   string                `json:"shown"`   // with the domain as people read it
	Domain  string                `json:"domain,omitempty"`
	EAI     bool                  `json:"eai,omitempty"` // servers have to know SMTPUTF8 (RFC 6531)
	Fault   *mailaddr.SyntaxError `json:"fault,omitempty"`
	Places  []Place               `json:"places"`
}

// Place is where an address stands.
type Place struct {
	Page    string `json:"page"`            // URL of the page or of the PDF
	Kind    Kind   `json:"kind"`            // html or pdf
	Sheet   int    `json:"sheet,omitempty"` // page within the PDF, from 1
	Written string `json:"written"`         // as it is written there, percent-encoding resolved; foreign text, cut
}

// Domain is a domain that addresses are in.
type Domain struct {
	Name      string `json:"name"` // A-labels
	Own       bool   `json:"own"`  // of the site, or of one that the operator listed
	Addresses int    `json:"addresses"`
	Pages     int    `json:"pages"` // pages and PDFs on which one of them stands
}

// PDFFacts is what was learned of a PDF.
type PDFFacts struct {
	Pages int `json:"pages"`
	Links int `json:"links"` // link annotations that lead to a URI
}
