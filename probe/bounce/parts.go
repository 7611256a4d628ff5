package bounce

import (
	"io"
	"strings"

	"github.com/emersion/go-message"
	"github.com/emersion/go-message/textproto"
)

// content is what a message holds, sorted by what it is for.
type content struct {
	header   fields
	kind     string   // report-type of a multipart/report, lower case
	plain    []string // prose
	html     []string // prose as HTML, for messages that have no other
	status   string   // the fields of all message/delivery-status parts
	original fields   // header of the first message that is enclosed
	enclosed []string // sources of the messages that are enclosed
}

// walker takes messages apart, within limits that count for all of them.
type walker struct {
	parts     int
	truncated bool
}

// message takes the source of one message apart.
func (w *walker) message(src string, depth int) content {
	var c content
	var body string
	c.header, body = cutFields(src)
	w.entity(&c, c.header, strings.NewReader(body), depth)
	if len(c.plain) == 0 && len(c.html) == 0 && c.status == "" && len(c.enclosed) == 0 {
		c.plain = []string{cut(body, maxNotice)} // a boundary that does not occur, or an attachment alone
	}
	return c
}

// entity sorts one part by its type. Encodings and character sets that are not
// known are taken as they are: the reply that is looked for is ASCII.
func (w *walker) entity(c *content, header fields, body io.Reader, depth int) {
	if w.parts++; w.parts > maxParts || depth > maxDepth {
		w.truncated = true
		return
	}
	e, _ := message.New(mimeHeader(header), body)
	kind, params, _ := e.Header.ContentType()
	switch {
	case strings.HasPrefix(kind, "multipart/") && params["boundary"] != "":
		if kind == "multipart/report" {
			c.kind = strings.ToLower(params["report-type"])
		}
		w.multipart(c, textproto.NewMultipartReader(e.Body, params["boundary"]), depth+1)
	case strings.HasSuffix(kind, "/delivery-status"), strings.HasSuffix(kind, "/global-delivery-status"):
		c.status += w.read(e.Body, maxHeader) + "\n\n"
	case kind == "message/rfc822", kind == "message/global":
		w.enclose(c, w.read(e.Body, maxMessage))
	case strings.HasSuffix(kind, "/rfc822-headers"), strings.HasSuffix(kind, "/global-headers"):
		w.enclose(c, w.read(e.Body, maxHeader))
	case kind == "text/html":
		c.html = append(c.html, w.read(e.Body, maxMessage))
	case strings.HasPrefix(kind, "text/"), strings.HasPrefix(kind, "multipart/"), kind == "":
		c.plain = append(c.plain, w.read(e.Body, maxNotice))
	}
}

func (w *walker) multipart(c *content, r *textproto.MultipartReader, depth int) {
	for w.parts < maxParts {
		p, err := r.NextPart()
		if err != nil {
			return
		}
		var header fields
		size := 0
		for f := p.Header.Fields(); f.Next() && size < maxHeader; {
			size += len(f.Key()) + len(f.Value())
			header = append(header, field{strings.ToLower(f.Key()), f.Value()})
		}
		w.entity(c, header, p, depth)
	}
	w.truncated = true
}

// enclose keeps a message, and its header as that of the original.
func (w *walker) enclose(c *content, src string) {
	if len(c.original) == 0 {
		c.original, _ = cutFields(cut(strings.TrimLeft(src, "\r\n"), maxHeader))
	}
	c.enclosed = append(c.enclosed, src)
}

// read takes at most n octets. What was read before a fault counts: a base64
// part that breaks off, or a last boundary that is missing, is no reason to give up.
func (w *walker) read(r io.Reader, n int64) string {
	b, _ := io.ReadAll(io.LimitReader(r, n+1))
	if int64(len(b)) > n {
		w.truncated = true
		b = b[:n]
	}
	return string(b)
}

// mimeHeader is the part of a header that says how to decode the body. Fields
// that are absurdly long are left out, so that nobody has to parse them.
func mimeHeader(fs fields) message.Header {
	var h message.Header
	for _, name := range []string{"content-type", "content-transfer-encoding"} {
		if v := fs.first(name); v != "" && len(v) <= maxType {
			h.Set(name, strings.TrimRight(v, "; \t"))
		}
	}
	return h
}
