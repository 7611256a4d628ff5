package arrival

import (
	"bytes"
	"io"
	"strings"

	"github.com/emersion/go-message"
	"github.com/emersion/go-message/textproto"

	"mx_exporter/probe/roundtrip/letter"
)

// The limits of the body. What we sent has three parts; a mailing list or a filter
// may put another one or two around them.
const (
	maxParts = 50
	maxDepth = 10
)

// files is what was found attached.
type files struct {
	digests []string // of every part, in hexadecimal
	named   bool     // a part has the name of the file that was sent
	eicar   bool     // the test file is in one of them
	parts   int
	more    bool // a limit cut something off
}

// attachments takes the body apart.
func attachments(h header, body string) *files {
	f := &files{}
	f.entity(mimeHeader(h), strings.NewReader(body), 0)
	return f
}

func (f *files) entity(h message.Header, body io.Reader, depth int) {
	if f.parts++; f.parts > maxParts || depth > maxDepth {
		f.more = true
		return
	}
	// An encoding or a character set that is not known gives an error and the
	// octets as they are.
	e, _ := message.New(h, body)
	if e == nil {
		return
	}
	kind, params, _ := e.Header.ContentType()
	switch {
	case strings.HasPrefix(kind, "multipart/") && params["boundary"] != "":
		f.multipart(textproto.NewMultipartReader(e.Body, params["boundary"]), depth)
	case kind == "message/rfc822":
		raw, _ := io.ReadAll(e.Body)
		inner, rest, _ := split(string(raw))
		f.entity(mimeHeader(inner), strings.NewReader(rest), depth+1)
	default:
		content, _ := io.ReadAll(e.Body) // at most what the message has
		f.digests = append(f.digests, letter.Digest(content))
		_, disposition, _ := e.Header.ContentDisposition()
		f.named = f.named || params["name"] == letter.FileName || disposition["filename"] == letter.FileName
		f.eicar = f.eicar || bytes.Contains(content, letter.EICAR())
	}
}

func (f *files) multipart(r *textproto.MultipartReader, depth int) {
	for f.parts < maxParts {
		p, err := r.NextPart()
		if err != nil {
			return
		}
		var h header
		for fs := p.Header.Fields(); fs.Next() && len(h) < maxFields; {
			h = append(h, field{strings.ToLower(fs.Key()), fs.Value()})
		}
		f.entity(mimeHeader(h), p, depth+1)
	}
	f.more = true
}

// maxType bounds a field with parameters: their parser is slow on long ones.
const maxType = 2 << 10

// mimeHeader is the part of a header that says how to read the body.
func mimeHeader(h header) message.Header {
	var m message.Header
	for _, name := range []string{"content-type", "content-transfer-encoding", "content-disposition"} {
		if v, ok := h.first(name); ok && v != "" && len(v) <= maxType {
			m.Set(name, strings.TrimRight(v, "; \t"))
		}
	}
	return m
}
