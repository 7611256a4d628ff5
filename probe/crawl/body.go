package crawl

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
)

// errBomb is a body that decompresses to more than MaxRatio times its size.
var errBomb = errors.New("the answer decompresses to more than a hundred times its size")

// read takes a body in: not more than limit, and not more than what is left of
// the crawl's bytes.
func (f *fetcher) read(ctx context.Context, resp *http.Response, r *response, limit int) *failure {
	packed := &counter{r: resp.Body}
	var plain io.Reader = packed
	switch encoding := strings.ToLower(strings.TrimSpace(resp.Header.Get("Content-Encoding"))); encoding {
	case "", "identity":
	case "gzip", "x-gzip": // RFC 9110 section 8.4.1.3
		z, err := gzip.NewReader(packed)
		if err != nil {
			return failed(BadHTTP, "the answer is said to be gzip and is not")
		}
		defer func() { _ = z.Close() }()
		plain = &unpacker{r: z, packed: packed}
	default:
		return failed(BadEncoding, "the answer is compressed with something other than gzip, which alone was offered")
	}
	limit = min(limit, f.budget)
	body, err := io.ReadAll(io.LimitReader(plain, int64(limit)+1))
	if r.cut = len(body) > limit; r.cut {
		body = body[:limit]
	}
	f.budget -= len(body)
	r.body = body
	switch {
	case errors.Is(err, errBomb):
		r.body = nil
		return &failure{Bomb, err}
	case err != nil && ctx.Err() != nil:
		return reasonOf(ctx, err)
	case err != nil && len(body) == 0:
		return failed(BadHTTP, "the answer broke off")
	case err != nil:
		r.cut = true // what came is there to be read
	}
	return nil
}

// counter counts what comes over the wire.
type counter struct {
	r io.Reader
	n int
}

// Read implements [io.Reader].
func (c *counter) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += n
	return n, err
}

// unpacker holds what came out of the compression against what went in.
type unpacker struct {
	r      io.Reader
	packed *counter
	n      int
}

// Read implements [io.Reader].
func (u *unpacker) Read(b []byte) (int, error) {
	n, err := u.r.Read(b)
	u.n += n
	if u.n > freeBytes && u.n > MaxRatio*u.packed.n {
		return 0, errBomb
	}
	return n, err
}
