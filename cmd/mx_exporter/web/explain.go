package web

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"github.com/go-kit/log/level"

	"mx_exporter/probe/bounce"
	"mx_exporter/probe/report"
)

const (
	// maxReply is how many octets of a text are explained. Escaped in an address, as
	// many octets of ordinary text still fit into [maxHeaderBytes]; the form sends
	// them in the body, where every text does.
	maxReply = 8 << 10
	// maxForm is what a form makes of that many octets at worst: a line end becomes
	// six, any other octet three.
	maxForm = 6*maxReply + len("reply=")
)

// handleExplain answers /explain: it says in plain English what a pasted reply or
// bounce means. It asks nobody, changes and keeps nothing, so that it is there
// without details too, and a form of another site gains nothing by sending one.
func (l *landing) handleExplain(w http.ResponseWriter, r *http.Request) {
	q, refused := question(w, r)
	if refused != nil {
		l.refuseReply(w, r, "", refused)
		return
	}
	// A form sends each line end as two octets, which the text did not have.
	text := strings.ReplaceAll(q.Get("reply"), "\r\n", "\n")
	if len(text) > maxReply {
		l.refuseReply(w, r, text, bad(badParameter, "the text has %d octets; want at most %d, for which the beginning of a bounce is enough", len(text), maxReply))
		return
	}
	said, err := understand(text)
	if err != nil {
		l.refuseReply(w, r, text, bad(badParameter, "%v", err))
		return
	}
	var b bytes.Buffer
	o := report.HTMLOptions{Home: l.paths.external + "/", Style: l.styleURL}
	if err := report.Explanation(&b, bounce.Explain(said), o); err != nil {
		level.Error(l.logger).Log("msg", "an explanation could not be written", "err", err)
		l.plain(w, http.StatusInternalServerError, "the explanation could not be written\n")
		return
	}
	l.compressed(w, r, "text/html; charset=utf-8", b.Bytes())
}

// question reads what a form sent in the body, or what stands in the address.
func question(w http.ResponseWriter, r *http.Request) (url.Values, *refusal) {
	if r.Method != http.MethodPost {
		return parameters(r.URL.RawQuery, "reply")
	}
	const form = "application/x-www-form-urlencoded"
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != form {
		return nil, bad(badParameter, "the body is of the type %s; want %s, as a form sends it", echo(kind), form)
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, int64(maxForm)))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, bad(badParameter, "the text has more than %d octets; want at most that many, for which the beginning of a bounce is enough", maxReply)
	case err != nil:
		return nil, bad(badParameter, "the text did not arrive as a whole")
	}
	return parameters(string(body), "reply")
}

// understand reads a text as a bounce if it is a message, and else as a reply. The
// error is a [bounce.NotBounceError].
func understand(text string) (*bounce.Report, error) {
	said, err := bounce.Read(strings.NewReader(text))
	var no *bounce.NotBounceError
	if errors.As(err, &no) && no.Kind == bounce.NoMessage {
		return bounce.FromReply(text)
	}
	return said, err
}

// refuseReply answers with the first page, the text in its form again, and what is
// wrong with it.
func (l *landing) refuseReply(w http.ResponseWriter, r *http.Request, text string, refused *refusal) {
	l.count(refused)
	d := l.data()
	d.Reply, d.Unexplained = typed(text), refused.text
	l.send(w, r, refused.code, d)
}

// typed is a text fit to stand in a form again: what has no shape, and so may hide
// or turn what stands around it, is left out.
func typed(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || unicode.IsPrint(r) {
			return r
		}
		return -1
	}, strings.ToValidUTF8(text, ""))
}
