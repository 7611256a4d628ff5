package arrival

import (
	"bytes"
	"context"
	"errors"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/txt"
)

// Signature is one DKIM signature (RFC 6376) and whether it holds for what
// arrived.
type Signature struct {
	Domain string      `json:"domain"` // that signs; from outside
	Status fact.Status `json:"status"` // pass, fail, or error where the key could not be looked up
	Detail string      `json:"detail,omitempty"`
}

// The limits of verifying one message: RFC 6376 section 6.1 lets a verifier bound
// the signatures, and each costs a look-up.
const (
	maxSignatures = 5
	dkimTime      = 10 * time.Second
)

// VerifyDKIM verifies the signatures of a message, at most five, with keys from
// DNS. It gives nil where there are none.
func VerifyDKIM(ctx context.Context, x dnsq.Exchanger, raw []byte) []Signature {
	ctx, cancel := context.WithTimeout(ctx, dkimTime)
	defer cancel()
	o := &dkim.VerifyOptions{MaxVerifications: maxSignatures, LookupTXT: keys(ctx, x)}
	vs, err := dkim.VerifyWithOptions(bytes.NewReader(crlf(raw)), o)
	if err != nil && !errors.Is(err, dkim.ErrTooManySignatures) && len(vs) == 0 {
		return nil // no message
	}
	var all []Signature
	for _, v := range vs {
		s := Signature{Domain: clip(v.Domain), Status: fact.Pass}
		if v.Err != nil {
			s.Status, s.Detail = fact.Fail, clip(v.Err.Error())
		}
		if dkim.IsTempFail(v.Err) {
			s.Status = fact.Error
		}
		all = append(all, s)
	}
	return all
}

// keys looks keys up. An answer that did not come is an error that the library
// takes for temporary; a name without a key is a fault of the signature.
func keys(ctx context.Context, x dnsq.Exchanger) func(string) ([]string, error) {
	return func(name string) ([]string, error) {
		a, err := txt.Lookup(ctx, x, name+".")
		switch {
		case err != nil && dnsq.NotFound(err):
			return nil, nil
		case err != nil:
			return nil, unanswered{err}
		}
		var texts []string
		for _, r := range a.Records {
			texts = append(texts, r.Text)
		}
		return texts, nil
	}
}

// unanswered is a net.Error, by which the library tells "not now" from "never".
type unanswered struct{ error }

// Timeout is what net.Error asks for.
func (unanswered) Timeout() bool { return true }

// Temporary is what the library asks.
func (unanswered) Temporary() bool { return true }

// crlf gives each line the line end that was signed: some servers hand a message
// out with the line ends of their disk.
func crlf(raw []byte) []byte {
	if !bytes.Contains(raw, []byte("\n")) || bytes.Contains(raw, []byte("\r\n")) {
		return raw
	}
	return bytes.ReplaceAll(raw, []byte("\n"), []byte("\r\n"))
}
