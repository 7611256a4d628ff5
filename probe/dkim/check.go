package dkim

import (
	"context"
	"strings"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/tagvalue"
	"mx_exporter/probe/txt"
)

// Result is what is known of one key.
type Result struct {
	Status   fact.Status        `json:"status"` // none: no key at this name; fail: a key that verifiers cannot use
	Domain   string             `json:"domain"`
	Selector string             `json:"selector"`
	Records  int                `json:"records"`           // that may be keys
	Record   string             `json:"record,omitempty"`  // as published; foreign text
	Aliases  []string           `json:"aliases,omitempty"` // CNAME chain of the name
	Type     Type               `json:"type,omitempty"`    // as written, "rsa" where nothing is; foreign text where status is fail
	Bits     int                `json:"bits,omitempty"`
	Revoked  bool               `json:"revoked,omitempty"`
	Testing  bool               `json:"testing,omitempty"`
	Problems []tagvalue.Problem `json:"problems,omitempty"`
	Failure  *fact.Failure      `json:"failure,omitempty"` // why it could not be looked up
}

// Lengths of RSA keys (RFC 8301 section 3.2): verifiers take nothing shorter
// than the first, signers should use at least the second, and verifiers need not
// know more than the third.
const (
	minBits  = 1024
	goodBits = 2048
	maxBits  = 4096
)

// Check looks at the key of one selector. The domain is an absolute name in
// A-label form; the selector is one or more labels. It costs one look-up.
func Check(ctx context.Context, x dnsq.Exchanger, domain, selector string) *Result {
	r := &Result{
		Domain:   strings.ToLower(strings.TrimSuffix(domain, ".")),
		Selector: strings.ToLower(strings.Trim(selector, ".")),
	}
	a, err := txt.Lookup(ctx, x, r.Selector+"._domainkey."+r.Domain)
	for _, c := range a.CNAMEs {
		r.Aliases = append(r.Aliases, strings.TrimSuffix(c, "."))
	}
	if err != nil && !dnsq.NotFound(err) {
		r.Status, r.Failure = fact.Error, txt.Failure(err)
		return r
	}
	for _, rec := range a.Records {
		if !isKey(rec.Text) {
			continue
		}
		if r.Records++; r.Records == 1 {
			r.Record = rec.Text
		}
	}
	if r.Records == 1 {
		key, ps := Parse(r.Record)
		r.Type, r.Bits, r.Revoked, r.Testing, r.Problems = key.Type, key.Bits, key.Revoked, key.Testing, ps
	}
	r.Status = r.status(a.Truncated)
	return r
}

// isKey reports whether a TXT record is, or was meant to be, a key.
func isKey(text string) bool {
	tags, _ := tagvalue.Parse(text)
	if _, ok := tags.Find("p"); ok {
		return true
	}
	return len(tags) > 0 && strings.EqualFold(tags[0].Name, "v") && strings.HasPrefix(strings.ToUpper(tags[0].Value), "DKIM")
}

// status puts it into one word.
func (r *Result) status(truncated bool) fact.Status {
	switch {
	case r.Records == 0 && truncated:
		return fact.Error // it may stand among those that were not looked at
	case r.Records == 0:
		return fact.None
	case r.Records > 1 || r.Revoked || r.weak():
		return fact.Fail
	}
	for _, p := range r.Problems {
		if fatal(p.Kind) {
			return fact.Fail
		}
	}
	return fact.Pass
}

// weak reports an RSA key that verifiers do not take.
func (r *Result) weak() bool { return r.Type == RSA && r.Bits > 0 && r.Bits < minBits }
