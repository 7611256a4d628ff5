package probe

import (
	"cmp"
	"context"
	"net/netip"
	"slices"

	"mx_exporter/config"
	"mx_exporter/probe/dial"
	"mx_exporter/probe/dnsbl"
	"mx_exporter/probe/dnsq"
	"mx_exporter/probe/fact"
)

// Loader reads configurations that may name the block lists this program knows,
// and refuses zones that are known to be dead.
func Loader() config.Loader {
	lists := map[string]config.BlockList{}
	for _, e := range dnsbl.Catalog() {
		codes := map[string]string{}
		for _, c := range e.Codes {
			codes[c.String()] = c.Meaning
		}
		lists[e.Name] = config.BlockList{
			Zone: e.Zone.String(), Codes: codes, IP4: e.IP4, IP6: e.IP6, Domains: e.Domains,
			SelfTest:  config.SelfTest(cmp.Or(e.SelfTest, dnsbl.Required)),
			PerSecond: publicPace, PolicyURL: e.PolicyURL, DelistURL: e.DelistURL,
		}
	}
	return config.Loader{Lists: lists, Dead: deadZone}
}

// publicPace is how often in a second a list is asked that everybody shares
// (faults.md B12).
const publicPace = 5

func deadZone(zone string) string {
	z, err := dnsbl.ParseSecretZone(zone)
	if err != nil {
		return ""
	}
	why, _ := dnsbl.Dead(z)
	return why
}

// BlockList turns a list of the configuration into one that can be asked. The
// error never shows a zone that holds a key.
func BlockList(name string, c config.BlockList) (dnsbl.List, error) {
	l := dnsbl.List{
		Name: name, IP4: c.IP4, IP6: c.IP6, Domains: c.Domains, SelfTest: dnsbl.SelfTest(c.SelfTest),
		PerSecond: float64(c.PerSecond), PolicyURL: c.PolicyURL, DelistURL: c.DelistURL,
	}
	if c.PerSecond == 0 {
		l.PerSecond = -1
	}
	if e, shipped := dnsbl.Find(name); shipped {
		l.Errors, l.TestPoint = e.Errors, e.TestPoint
	}
	zone, err := c.ReadZone()
	if err != nil {
		return l, err
	}
	parse := dnsbl.ParseZone
	if c.ZoneFile != "" {
		parse = dnsbl.ParseSecretZone
	}
	if l.Zone, err = parse(zone.Reveal()); err != nil {
		return l, err
	}
	if l.Codes, err = dnsbl.ParseCodes(c.Codes); err != nil {
		return l, err
	}
	return l, l.Check()
}

// blockLists asks the module's lists about the addresses that receive, those
// that send, and the names. sent is closed when the SPF record has been read.
func (r *run) blockLists(ctx context.Context, sent <-chan struct{}) {
	d := r.module.DNSBL
	if len(d.Lists)+len(d.DomainLists) == 0 {
		return
	}
	client, err := r.env.listClient(r.module)
	if err != nil {
		r.result.DNSBL = &dnsbl.Result{}
		r.untested(append(slices.Clone(d.Lists), d.DomainLists...), err)
		return
	}
	senders, omitted := r.senders(ctx, sent)
	lists, broken := r.lists()
	r.result.DNSBL = client.Check(ctx, lists, askable(r.module, r.subjects(senders)))
	r.result.DNSBL.Omitted = omitted
	if r.env.lies(ctx, r.module.DNSBLResolver()).Told {
		distrust(r.result.DNSBL)
	}
	for name, err := range broken {
		r.untested([]string{name}, err)
	}
}

// distrust takes back every denial that came through a resolver which answers
// for names that do not exist: what it says of a name means nothing.
func distrust(d *dnsbl.Result) {
	for i := range d.Answers {
		if a := &d.Answers[i]; a.Verdict == dnsbl.NotListed {
			a.Verdict, a.Reason, a.Detail = dnsbl.Unknown, dnsbl.Hijack, "the resolver answers for names that do not exist"
		}
	}
}

