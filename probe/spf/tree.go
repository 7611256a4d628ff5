package spf

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"github.com/miekg/dns"

	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/txt"
)

// Limits of RFC 7208 section 4.6.4, and ours.
const (
	maxLookups = 10 // terms that ask
	maxVoids   = 2  // of them that find nothing
	maxHosts   = 10 // of one mx
	maxTerms   = 40 // that we count, so that the finding can say how far over the limit a record is
	workers    = 6  // look-ups of one domain under way
)

// node is one record of the tree that include and redirect make.
type node struct {
	domain   string
	parent   *node
	answer   txt.Answer
	count    int        // records of SPF at that name
	text     txt.Record // the one that counts
	record   *Record    // nil when there is none, or several
	problems []Problem
	err      error // the TXT look-up failed for now
	looks    []*look
}

// look is one term that asks.
type look struct {
	term   *Term
	target string       // the name asked for; "" where it depends on the mail
	child  *node        // of include and redirect
	loop   bool         // the target is a record that led here
	hosts  int          // of mx
	addrs  []netip.Addr // of a and mx
	void   bool         // the answer held nothing
	after  bool         // not asked, because the limit had been passed
	err    error        // it failed for now
}

// tree grows the records that a domain's record leads to.
type tree struct {
	x     dnsq.Exchanger
	root  *node
	terms int  // that ask, so far
	cut   bool // there are more than are counted
}

// grow fetches the tree, one level after the other, so that what is asked does
// not depend on which answer comes first.
func (t *tree) grow(ctx context.Context) {
	t.root.fetch(ctx, t.x)
	level := []*node{t.root}
	for len(level) > 0 {
		var looks []*look
		for _, n := range level {
			looks = append(looks, t.plan(n)...)
		}
		level = nil
		t.ask(ctx, looks)
		for _, l := range looks {
			if l.child != nil {
				level = append(level, l.child)
			}
		}
	}
}

// plan lists what the record of a node asks for. A record with a mistake is not
// evaluated, so nothing is asked.
func (t *tree) plan(n *node) []*look {
	if n.record == nil || wrong(n.problems) {
		return nil
	}
	for _, term := range n.record.evaluated() {
		if !term.Name.asks() {
			continue
		}
		if t.terms == maxTerms {
			t.cut = true
			break
		}
		t.terms++
		l := &look{term: term, after: t.terms > maxLookups}
		if name, ok := expand(term.Argument, n.domain, t.root.domain); ok && term.Name != PTR {
			l.target = strings.ToLower(strings.TrimSuffix(name, "."))
			if l.target == "" {
				l.target = n.domain
			}
		}
		if l.target != "" && (term.Name == Include || term.Name == Redirect) {
			l.follow(n)
		}
		n.looks = append(n.looks, l)
	}
	return n.looks
}

// follow makes the node that an include or redirect leads to.
func (l *look) follow(from *node) {
	for p := from; p != nil; p = p.parent {
		if p.domain == l.target {
			l.loop = true
			return
		}
	}
	l.child = &node{domain: l.target, parent: from}
}

// ask does look-ups side by side.
func (t *tree) ask(ctx context.Context, looks []*look) {
	turn := make(chan struct{}, workers)
	var wg sync.WaitGroup
	for _, l := range looks {
		turn <- struct{}{}
		wg.Go(func() {
			defer func() { <-turn }()
			l.ask(ctx, t.x)
		})
	}
	wg.Wait()
}

// ask does one look-up. Past the limit only records are read: addresses would
// cost many questions and change nothing.
func (l *look) ask(ctx context.Context, x dnsq.Exchanger) {
	switch {
	case l.child != nil:
		l.child.fetch(ctx, x)
	case l.target == "" || l.after || l.loop:
	case l.term.Name == A:
		l.addrs, l.err = addresses(ctx, x, l.target)
		l.void = l.err == nil && len(l.addrs) == 0
	case l.term.Name == Exists:
		_, err := dnsq.Lookup[*dns.A](ctx, x, l.target)
		l.err = undecided(err, l.target)
		l.void = err != nil && l.err == nil
	case l.term.Name == MX:
		l.mail(ctx, x)
	}
}

// mail resolves the hosts of mx.
func (l *look) mail(ctx context.Context, x dnsq.Exchanger) {
	a, err := dnsq.Lookup[*dns.MX](ctx, x, l.target)
	l.err = undecided(err, l.target)
	l.void = err != nil && l.err == nil
	l.hosts = max(a.Total, len(a.Records))
	if l.hosts > maxHosts {
		return // a permerror, whatever their addresses
	}
	for _, r := range a.Records {
		if r.Mx == "." { // a null MX, RFC 7505
			continue
		}
		addrs, err := addresses(ctx, x, r.Mx)
		l.addrs = append(l.addrs, addrs...)
		if err != nil {
			l.err = err
		}
	}
}

// fetch reads the record of a node.
func (n *node) fetch(ctx context.Context, x dnsq.Exchanger) {
	a, err := txt.Lookup(ctx, x, n.domain)
	n.answer, n.err = a, undecided(err, n.domain)
	var found []txt.Record
	for _, r := range a.Records {
		if Is(r.Text) {
			found = append(found, r)
		}
	}
	n.count = len(found)
	if len(found) == 1 {
		n.text = found[0]
		n.record, n.problems = Parse(n.text.Text)
	}
}

// addresses asks for both kinds at once. Either kind may be missing; the error
// is for a look-up that failed for now.
func addresses(ctx context.Context, x dnsq.Exchanger, name string) ([]netip.Addr, error) {
	var v4, v6 []netip.Addr
	var err4, err6 error
	var wg sync.WaitGroup
	wg.Go(func() { v4, err4 = lookup4(ctx, x, name) })
	wg.Go(func() { v6, err6 = lookup6(ctx, x, name) })
	wg.Wait()
	addrs := slices.Concat(v4, v6)
	if err := undecided(err4, name); err != nil {
		return addrs, err
	}
	return addrs, undecided(err6, name)
}

func lookup4(ctx context.Context, x dnsq.Exchanger, name string) (addrs []netip.Addr, err error) {
	a, err := dnsq.Lookup[*dns.A](ctx, x, name)
	for _, r := range a.Records {
		if ip, ok := netip.AddrFromSlice(r.A); ok {
			addrs = append(addrs, ip.Unmap())
		}
	}
	return addrs, err
}

func lookup6(ctx context.Context, x dnsq.Exchanger, name string) (addrs []netip.Addr, err error) {
	a, err := dnsq.Lookup[*dns.AAAA](ctx, x, name)
	for _, r := range a.Records {
		if ip, ok := netip.AddrFromSlice(r.AAAA); ok {
			addrs = append(addrs, ip)
		}
	}
	return addrs, err
}

// undecided passes on the errors that say nothing about a name. A name that does
// not exist, or that cannot exist, finds nothing and is no error (RFC 7208
// sections 4.3 and 5).
func undecided(err error, name string) error {
	if err == nil || dnsq.NotFound(err) {
		return nil
	}
	if dnsq.ReasonOf(err) == fact.DNSMalformed && !exists(name) {
		return nil
	}
	return err
}

// exists reports whether a name can be asked for at all.
func exists(name string) bool {
	_, ok := dns.IsDomainName(name)
	return ok && !strings.Contains(strings.TrimSuffix(name, "."), "..") && !strings.HasPrefix(name, ".")
}
