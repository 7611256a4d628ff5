package pdf

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"syscall"
	"time"

	"mx_exporter/probe/crawl"
)

// Reader reads PDFs, each in a child process. It is safe for many goroutines.
type Reader struct {
	Program string        // the program that knows [Command]: this one, by os.Executable
	Time    time.Duration // from start to end; 0: [MaxTime]
}

// Read is a [crawl.Extractor].
func (r Reader) Read(ctx context.Context, file []byte) (crawl.PDFLinks, error) {
	limit := cmp.Or(r.Time, MaxTime)
	own, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	out, err := r.run(own, file, true)
	if own.Err() == nil && refused(err) {
		out, err = r.run(own, file, false)
	}
	switch {
	case errors.Is(own.Err(), context.DeadlineExceeded) && ctx.Err() == nil:
		return crawl.PDFLinks{}, killed("the reader was stopped after %s", limit)
	case own.Err() != nil:
		return crawl.PDFLinks{}, killed("the reader was stopped: %w", own.Err())
	case err != nil:
		return crawl.PDFLinks{}, killed("the reader broke down: %w", err)
	}
	return taken(out)
}

// taken reads what a child wrote. It may have been taken over by what it read, so
// nothing in it is believed beyond its bounds.
func taken(out []byte) (crawl.PDFLinks, error) {
	var a answer
	switch {
	case json.Unmarshal(out, &a) != nil:
		return crawl.PDFLinks{}, killed("the reader gave no answer that can be read")
	case a.Reason != "":
		return crawl.PDFLinks{}, &crawl.PDFError{Reason: a.reason(), Err: errors.New(plain(a.Detail))}
	}
	return a.links(), nil
}

// refused reports that a child could not be started because the system keeps
// name spaces for itself.
func refused(err error) bool {
	return errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOSPC) ||
		errors.Is(err, syscall.EACCES) || errors.Is(err, syscall.ENOSYS)
}

func killed(format string, args ...any) *crawl.PDFError {
	return &crawl.PDFError{Reason: crawl.PDFKilled, Err: fmt.Errorf(format, args...)}
}

func (r Reader) run(ctx context.Context, file []byte, alone bool) ([]byte, error) {
	c := exec.CommandContext(ctx, r.Program, Command)
	c.Env = []string{}
	c.Dir = "/"
	c.Stdin = bytes.NewReader(file)
	out := &bounded{most: MaxOutput}
	c.Stdout = out
	c.WaitDelay = time.Second // for pipes that somebody else holds open
	if alone {
		isolate(c)
	}
	if err := c.Run(); err != nil {
		return nil, err
	}
	return out.b, out.err()
}

// bounded takes at most so many bytes and lets the child write on in vain.
type bounded struct {
	b    []byte
	most int
	over bool
}

// Write implements [io.Writer].
func (w *bounded) Write(b []byte) (int, error) {
	n := min(len(b), w.most-len(w.b))
	w.b = append(w.b, b[:n]...)
	w.over = w.over || n < len(b)
	return len(b), nil
}

func (w *bounded) err() error {
	if w.over {
		return fmt.Errorf("more than %d bytes of answer", w.most)
	}
	return nil
}

// reason is one of those that a child may give; a child that was taken over
// could write any.
func (a answer) reason() crawl.Reason {
	switch a.Reason {
	case crawl.NotAPDF, crawl.Encrypted:
		return a.Reason
	}
	return crawl.BrokenPDF
}

// links holds what came to the bounds once more.
func (a answer) links() crawl.PDFLinks {
	l := crawl.PDFLinks{Pages: min(max(a.Pages, 0), MaxPages), Limited: a.Limited}
	for _, link := range a.Links[:min(len(a.Links), MaxLinks)] {
		if len(link.URI) <= MaxURI {
			l.Links = append(l.Links, crawl.PDFLink{Sheet: min(max(link.Sheet, 1), MaxPages), URI: link.URI})
		}
	}
	return l
}

// plain is an error's text as far as it can do no harm.
func plain(s string) string {
	b := []byte(s[:min(len(s), maxDetail)])
	for i, c := range b {
		if c < ' ' || c >= 0x7f {
			b[i] = '?'
		}
	}
	return string(b)
}
