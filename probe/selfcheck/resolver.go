package selfcheck

import (
	"context"
	"crypto/rand"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/miekg/dns"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/fact"
)

// Honesty says what the denials of a resolver are worth.
type Honesty string

// The degrees of honesty.
const (
	Untold Honesty = "untold" // no canary was answered either way
	Honest Honesty = "honest" // names that do not exist are denied
	Lying  Honesty = "lying"  // names that do not exist are given records
)

// Resolver is what was seen of one resolver, or of the set that one part of the
// configuration names.
type Resolver struct {
	Name    string // as in [Subject]
	Up      bool   // it answers questions
	Honesty Honesty
	Lies    Lies   // what it makes up; the zero value unless Lying
	Detail  string // what is wrong, for people; may hold foreign text, quoted
}

// Lies are what a resolver makes up for names that do not exist. The zero value
// is an honest resolver's.
type Lies struct {
	Told      bool           // at least one was told
	Addresses []netip.Prefix // around each address that was made up
	MX        bool           // MX records are made up too
}

// Invented reports whether an address is one that the resolver gives to names
// that do not exist, or a neighbour of one: whoever earns money by this has
// more than one server.
func (l Lies) Invented(a netip.Addr) bool {
	return slices.ContainsFunc(l.Addresses, func(p netip.Prefix) bool { return p.Contains(a.Unmap()) })
}

// resolverTime bounds the look at one resolver. Those that answer at all do so
// within the time that one query is given, with its repetitions.
const resolverTime = 5 * time.Second

// canaryZones are where a name that cannot exist is looked for. See the package
// comment for the choice.
func canaryZones() []string { return []string{"invalid.", "com."} }

// look asks one resolver whether it lives and whether it lies.
func look(ctx context.Context, s Subject) Resolver {
	ctx, cancel := context.WithTimeout(ctx, resolverTime)
	defer cancel()
	zones := canaryZones()
	canaries := make([]canary, len(zones))
	var alive error
	var wg sync.WaitGroup
	wg.Go(func() { alive = dnsq.Alive(ctx, s.Exchanger) })
	for i, z := range zones {
		wg.Go(func() { canaries[i] = sing(ctx, s.Exchanger, strings.ToLower(rand.Text())+"."+z) })
	}
	wg.Wait()
	return judge(s.Name, alive, canaries)
}

// canary is what became of one name that cannot exist.
type canary struct {
	zone      string
	denied    bool         // the resolver says so too
	addresses []netip.Addr // it was given these
	mx        bool         // it was given MX records
}

func sing(ctx context.Context, x dnsq.Exchanger, name string) canary {
	_, zone, _ := strings.Cut(name, ".")
	c := canary{zone: zone}
	var four dnsq.Answer[*dns.A]
	var six dnsq.Answer[*dns.AAAA]
	var errs [3]error
	var wg sync.WaitGroup
	wg.Go(func() { four, errs[0] = dnsq.Lookup[*dns.A](ctx, x, name) })
	wg.Go(func() { six, errs[1] = dnsq.Lookup[*dns.AAAA](ctx, x, name) })
	wg.Go(func() { _, errs[2] = dnsq.Lookup[*dns.MX](ctx, x, name) })
	wg.Wait()
	for _, r := range four.Records {
		c.add(r.A)
	}
	for _, r := range six.Records {
		c.add(r.AAAA)
	}
	c.denied, c.mx = dnsq.NotFound(errs[0]), errs[2] == nil
	return c
}

func (c *canary) add(ip []byte) {
	if a, ok := netip.AddrFromSlice(ip); ok {
		c.addresses = append(c.addresses, a.Unmap())
	}
}

// judge draws the conclusion from what was answered.
func judge(name string, alive error, canaries []canary) Resolver {
	r := Resolver{Name: name, Up: alive == nil, Honesty: Untold}
	if alive != nil {
		r.Detail = alive.Error()
	}
	for _, c := range canaries {
		switch {
		case len(c.addresses) > 0 || c.mx:
			r.Up, r.Honesty, r.Lies.Told = true, Lying, true
			r.Lies.MX = r.Lies.MX || c.mx
			for _, a := range c.addresses {
				r.Lies.Addresses = append(r.Lies.Addresses, around(a))
			}
			r.Detail = "it answers for names below " + c.zone + " that cannot exist"
		case c.denied && r.Honesty == Untold:
			r.Honesty = Honest
		}
	}
	if r.Honesty == Honest && dnsq.ReasonOf(alive) == fact.DNSRefused {
		r.Up, r.Detail = true, "" // it refuses the root alone: a server that works for names of its own
	}
	return r
}

// around is the network that an address is most likely run in: a /24, or a /64.
func around(a netip.Addr) netip.Prefix {
	bits := 64
	if a.Is4() {
		bits = 24
	}
	return netip.PrefixFrom(a, bits).Masked()
}

// exists looks for any address of a name. known is false where that could not
// be found out.
func exists(ctx context.Context, x dnsq.Exchanger, name string) (yes, known bool) {
	ctx, cancel := context.WithTimeout(ctx, resolverTime)
	defer cancel()
	_, four := dnsq.Lookup[*dns.A](ctx, x, name)
	if four == nil {
		return true, true
	}
	_, six := dnsq.Lookup[*dns.AAAA](ctx, x, name)
	return six == nil, six == nil || dnsq.NotFound(four) && dnsq.NotFound(six)
}
