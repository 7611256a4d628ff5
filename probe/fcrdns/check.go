package fcrdns

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/fact"
)

// MaxNames is how many names of an address are followed.
const MaxNames = 10

// Result is what is known of the names of one address.
type Result struct {
	Status  fact.Status   `json:"status"`
	Address netip.Addr    `json:"address"`
	Names   []Name        `json:"names"`             // sorted, at most MaxNames
	Total   int           `json:"total"`             // PTR records there are
	Generic bool          `json:"generic"`           // all names look like a provider's
	Failure *fact.Failure `json:"failure,omitempty"` // of Error: the look-up that failed
}

// Name is one name of an address.
type Name struct {
	Name      string        `json:"name"` // lower case, in presentation format, without the final dot; foreign
	Confirmed bool          `json:"confirmed"`
	Generic   bool          `json:"generic"`
	Failure   *fact.Failure `json:"failure,omitempty"` // why it is not confirmed, unless it just has other addresses
}

// Check looks up the names of addresses and confirms them, all side by side and
// from the caller's goroutine. It gives one result for each address, in their
// order. When ctx ends, what is missing has the status error.
func Check(ctx context.Context, x dnsq.Exchanger, addrs []netip.Addr) []Result {
	b := dnsq.NewBatch(x)
	results := make([]Result, len(addrs))
	for i, a := range addrs {
		r := &results[i]
		r.Address, r.Names = a.Unmap().WithZone(""), []Name{}
		if !r.Address.IsValid() {
			r.Status = fact.Error
			r.Failure = &fact.Failure{Reason: fact.DNSMalformed, Detail: "there is no address to look up"}
			continue
		}
		dnsq.LookupIn(b, reverse(r.Address), func(a dnsq.Answer[*dns.PTR], err error) { r.named(b, a, err) })
	}
	b.Run(ctx)
	for i := range results {
		results[i].conclude()
	}
	return results
}

// reverse is the name below in-addr.arpa (RFC 1035 section 3.5) or ip6.arpa
// (RFC 3596 section 2.5).
func reverse(a netip.Addr) string {
	name, _ := dns.ReverseAddr(a.String()) // a is an address
	return name
}

// named takes the names and has each looked up.
func (r *Result) named(b *dnsq.Batch, a dnsq.Answer[*dns.PTR], err error) {
	switch {
	case dnsq.NotFound(err):
		r.Status = fact.None
		return
	case err != nil:
		r.Status, r.Failure = fact.Error, failure(err)
		return
	}
	r.Total = a.Total
	for _, name := range names(a.Records) {
		r.Names = append(r.Names, Name{Name: name, Generic: generic(name, r.Address)})
	}
	for i := range r.Names {
		n := &r.Names[i]
		if r.Address.Is4() {
			dnsq.LookupIn(b, n.Name+".", func(a dnsq.Answer[*dns.A], err error) {
				confirm(n, r.Address, a.Records, func(rr *dns.A) net.IP { return rr.A.To4() }, err)
			})
			continue
		}
		dnsq.LookupIn(b, n.Name+".", func(a dnsq.Answer[*dns.AAAA], err error) {
			confirm(n, r.Address, a.Records, func(rr *dns.AAAA) net.IP { return rr.AAAA.To16() }, err)
		})
	}
}

// names gives different names in a fixed order, so that the limit leaves the
// same ones each time.
func names(records []*dns.PTR) []string {
	var all []string
	for _, rr := range records {
		if name := strings.TrimSuffix(strings.ToLower(rr.Ptr), "."); name != "" {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	return all[:min(len(all), MaxNames)]
}

// confirm looks for the address among those of a name.
func confirm[R dns.RR](n *Name, want netip.Addr, records []R, ip func(R) net.IP, err error) {
	if err != nil {
		n.Failure = failure(err)
		return
	}
	n.Confirmed = slices.ContainsFunc(records, func(rr R) bool {
		a, ok := netip.AddrFromSlice(ip(rr))
		return ok && a.Unmap() == want
	})
}

// conclude draws the sum when all answers are in.
func (r *Result) conclude() {
	if r.Status != "" {
		return
	}
	if len(r.Names) == 0 { // the only name is the root: a way to say that there is none
		r.Status = fact.None
		return
	}
	r.Status, r.Generic = fact.Fail, true
	for _, n := range r.Names {
		r.Generic = r.Generic && n.Generic
		switch {
		case n.Confirmed:
			r.Status = fact.Pass
		case n.Failure != nil && !denied(n.Failure.Reason) && r.Status == fact.Fail:
			r.Status, r.Failure = fact.Error, n.Failure
		}
	}
	if r.Status == fact.Pass {
		r.Failure = nil
	}
}

// denied reports whether a look-up failed for good: the name leads nowhere.
func denied(r fact.Reason) bool {
	switch r {
	case fact.DNSNXDomain, fact.DNSNoData, fact.DNSMalformed, fact.CNAMELoop:
		return true
	}
	return false
}

func failure(err error) *fact.Failure {
	return &fact.Failure{Reason: dnsq.ReasonOf(err), Detail: err.Error()}
}
