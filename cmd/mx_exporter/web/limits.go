package web

import (
	"mx_exporter/probe"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/mx"
)

// limits is every value of the label limit: the bounds of the look-up, and the
// reasons with which a server's words were cut off.
func limits() []string {
	var all []string
	for _, l := range []mx.Limit{mx.LimitRecords, mx.LimitHosts, mx.LimitAddressesPerHost, mx.LimitAddresses} {
		all = append(all, string(l))
	}
	for _, r := range []fact.Reason{fact.ReplyLineTooLong, fact.ReplyTooManyLines, fact.LimitExceeded} {
		all = append(all, string(r))
	}
	return all
}

// reached gives the limits that a probe met, each once.
func reached(r *probe.Result) map[string]bool {
	met := map[string]bool{}
	if r.MX != nil {
		for _, l := range r.MX.Limited {
			met[string(l)] = true
		}
	}
	for i := range r.Hosts {
		for _, a := range r.Hosts[i].Addresses {
			if a.Failure == nil {
				continue
			}
			switch a.Failure.Reason {
			case fact.ReplyLineTooLong, fact.ReplyTooManyLines, fact.LimitExceeded:
				met[string(a.Failure.Reason)] = true
			}
		}
	}
	return met
}
