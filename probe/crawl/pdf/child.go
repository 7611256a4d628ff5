package pdf

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime/debug"

	"mx_exporter/probe/crawl"
)

// answer is what the child writes.
type answer struct {
	Pages   int             `json:"pages"`
	Limited bool            `json:"limited,omitempty"`
	Links   []crawl.PDFLink `json:"links,omitempty"`
	Reason  crawl.Reason    `json:"reason,omitempty"`
	Detail  string          `json:"detail,omitempty"`
}

// The bounds that the Go runtime holds itself, below those of the kernel, so that
// it tries to be frugal before it is killed.
const (
	softMemory = MaxMemory / 4 * 3
	maxStack   = 32 << 20
	maxDetail  = 256 // bytes of an error's text
)

// Child is the whole of the child process: it bounds itself, reads a PDF from
// stdin and writes what it found to stdout. It returns the exit code.
func Child(stdin io.Reader, stdout, stderr io.Writer) int {
	debug.SetMemoryLimit(softMemory)
	debug.SetMaxStack(maxStack)
	if err := confine(); err != nil {
		fmt.Fprintf(stderr, "the reader of PDFs could not bound itself: %v\n", err)
		return 1
	}
	file, err := io.ReadAll(io.LimitReader(stdin, crawl.MaxPDF+1))
	if err != nil || len(file) > crawl.MaxPDF {
		fmt.Fprintln(stderr, "the PDF could not be taken in")
		return 1
	}
	if err := write(stdout, extracted(file)); err != nil {
		return 1
	}
	return 0
}

func extracted(file []byte) answer {
	links, err := Extract(file)
	a := answer{Pages: links.Pages, Limited: links.Limited, Links: links.Links}
	var known *crawl.PDFError
	if errors.As(err, &known) {
		text := known.Err.Error()
		a = answer{Reason: known.Reason, Detail: text[:min(len(text), maxDetail)]}
	}
	return a
}

// write leaves out the last links until the answer fits.
func write(out io.Writer, a answer) error {
	for {
		b, err := json.Marshal(a)
		if err != nil {
			return err
		}
		if len(b) <= MaxOutput {
			_, err = out.Write(b)
			return err
		}
		a.Limited = true
		a.Links = a.Links[:len(a.Links)/2]
	}
}
