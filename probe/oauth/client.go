package oauth

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"time"
)

// MaxBody bounds the endpoint's answer, in octets after decompression.
const MaxBody int64 = 64 << 10

var errTooLarge = errors.New("the answer is too large")

// bounded is a client on the transport of another that follows no redirect, since
// a secret is for one host alone, keeps no cookies, and reads no more than it
// should.
func bounded(c *http.Client, timeout time.Duration) *http.Client {
	return &http.Client{
		Transport:     limited{c.Transport},
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// limited reads an answer at once: the library that asks would take a megabyte,
// and forgets why reading failed.
type limited struct{ http.RoundTripper }

func (l limited) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := l.RoundTripper.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, MaxBody+1))
	switch {
	case err != nil:
		return nil, err
	case int64(len(body)) > MaxBody:
		return nil, errTooLarge
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}
