package tlsrpt

import (
	"context"
	"strings"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/tagvalue"
	"mx_exporter/probe/txt"
)

// Result is what is known of a domain's TLS-RPT record.
type Result struct {
	Status   fact.Status        `json:"status"` // fail: senders send no reports, although something is published
	Domain   string             `json:"domain"`
	Records  int                `json:"records"`          // that count as records of TLS-RPT
	Record   string             `json:"record,omitempty"` // as published; foreign text
	Reports  []tagvalue.URI     `json:"reports,omitempty"`
	Aliases  []string           `json:"aliases,omitempty"`    // CNAME chain of _smtp._tls
	Similar  []string           `json:"lookalikes,omitempty"` // TXT records that were meant to be one; foreign text
	Problems []tagvalue.Problem `json:"problems,omitempty"`
	Failure  *fact.Failure      `json:"failure,omitempty"` // why it could not be looked up
}

// Check looks at the record of a domain, which is an absolute name in A-label
// form. It costs one look-up.
func Check(ctx context.Context, x dnsq.Exchanger, domain string) *Result {
	domain = strings.ToLower(strings.TrimSuffix(domain, "."))
	a, err := txt.Lookup(ctx, x, "_smtp._tls."+domain)
	r := &Result{Domain: domain}
	for _, c := range a.CNAMEs {
		r.Aliases = append(r.Aliases, strings.TrimSuffix(c, "."))
	}
	if err != nil && !dnsq.NotFound(err) {
		r.Status, r.Failure = fact.Error, txt.Failure(err)
		return r
	}
	r.read(a)
	r.Status = r.status(a.Truncated)
	return r
}

// read picks the record out of the answer.
func (r *Result) read(a txt.Answer) {
	for _, rec := range a.Records {
		switch {
		case Is(rec.Text):
			if r.Records++; r.Records == 1 {
				r.Record = rec.Text
			}
		case resembles(rec.Text) && len(r.Similar) < txt.Most:
			r.Similar = append(r.Similar, rec.Text)
		}
	}
	if r.Records == 1 {
		rec, ps := Parse(r.Record)
		r.Reports, r.Problems = rec.Reports, ps
	}
}

// status puts it into one word.
func (r *Result) status(truncated bool) fact.Status {
	switch {
	case r.Records == 0 && len(r.Similar) > 0:
		return fact.Fail
	case r.Records == 0 && truncated:
		return fact.Error // it may stand among those that were not looked at
	case r.Records == 0:
		return fact.None
	case r.Records > 1 || len(r.Reports) == 0:
		return fact.Fail
	}
	for _, p := range r.Problems {
		if p.Kind != UnknownTag {
			return fact.Fail
		}
	}
	return fact.Pass
}

// resembles reports whether a text was meant to be a record of TLS-RPT. A
// wildcard may bring records of other protocols here; those are none of our
// business.
func resembles(s string) bool {
	s = strings.ToLower(strings.NewReplacer(" ", "", "\t", "", "\"", "", "\\", "").Replace(s[:min(len(s), 64)]))
	return strings.HasPrefix(s, "v=tlsrpt") || strings.HasPrefix(s, "tlsrptv1") || strings.HasPrefix(s, "rua=") || strings.HasPrefix(s, "v=tls-rpt")
}
