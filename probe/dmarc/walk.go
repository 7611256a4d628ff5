package dmarc

import (
	"context"
	"strings"
	"sync"

	"golang.org/x/net/publicsuffix"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/txt"
)

// Source says whose record applies.
type Source string

// The sources, in the order of preference (RFC 9989 section 4.10.1).
const (
	Own          Source = "domain"                // the domain's own
	Organisation Source = "organizational_domain" // that of the domain above it that it belongs to
	PublicSuffix Source = "public_suffix"         // that of the registry
)

// Sources lists every Source in the order above.
func Sources() []Source { return []Source{Own, Organisation, PublicSuffix} }

const (
	maxQueries = 8 // of one walk, RFC 9989 section 4.10
	shortened  = 7 // labels that are left after the first question about a long name
)

// Visit is one question of the walk.
type Visit struct {
	Domain  string        `json:"domain"`            // above which _dmarc was asked for
	Records int           `json:"records"`           // of DMARC; more than one count as none
	Failure *fact.Failure `json:"failure,omitempty"` // why it is not known

	answer  txt.Answer
	text    txt.Record
	record  *Record // nil unless there is exactly one
	similar []string
}

// targets lists the domains of a walk (RFC 9989 section 4.10): the domain, and
// those above it up to the last label; of a name with 8 or more labels, first
// itself and then its last 7.
func targets(domain string) []string {
	names := []string{domain}
	labels := strings.Split(domain, ".")
	rest := labels[1:]
	if len(labels) >= maxQueries {
		rest = labels[len(labels)-shortened:]
	}
	for len(rest) > 0 {
		names = append(names, strings.Join(rest, "."))
		rest = rest[1:]
	}
	return names
}

// walk asks all questions side by side, and gives them in order: those up to the
// one that ends the walk, and all.
func walk(ctx context.Context, x dnsq.Exchanger, domain string) (visits, all []Visit) {
	names := targets(domain)
	all = make([]Visit, len(names))
	var wg sync.WaitGroup
	for i, name := range names {
		wg.Go(func() { all[i] = visit(ctx, x, name) })
	}
	wg.Wait()
	for i, v := range all {
		if v.record != nil && v.record.PSD != "u" {
			return all[:i+1], all
		}
	}
	return all, all
}

// visit asks one question.
func visit(ctx context.Context, x dnsq.Exchanger, domain string) Visit {
	v := Visit{Domain: domain}
	a, err := txt.Lookup(ctx, x, "_dmarc."+domain)
	if err != nil && !dnsq.NotFound(err) {
		v.Failure = txt.Failure(err)
		return v
	}
	v.answer = a
	for _, rec := range a.Records {
		switch {
		case Is(rec.Text):
			v.Records++
			v.text = rec
		case resembles(rec.Text) && len(v.similar) < txt.Most:
			v.similar = append(v.similar, rec.Text)
		}
	}
	if v.Records == 1 {
		v.record, _ = Parse(v.text.Text)
	}
	return v
}

// organisation gives the organisational domain that a walk shows (RFC 9989
// section 4.10.2).
func organisation(visits []Visit) string {
	start := visits[0].Domain
	last := start
	for i, v := range visits {
		switch {
		case v.record == nil:
			continue
		case v.record.PSD == "n":
			return v.Domain
		case v.record.PSD == "y" && i > 0:
			return below(start, v.Domain)
		}
		last = v.Domain
	}
	return last
}

// below gives the domain one label below another, on the way to start.
func below(start, above string) string {
	rest := strings.TrimSuffix(start, "."+above)
	return rest[strings.LastIndexByte(rest, '.')+1:] + "." + above
}

// pick gives the record that applies, and whose it is; nil where there is none
// (RFC 9989 section 4.10.1).
func pick(visits []Visit, org string) (*Visit, Source) {
	if visits[0].record != nil {
		return &visits[0], Own
	}
	for i := range visits {
		if v := &visits[i]; v.record != nil && v.Domain == org {
			return v, Organisation
		}
	}
	for i := range visits {
		if v := &visits[i]; v.record != nil && v.record.PSD == "y" {
			return v, PublicSuffix
		}
	}
	return nil, ""
}

// registered gives the domain that was registered, by the public suffix list,
// which RFC 7489 section 3.2 goes by; "" for a public suffix.
func registered(domain string) string {
	d, err := publicsuffix.EffectiveTLDPlusOne(domain)
	if err != nil {
		return ""
	}
	return d
}

// older gives the domain whose record a receiver of RFC 7489 applies (section
// 6.6.3), and "" where it finds none.
func older(all []Visit) string {
	if all[0].record != nil {
		return all[0].Domain
	}
	org := registered(all[0].Domain)
	for _, v := range all {
		if v.record != nil && v.Domain == org {
			return org
		}
	}
	return ""
}

// resembles reports whether a text was meant to be a record of DMARC.
func resembles(s string) bool {
	s = strings.ToLower(strings.NewReplacer(" ", "", "\t", "", "\"", "", "'", "", "\\", "").Replace(s[:min(len(s), 64)]))
	for _, p := range []string{"v=dmarc", "dmarc1", "v=dmrac", "v=dmar1", "v:dmarc", "p=none", "p=quarantine", "p=reject"} {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}
