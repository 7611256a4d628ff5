package dmarc

import (
	"context"
	"strings"
	"sync"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/tagvalue"
	"mx_exporter/probe/txt"
)

// maxOutside is how many outside domains are asked for their consent.
const maxOutside = 8

// Destination is one place that reports are to go to.
type Destination struct {
	tagvalue.URI
	Consent Consent       `json:"consent"`
	Failure *fact.Failure `json:"failure,omitempty"` // why the consent is not known
}

// Consent says whether a domain agrees to get the reports.
type Consent string

// The answers.
const (
	NotNeeded Consent = "not_needed" // it belongs to the same organisation
	Given     Consent = "given"
	Missing   Consent = "missing" // receivers send no reports there
	NotKnown  Consent = "unknown" // not asked, or the look-up failed
)

// destinations judges the places of a record that stands at a domain. Outside
// domains are asked, each once: TXT at domain._report._dmarc.outside (RFC 9990
// section 4).
func destinations(ctx context.Context, x dnsq.Exchanger, domain, org string, rec *Record) (rua, ruf []Destination) {
	var outside []string
	index := map[string]int{}
	for _, u := range append(append([]tagvalue.URI{}, rec.Aggregate...), rec.Failure...) {
		if _, seen := index[u.Domain]; seen || same(u.Domain, domain, org) || len(outside) == maxOutside {
			continue
		}
		index[u.Domain] = len(outside)
		outside = append(outside, u.Domain)
	}
	answers := make([]Destination, len(outside))
	var wg sync.WaitGroup
	for i, o := range outside {
		wg.Go(func() { answers[i].Consent, answers[i].Failure = consent(ctx, x, domain, o) })
	}
	wg.Wait()
	judge := func(list []tagvalue.URI) (ds []Destination) {
		for _, u := range list {
			d := Destination{URI: u, Consent: NotKnown}
			if i, asked := index[u.Domain]; asked {
				d.Consent, d.Failure = answers[i].Consent, answers[i].Failure
			} else if same(u.Domain, domain, org) {
				d.Consent = NotNeeded
			}
			ds = append(ds, d)
		}
		return ds
	}
	return judge(rec.Aggregate), judge(rec.Failure)
}

// same reports whether two domains belong to one organisation. The tree walk of
// the destination is spared: it is in the organisation of the record when it
// stands below it, and the public suffix list knows the rest.
func same(destination, domain, org string) bool {
	if destination == domain || destination == org || strings.HasSuffix(destination, "."+org) {
		return true
	}
	r := registered(destination)
	return r != "" && r == registered(domain)
}

// consent asks one outside domain.
func consent(ctx context.Context, x dnsq.Exchanger, domain, outside string) (Consent, *fact.Failure) {
	a, err := txt.Lookup(ctx, x, domain+"._report._dmarc."+outside)
	if err != nil && !dnsq.NotFound(err) {
		return NotKnown, txt.Failure(err)
	}
	for _, rec := range a.Records {
		if Is(rec.Text) {
			return Given, nil
		}
	}
	return Missing, nil
}
