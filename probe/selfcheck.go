package probe

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe/fact"
	"mx_exporter/probe/selfcheck"
)

// SelfCheck makes a watch over what probes of this Env rely on: the resolvers
// that the modules of a configuration name, the clock, and the names that the
// modules announce. configuration is asked at each look. stamps are moments
// that lie in the past for certain, such as that of the program's build.
//
// Call it before the first probe. From then on probes heed what the watch sees,
// and wait for its first look; the caller makes it look.
func (e *Env) SelfCheck(configuration func() *config.Config, stamps ...time.Time) *selfcheck.Watch {
	e.begin()
	e.watch = selfcheck.NewWatch(selfcheck.Options{
		Subjects: func() selfcheck.Subjects { return e.subjects(configuration()) },
		Stamps:   stamps,
	})
	return e.watch
}

// subjects finds what a configuration makes us rely on. Modules are gone through
// by name, so that the order stays.
func (e *Env) subjects(c *config.Config) selfcheck.Subjects {
	var s selfcheck.Subjects
	resolvers, names := map[string]bool{}, map[string]bool{}
	watch := func(d config.DNS) bool {
		name := ResolverName(d)
		if resolvers[name] {
			return true
		}
		x, err := e.DNS, error(nil)
		if x == nil {
			x, _, err = e.resolver(d)
		}
		if err != nil {
			return false // the module's probes say so
		}
		resolvers[name] = true
		s.Resolvers = append(s.Resolvers, selfcheck.Subject{Name: name, Exchanger: x})
		return true
	}
	for _, m := range e.reliedOn(c) {
		resolver := ResolverName(m.DNS)
		if !watch(m.DNS) {
			continue
		}
		if len(m.Lists) > 0 {
			watch(m.DNSBLResolver())
		}
		name := cmp.Or(m.SMTP.EHLOName, e.Hostname)
		if _, wrong := parseDomain(name); wrong == "" && !names[name] {
			names[name] = true
			s.Names = append(s.Names, selfcheck.Announced{Name: name, Resolver: resolver})
		}
	}
	return s
}

// reliedOn gives the modules that matter, by name. A built-in module beside
// those of a file matters once it is used: who names resolvers in a file may well
// have none in resolv.conf.
func (e *Env) reliedOn(c *config.Config) (all []config.Module) {
	builtin := config.Builtin().Modules
	for _, name := range slices.Sorted(maps.Keys(c.Modules)) {
		if m := c.Modules[name]; !reflect.DeepEqual(m, builtin[name]) || e.asked(m.DNS) {
			all = append(all, m)
		}
	}
	if len(all) > 0 {
		return all
	}
	return slices.SortedFunc(maps.Values(c.Modules), func(a, b config.Module) int { return cmp.Compare(a.Name, b.Name) })
}

// ResolverName is what a set of resolvers is called in metrics: the servers as
// the configuration lists them, or "system" for those of resolv.conf. Where TLS
// is spoken, the name in the certificate follows, as in 9.9.9.9#dns.quad9.net.
func ResolverName(c config.DNS) string {
	name := cmp.Or(strings.Join(c.Servers, ","), "system")
	switch c.Transport {
	case config.TCP:
		name = "tcp://" + name
	case config.TLS:
		name = "tls://" + name
		if c.TLSServerName != "" {
			name += "#" + c.TLSServerName
		}
	case config.UDP:
	}
	return name
}

// clockSuspect says what the watch thinks of the clock.
func (e *Env) clockSuspect() bool {
	if e.watch == nil {
		return false
	}
	s := e.watch.State()
	return s != nil && s.Clock.Suspect
}

// lies says what a resolver is known to make up.
func (e *Env) lies(ctx context.Context, c config.DNS) selfcheck.Lies {
	if e.watch == nil {
		return selfcheck.Lies{}
	}
	return e.watch.Wait(ctx).Resolver(ResolverName(c)).Lies
}

// distrustResolver takes back what rests on the word of a resolver that lies
// (faults N20): denials, a domain's own address in place of MX records, and
// addresses that it gives to names which do not exist. Nobody is dialled there.
func (r *run) distrustResolver(ctx context.Context) {
	lies := r.env.lies(ctx, r.module.DNS)
	if !lies.Told {
		return
	}
	r.result.ResolverLies = true
	r.result.Failure = disbelieve(r.result.Failure)
	set := r.result.MX
	if r.result.Failure == nil && set != nil && (set.Implicit || lies.MX) {
		r.result.Failure = liar("the servers that it names may be made up")
	}
	if r.result.Failure != nil && r.result.Failure.Reason == fact.LocalResolverLies {
		r.result.MX, r.result.Hosts = nil, []Host{}
	}
	for i := range r.result.Hosts {
		h := &r.result.Hosts[i]
		h.Failure = disbelieve(h.Failure)
		for j := range h.Addresses {
			if a := &h.Addresses[j]; lies.Invented(a.IP) {
				a.Failure = liar(fmt.Sprintf("to such names it gives addresses of the network of %s", a.IP))
			}
		}
	}
}

// disbelieve gives what a failure is worth that a liar reports.
func disbelieve(f *fact.Failure) *fact.Failure {
	if f == nil || !denial(f.Reason) {
		return f
	}
	return liar("what it denies may exist: " + f.Detail)
}

func denial(r fact.Reason) bool { return r == fact.DNSNXDomain || r == fact.DNSNoData }

func liar(detail string) *fact.Failure {
	return &fact.Failure{Reason: fact.LocalResolverLies, Detail: "the resolver makes up answers for names that do not exist; " + detail}
}