// untested notes lists that could not even be asked.
func (r *run) untested(names []string, err error) {
	for _, n := range names {
		r.result.DNSBL.Lists = append(r.result.DNSBL.Lists, unusable(n, err))
		r.result.DNSBL.Answers = append(r.result.DNSBL.Answers, dnsbl.Answer{
			List: n, Subject: dnsbl.Subject{Domain: r.target.Domain, Role: dnsbl.Named},
			Verdict: dnsbl.Unknown, Reason: dnsbl.Local, Detail: err.Error(),
		})
	}
}

// lists is what the module asks, each list about what it is named for alone.
func (r *run) lists() (lists []dnsbl.List, broken map[string]error) {
	broken = map[string]error{}
	add := func(name string, only func(*dnsbl.List)) {
		l, err := BlockList(name, r.module.Lists[name])
		if err != nil {
			broken[name] = err
			return
		}
		only(&l)
		l.Words = r.module.DNSBL.TXT
		lists = append(lists, l)
	}
	for _, name := range r.module.DNSBL.Lists {
		add(name, func(l *dnsbl.List) { l.Domains = false })
	}
	for _, name := range r.module.DNSBL.DomainLists {
		add(name, func(l *dnsbl.List) { l.IP4, l.IP6 = false, false })
	}
	return lists, broken
}

// subjects is whom the lists are asked about. An address with two roles is asked
// about in the one that says more: what it sends counts for more than what it
// receives.
func (r *run) subjects(senders []netip.Addr) (all []dnsbl.Subject) {
	seen := map[netip.Addr]bool{}
	add := func(a netip.Addr, host string, role dnsbl.Role) {
		if a = dial.Embedded(a); !seen[a] {
			seen[a] = true
			all = append(all, dnsbl.Subject{Address: a, Host: host, Role: role})
		}
	}
	for _, a := range senders {
		add(a, "", dnsbl.Sender)
	}
	for i := range r.result.Hosts {
		h := &r.result.Hosts[i]
		for j := range h.Addresses {
			add(h.Addresses[j].IP, h.Label, dnsbl.Role(h.Role))
		}
	}
	all = append(all, dnsbl.Subject{Domain: r.target.Domain, Role: dnsbl.Named})
	for i := range r.result.Hosts {
		if h := &r.result.Hosts[i]; h.Label == h.Name && h.Name != r.target.Domain {
			all = append(all, dnsbl.Subject{Domain: h.Name, Host: h.Label, Role: dnsbl.Named})
		}
	}
	return all
}

// listClient gives the client for a module's lists: one for each set of
// resolvers, so that all probes share what it remembers and the pace it keeps,
// whatever networks their modules allow. What a module does not allow is left out
// before it is asked, by askable; the client keeps to what may be asked by anybody.
func (e *Env) listClient(m config.Module) (*dnsbl.Client, error) {
	x, err := e.exchanger(m.DNSBLResolver())
	if err != nil {
		return nil, err
	}
	key := resolverKey(m.DNSBLResolver())
	e.mu.Lock()
	defer e.mu.Unlock()
	c := e.lists[key]
	if c == nil {
		if cache, ok := x.(*dnsq.Cache); ok {
			x = cache.Past() // the client remembers for itself, in a tenth of the space
		}
		c = dnsbl.NewClient(x, dnsbl.Options{AllowNetworks: allNetworks()})
		e.lists[key] = c
	}
	return c, nil
}

// allNetworks is every address there is. A client that has them asks about documentation,
// benchmark and loopback addresses, which tell nobody anything, and about private
// ones no more than before.
func allNetworks() []netip.Prefix {
	return []netip.Prefix{netip.PrefixFrom(netip.IPv4Unspecified(), 0), netip.PrefixFrom(netip.IPv6Unspecified(), 0)}
}

// askable leaves out the subjects that a module lets nobody be asked about.
func askable(m config.Module, subjects []dnsbl.Subject) []dnsbl.Subject {
	policy := dial.Policy{Allow: m.Allowed()}
	return slices.DeleteFunc(slices.Clone(subjects), func(s dnsbl.Subject) bool { return !dnsbl.Allows(policy, s) })
}

// assessLists takes over what the block lists' package found.
func assessLists(r *Result, _ config.Module) []fact.Finding {
	if r.DNSBL == nil {
		return nil
	}
	return r.DNSBL.Findings()
}
