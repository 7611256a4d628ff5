package spf

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/miekg/dns"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/txt"
)

// resolver answers the questions of the library from our own look-ups. Names
// that macros made too long are shortened here (RFC 7208 section 7.3).
type resolver struct {
	x      dnsq.Exchanger
	four   bool                    // the sender has an IPv4 address
	broken atomic.Pointer[Problem] // the first mistake in a record that was evaluated
}

// LookupTXT gives the TXT records of a name, as octets.
func (r *resolver) LookupTXT(ctx context.Context, name string) ([]string, error) {
	name = shorten(name)
	a, err := txt.Lookup(ctx, r.x, name)
	if err != nil {
		return nil, r.fail(err, name)
	}
	var texts []string
	var own []string
	for _, rec := range a.Records {
		texts = append(texts, rec.Text)
		if Is(rec.Text) {
			own = append(own, rec.Text)
		}
	}
	if len(own) == 1 {
		r.inspect(name, own[0])
	}
	return texts, nil
}

// inspect looks for mistakes in a record that is about to be evaluated.
func (r *resolver) inspect(name, text string) {
	_, problems := Parse(text)
	i := slices.IndexFunc(problems, func(p Problem) bool { return p.Kind.syntax() })
	if i < 0 {
		return
	}
	p := problems[i]
	p.Domain = strings.TrimSuffix(name, ".")
	r.broken.CompareAndSwap(nil, &p)
}

// LookupMX gives the mail servers of a name.
func (r *resolver) LookupMX(ctx context.Context, name string) ([]*net.MX, error) {
	name = shorten(name)
	a, err := dnsq.Lookup[*dns.MX](ctx, r.x, name)
	if err != nil {
		return nil, r.fail(err, name)
	}
	mxs := make([]*net.MX, len(a.Records))
	for i, m := range a.Records {
		mxs[i] = &net.MX{Host: m.Mx, Pref: m.Preference}
	}
	return mxs, nil
}

// LookupIPAddr gives addresses of the sender's family, and for a sender with an
// IPv6 address IPv4 ones too, because exists asks for those (RFC 7208 section
// 5.7).
func (r *resolver) LookupIPAddr(ctx context.Context, name string) ([]net.IPAddr, error) {
	name = shorten(name)
	var found []netip.Addr
	var err error
	if r.four {
		found, err = lookup4(ctx, r.x, name)
	} else {
		found, err = addresses(ctx, r.x, name)
		if err == nil && len(found) == 0 {
			return nil, &net.DNSError{Err: "no address", Name: name, IsNotFound: true}
		}
	}
	if err != nil {
		return nil, r.fail(err, name)
	}
	addrs := make([]net.IPAddr, len(found))
	for i, a := range found {
		addrs[i] = net.IPAddr{IP: a.AsSlice()}
	}
	return addrs, nil
}

// LookupAddr gives the names of an address.
func (r *resolver) LookupAddr(ctx context.Context, addr string) ([]string, error) {
	name, err := dns.ReverseAddr(addr)
	if err != nil {
		return nil, &net.DNSError{Err: err.Error(), Name: addr, IsNotFound: true}
	}
	a, err := dnsq.Lookup[*dns.PTR](ctx, r.x, name)
	if err != nil {
		return nil, r.fail(err, name)
	}
	names := make([]string, len(a.Records))
	for i, p := range a.Records {
		names[i] = p.Ptr
	}
	return names, nil
}

// fail puts an error into the words that the library decides upon. A name that
// cannot be asked for does not exist (RFC 7208 section 4.3).
func (r *resolver) fail(err error, name string) error {
	if undecided(err, name) == nil {
		return &net.DNSError{UnwrapErr: err, Err: err.Error(), Name: name, IsNotFound: true}
	}
	return &net.DNSError{UnwrapErr: err, Err: err.Error(), Name: name, IsTemporary: true}
}
