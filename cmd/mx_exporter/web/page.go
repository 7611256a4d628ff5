package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"runtime"
	"strconv"
	"strings"
)

// page is an answer that is built in memory before any of it is sent, so that a
// slow reader holds nothing but these bytes, and so that half an answer never
// looks like a whole one.
type page struct {
	bytes.Buffer
	header http.Header
	code   int
}

// into makes the page stand in for the writer that it will be sent to.
func (p *page) into(w http.ResponseWriter) http.ResponseWriter {
	p.header, p.code = w.Header(), http.StatusOK
	return p
}

// Header implements [http.ResponseWriter].
func (p *page) Header() http.Header { return p.header }

// WriteHeader implements [http.ResponseWriter].
func (p *page) WriteHeader(code int) { p.code = code }

func (p *page) send(w http.ResponseWriter) {
	w.Header().Set("Content-Length", strconv.Itoa(p.Len()))
	w.WriteHeader(p.code)
	// A reader that left is no concern of ours.
	_, _ = w.Write(p.Bytes())
}

// compressed sends a body, with gzip where the asker takes it.
func (h *Handler) compressed(w http.ResponseWriter, r *http.Request, contentType string, body []byte) {
	h.compressedAs(w, r, http.StatusOK, contentType, body)
}

// compressedAs is compressed with a status code.
func (h *Handler) compressedAs(w http.ResponseWriter, r *http.Request, code int, contentType string, body []byte) {
	w.Header().Set("Content-Type", contentType)
	h.zipped(w, r, code, func(to http.ResponseWriter) { _, _ = to.Write(body) })
}

// zipped sends what is written, with gzip where the asker takes it.
func (h *Handler) zipped(w http.ResponseWriter, r *http.Request, code int, write func(http.ResponseWriter)) {
	var p page
	p.into(w)
	p.code = code
	p.header.Add("Vary", "Accept-Encoding")
	if takesGzip(r.Header.Get("Accept-Encoding")) {
		h.press.squeeze(&p, write)
		p.header.Set("Content-Encoding", "gzip")
	} else {
		write(&p)
	}
	p.send(w)
}

// press is the writers of gzip that there are, made as they are needed. Each takes
// 800 kB, and no more of them can work at once than there are processors.
type press chan *gzip.Writer

// gzipLevel takes a quarter less time than the usual 6, for one octet in a hundred
// more.
const gzipLevel = 5

func newPress() press {
	p := make(press, runtime.GOMAXPROCS(0))
	for range cap(p) {
		p <- nil
	}
	return p
}

// squeeze puts what is written into a page, where nothing fails.
func (p press) squeeze(to *page, write func(http.ResponseWriter)) {
	z := <-p
	if z == nil {
		z, _ = gzip.NewWriterLevel(nil, gzipLevel)
	}
	defer func() { p <- z }()
	z.Reset(to)
	write(squeezed{to, z})
	_ = z.Close()
}

// squeezed is a page that is written to through a writer of gzip.
type squeezed struct {
	http.ResponseWriter // and none of a buffer's other ways to write
	z                   *gzip.Writer
}

// Write implements [http.ResponseWriter].
func (s squeezed) Write(b []byte) (int, error) { return s.z.Write(b) }

// takesGzip reads Accept-Encoding (RFC 9110 section 12.5.3) as far as gzip goes.
func takesGzip(accept string) bool {
	for part := range strings.SplitSeq(accept, ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.TrimSpace(name) == "gzip" {
			weight, ok := strings.CutPrefix(strings.ReplaceAll(q, " ", ""), "q=")
			return !ok || strings.Trim(weight, "0.") != ""
		}
	}
	return false
}

// plain sends text that is never taken for anything else.
func (h *Handler) plain(w http.ResponseWriter, code int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(code)
	_, _ = io.WriteString(w, text)
}
