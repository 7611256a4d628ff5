package probe

import (
	"context"
	"net/netip"
	"strings"

	"mx_exporter/config"
	"mx_exporter/probe/dial"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/fcrdns"
)

// reverseNames looks up the names of every address that may be dialled.
func (r *run) reverseNames(ctx context.Context) {
	policy := dial.Policy{Allow: r.module.Allowed()}
	var found []*Address
	var addresses []netip.Addr
	for i := range r.result.Hosts {
		h := &r.result.Hosts[i]
		for j := range h.Addresses {
			if _, ok := policy.Check(h.Addresses[j].IP); ok {
				found = append(found, &h.Addresses[j])
				addresses = append(addresses, h.Addresses[j].IP)
			}
		}
	}
	results := fcrdns.Check(ctx, r.believed(), addresses)
	if ctx.Err() != nil {
		return // what had no time is left out
	}
	for i, a := range found {
		a.PTR = &results[i]
	}
}

// assessReverse compares the names of each address with the names that the
// server gives itself.
func assessReverse(r *Result, _ config.Module) (fs []fact.Finding) {
	for i := range r.Hosts {
		h := &r.Hosts[i]
		if h.Expect != config.Accept {
			continue
		}
		for j := range h.Addresses {
			a := &h.Addresses[j]
			if a.PTR == nil {
				continue
			}
			seen := fcrdns.Seen{Host: h.Label, Banner: a.named(fact.Banner), EHLO: a.named(fact.EHLO)}
			for _, f := range a.PTR.Findings(seen) {
				fs = append(fs, on(f, h, a))
			}
		}
	}
	return fs
}

// named is the name that a server gave itself in a stage: the first word of its
// reply (RFC 5321 sections 4.2 and 4.1.1.1).
func (a *Address) named(stage fact.Stage) string {
	if a.Dialogue == nil {
		return ""
	}
	for _, s := range a.Dialogue.Stages {
		if s.Stage == stage && s.Reply != nil && s.Reply.Positive() && len(s.Reply.Lines) > 0 {
			word, _, _ := strings.Cut(strings.TrimSpace(s.Reply.Lines[0]), " ")
			return word
		}
	}
	return ""
}
